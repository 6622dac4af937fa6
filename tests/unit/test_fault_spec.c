/* The grammar of faults, and which requests a list of them strikes. */
#include <config.h>

#include "suite.h"

#include <string.h>

#include "server/course.h"
#include "server/fault_act.h"
#include "server/fault_spec.h"
#include "server/faults.h"

static struct fault_spec parse(const char *text)
{
    struct server_fault_trouble bad;
    struct fault_spec spec;

    ck_assert_msg(fault_spec_parse(text, &spec, &bad), "%s: at %zu: %s", text, bad.at, bad.text);
    return spec;
}

static void check_span(struct fault_span span, uint64_t first, uint64_t last)
{
    ck_assert_uint_eq(span.first, first);
    ck_assert_uint_eq(span.last, last);
}

START_TEST(test_defaults_come_from_the_table)
{
    struct fault_spec s = parse("F01");

    ck_assert_int_eq(s.id, FAULT_F01);
    ck_assert_str_eq(s.path, "");
    ck_assert(s.any_end);
    ck_assert_int_eq(s.method, FAULT_GET);
    ck_assert_int_eq(s.values[FAULT_AFTER], 65536);
    ck_assert_int_eq(s.values[FAULT_FOR], FAULT_FOREVER);
    check_span(s.requests, 0, UINT64_MAX);
    ck_assert_uint_eq(s.p_ppm, 1000000);
    ck_assert_uint_eq(s.times, UINT64_MAX);
    s = parse("A02");
    check_span(s.requests, 2, UINT64_MAX);
    check_span(s.ranges, 1, UINT64_MAX);
    s = parse("E16:seed=9");
    ck_assert_uint_eq(s.p_ppm, 500000);
    ck_assert_uint_eq(s.seed, 9);
    ck_assert_str_eq(parse("E15").agent, "BITS");
}
END_TEST

START_TEST(test_everything_at_once)
{
    struct fault_spec s =
        parse("F01@/a%20b/%2A*:after=1M,for=30s,req=2..5,conn=3,ranges=..2,bytes=1K..2K,method=ANY,"
              "times=4,until=2m,p=0.25,seed=7");

    ck_assert_str_eq(s.path, "/a b/*");
    ck_assert(s.any_end);
    ck_assert_int_eq(s.values[FAULT_AFTER], 1 << 20);
    ck_assert_int_eq(s.values[FAULT_FOR], 30000000);
    check_span(s.requests, 2, 5);
    check_span(s.connections, 3, 3);
    check_span(s.ranges, 0, 2);
    check_span(s.bytes, 1024, 2048);
    ck_assert_int_eq(s.method, FAULT_ANY_METHOD);
    ck_assert_uint_eq(s.times, 4);
    ck_assert_int_eq(s.until_us, 120000000);
    ck_assert_uint_eq(s.p_ppm, 250000);
    ck_assert_uint_eq(s.seed, 7);
}
END_TEST

START_TEST(test_values)
{
    struct fault_spec s = parse("E06@/f:by=-1");

    ck_assert(!s.any_end);
    ck_assert_str_eq(s.path, "/f");
    ck_assert_int_eq(s.values[FAULT_BY], -1);
    ck_assert_int_eq(parse("A13:as=huge").values[FAULT_AS], 4);
    ck_assert_int_eq(parse("A24@*:as=empty-206").values[FAULT_AS], 1);
    ck_assert_int_eq(parse("C01:conditions=honoured").values[FAULT_CONDITIONS], 1);
    ck_assert_int_eq(parse("F03:every=1us").values[FAULT_EVERY], 1);
    ck_assert_int_eq(parse("F03:every=250ms").values[FAULT_EVERY], 250000);
    ck_assert_int_eq(parse("E03:for=until-released").values[FAULT_FOR], FAULT_FOREVER);
    ck_assert_uint_eq(parse("E16:p=0.000001").p_ppm, 1);
    ck_assert_uint_eq(parse("E16:p=1.0").p_ppm, 1000000);
    ck_assert_uint_eq(parse("E16:p=0").p_ppm, 0);
    ck_assert_str_eq(parse("E15:agent=curl/7").agent, "curl/7");
}
END_TEST

static const struct {
    const char *text;
    size_t at;
    const char *says; /* a part of it */
} wrong[] = {
    {"", 0, "no fault \"\""},
    {"Z01", 0, "no fault \"Z01\""},
    {"a01", 0, "no fault"},
    {"A1", 0, "no fault"},
    {"A01x", 0, "no fault"},
    {"G01@/f", 0, "no fault \"G01\""},
    {"A01@", 4, "a path is wanted"},
    {"A01@:req=1", 4, "a path is wanted"},
    {"A01@f", 4, "begins with \"/\""},
    {"A01@/%", 5, "two hexadecimal digits"},
    {"A01@/%00", 5, "not both 0"},
    {"A01@/%2", 5, "two hexadecimal digits"},
    {"A01:", 4, "key=value is wanted"},
    {"A01:req", 4, "key=value is wanted"},
    {"A01:req=", 8, "from..to"},
    {"A01:req=1,", 10, "key=value is wanted"},
    {"A01:,", 4, "key=value is wanted"},
    {"A01:=1", 4, "key=value is wanted"},
    {"A01:req=1,req=2", 10, "there twice"},
    {"A01:after=5", 4, "A01 has no \"after\"; it has ranges=1.., and "},
    {"A01:frob=5", 4, "no \"frob\""},
    {"A01:req=5..2", 8, "from..to"},
    {"A01:req=1.2", 8, "from..to"},
    {"A01:req=1..x", 8, "from..to"},
    {"A01:req=18446744073709551616", 8, "from..to"},
    {"A01:req=..x", 8, "from..to"},
    {"A01:method=PUT", 11, "GET, HEAD or ANY"},
    {"A01:p=1.1", 6, "from 0 to 1"},
    {"A01:p=2", 6, "from 0 to 1"},
    {"A01:p=.5", 6, "from 0 to 1"},
    {"A01:p=0.", 6, "from 0 to 1"},
    {"A01:times=x", 10, "a number"},
    {"A01:until=5", 10, "a time"},
    {"F01:for=5x", 8, "a time"},
    {"F01:for=99999999999999999h", 8, "a time"},
    {"F01:for=-1s", 8, "a time"},
    {"F01:after=-1", 10, "a number"},
    {"F01:after=9223372036854775808", 10, "a number"},
    {"F01:after=1KK", 10, "a number"},
    {"A04:align=0", 10, "a number from 1"},
    {"E14@/f", 3, "it has no path"},
    {"A20:status=199", 11, "200 to 599"},
    {"A20:status=600", 11, "200 to 599"},
    {"A24:as=417", 7, "one of 416|empty-206"},
    {"A24:as=41", 7, "one of"},
    {"A24:as=416|200", 7, "one of"},
};

START_TEST(test_wrong)
{
    struct server_fault_trouble bad;
    struct fault_spec spec;
    bool ok = fault_spec_parse(wrong[_i].text, &spec, &bad);

    ck_assert_msg(ok == (wrong[_i].says == NULL), "\"%s\" is taken as %d", wrong[_i].text, ok);
    if (ok)
        return;
    ck_assert_msg(strstr(bad.text, wrong[_i].says) != NULL, "\"%s\" says: %s", wrong[_i].text, bad.text);
    ck_assert_msg(bad.at == wrong[_i].at, "\"%s\": at %zu", wrong[_i].text, bad.at);
}
END_TEST

START_TEST(test_lengths_are_bounded)
{
    struct server_fault_trouble bad;
    struct fault_spec spec;
    char text[FAULT_SPEC_MAX + 8];

    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert(!fault_spec_parse(text, &spec, &bad));
    memcpy(text, "A01@/", 5);
    text[5 + FAULT_PATH_MAX - 2] = '\0';
    ck_assert(fault_spec_parse(text, &spec, &bad));
    ck_assert_uint_eq(strlen(spec.path), FAULT_PATH_MAX - 1);
    text[5 + FAULT_PATH_MAX - 2] = 'a';
    text[5 + FAULT_PATH_MAX - 1] = '\0';
    ck_assert(!fault_spec_parse(text, &spec, &bad));
    ck_assert_ptr_nonnull(strstr(bad.text, "longer"));
}
END_TEST

/* Each row of the table can be read with its defaults, and each that the server does has something to do. */
START_TEST(test_every_kind)
{
    const struct fault_kind *kind = &fault_kinds[_i];
    struct server_fault_trouble bad;
    struct fault_spec spec;
    bool ok = fault_spec_parse(kind->id, &spec, &bad);

    ck_assert_ptr_nonnull(kind->id);
    ck_assert_msg(ok == (kind->missing == NULL), "%s: %s", kind->id, bad.text);
    if (!ok) {
        ck_assert_ptr_nonnull(strstr(bad.text, kind->missing));
        return;
    }
    ck_assert_int_eq(spec.id, _i);
    if (strcmp(kind->layer, "answer") == 0 || strcmp(kind->layer, "body") == 0 ||
        strcmp(kind->layer, "front") == 0 || strcmp(kind->layer, "proxy") == 0)
        ck_assert_msg(fault_act_of(spec.id)->ask || fault_act_of(spec.id)->answer, "%s does nothing",
                      kind->id);
}
END_TEST

/* Random edits of good texts: it says yes or no, and a place within the text. */
START_TEST(test_random_texts)
{
    static const char *const seeds[] = {"F01@/f:after=65536,for=30s", "A04@/dir/%2A*:req=2..5,p=0.5",
                                        "E15@*:agent=x,method=ANY,bytes=1K..",
                                        "A13:as=int64,conn=..4,seed=3"};
    static const char alphabet[] = "AF01@/%*:=,.|-KMGTsm9x\x80";
    uint64_t state = suite_seed();

    for (int i = 0; i < 20000; i++) {
        struct server_fault_trouble bad;
        struct fault_spec spec;
        char text[64];

        snprintf(text, sizeof text, "%s", seeds[suite_random(&state) % 4]);
        for (uint64_t n = suite_random(&state) % 4; n > 0; n--) {
            size_t len = strlen(text), at = suite_random(&state) % len;

            if (suite_random(&state) % 3 == 0 && len > 1)
                memmove(text + at, text + at + 1, len - at);
            else
                text[at] = alphabet[suite_random(&state) % (sizeof alphabet - 1)];
        }
        if (!fault_spec_parse(text, &spec, &bad)) {
            ck_assert_msg(bad.text[0] && bad.at <= strlen(text), "%s: at %zu: %s", text, bad.at, bad.text);
        } else {
            ck_assert(spec.requests.first <= spec.requests.last);
            ck_assert_uint_le(spec.p_ppm, 1000000);
        }
    }
}
END_TEST

/* --- The list --- */

static struct faults *list;

static void set_up(void)
{
    list = faults_new();
    ck_assert_ptr_nonnull(list);
}

static void tear_down(void)
{
    faults_free(list);
}

static void add(const char *text)
{
    ck_assert_int_eq(faults_add(list, text, 1000, NULL), S_OK);
}

static const struct slice first_kilobyte = {0, 1024};

static struct fault_facts facts_of(const char *method, const char *path)
{
    return (struct fault_facts){.method = method,
                                .path = path,
                                .connection = 1,
                                .range_count = 1,
                                .slices = &first_kilobyte,
                                .slice_count = 1,
                                .now_us = 1000};
}

static size_t strikes_of(const struct fault_facts *facts)
{
    struct strike *strikes;
    size_t count;

    ck_assert(faults_strike(list, facts, &strikes, &count));
    strikes_free(strikes, count);
    return count;
}

static const struct {
    const char *spec, *method, *path;
    size_t strikes;
} paths[] = {
    {"E16@/f:p=1", "GET", "/f", 1},
    {"E16@/f:p=1", "GET", "/ff", 0},
    {"E16@/f*:p=1", "GET", "/ff", 1},
    {"E16@*:p=1", "GET", "/any", 1},
    {"E16@*:p=1", "GET", NULL, 1},
    {"E16@/:p=1", "GET", NULL, 0},
    {"E16@/%66:p=1", "GET", "/f", 1},
    {"E16:p=1", "POST", "/f", 1},
    {"F01", "HEAD", "/f", 0},
    {"E01", "HEAD", "/f", 1},
    {"E01", "GET", "/f", 0},
    {"F01:method=HEAD", "HEAD", "/f", 1},
    {"F01:conn=1", "GET", "/f", 1},
    {"F01:conn=2..", "GET", "/f", 0},
    {"F01:ranges=1", "GET", "/f", 1},
    {"F01:ranges=2..", "GET", "/f", 0},
    {"F01:bytes=1023", "GET", "/f", 1},
    {"F01:bytes=1024", "GET", "/f", 0},
    {"F01:bytes=1K..2K", "GET", "/f", 0},
    {"F01:bytes=0", "GET", "/f", 1},
    {"F01:bytes=500..600", "GET", "/f", 1},
};

START_TEST(test_which_requests)
{
    struct fault_facts facts = facts_of(paths[_i].method, paths[_i].path);

    add(paths[_i].spec);
    ck_assert_msg(strikes_of(&facts) == paths[_i].strikes, "%s meets %s %s otherwise", paths[_i].spec,
                  paths[_i].method, paths[_i].path ? paths[_i].path : "(no path)");
}
END_TEST

static void check_sequence(const char *spec, const char *expected)
{
    struct fault_facts facts = facts_of("GET", "/f");
    char got[64] = "";

    add(spec);
    for (size_t i = 0; i < strlen(expected); i++) {
        facts.now_us += 1000;
        got[i] = strikes_of(&facts) ? 'x' : '.';
    }
    ck_assert_str_eq(got, expected);
}

static const struct {
    const char *spec, *strikes;
} sequences[] = {
    {"F01:req=2..4", ".xxx.."},  {"F01:req=3", "..x..."},
    {"F01:times=2", "xx...."},   {"F01:req=2..,times=2", ".xx..."},
    {"F01:until=3ms", "xx...."}, {"F01:until=ever", "xxxxxx"},
    {"F01:p=0", "......"},
};

START_TEST(test_when)
{
    check_sequence(sequences[_i].spec, sequences[_i].strikes);
}
END_TEST

START_TEST(test_chance_follows_from_the_seed)
{
    struct fault_spec a = parse("E16:p=0.25,seed=1"), b = parse("E16:p=0.25,seed=2");
    int strikes = 0, differences = 0;

    for (uint64_t n = 1; n <= 4000; n++) {
        strikes += fault_spec_chance(&a, n);
        ck_assert_int_eq(fault_spec_chance(&a, n), fault_spec_chance(&a, n));
        differences += fault_spec_chance(&a, n) != fault_spec_chance(&b, n);
    }
    ck_assert_int_gt(strikes, 900);
    ck_assert_int_lt(strikes, 1100);
    ck_assert_int_gt(differences, 1000);
}
END_TEST

static bool only_even(const struct fault_spec *spec, void *context)
{
    (void)spec;
    return ++*(int *)context % 2 == 0;
}

/* What the behaviour cannot be shown with is not counted. */
START_TEST(test_only_met_requests_count)
{
    int asked = 0;
    struct fault_facts facts = facts_of("GET", "/f");
    struct server_fault *faults;
    size_t count;

    facts.applies = only_even;
    facts.context = &asked;
    add("F01:req=2");
    ck_assert_uint_eq(strikes_of(&facts), 0);
    ck_assert_uint_eq(strikes_of(&facts), 0);
    ck_assert_uint_eq(strikes_of(&facts), 0);
    ck_assert_uint_eq(strikes_of(&facts), 1);
    ck_assert_int_eq(faults_copy(list, &faults, &count), S_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(faults[0].met, 2);
    ck_assert_uint_eq(faults[0].strikes, 1);
    server_faults_free(faults, count);
}
END_TEST

START_TEST(test_list)
{
    struct fault_facts facts = facts_of("GET", "/f");
    struct server_fault *faults;
    struct strike *strikes;
    size_t count;

    add("F01@/f");
    add("F02@/f");
    add("F09@/g");
    ck_assert_int_eq(faults_add(list, "Q", 0, NULL), E_INVALIDARG);
    ck_assert_int_eq(faults_copy(list, &faults, &count), S_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(faults[1].spec, "F02@/f");
    ck_assert_uint_eq(faults[1].number, 2);
    server_faults_free(faults, count);
    ck_assert(faults_strike(list, &facts, &strikes, &count));
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(faults_remove(list, 1), S_OK);
    ck_assert_int_eq(faults_remove(list, 1), S_FALSE);
    ck_assert_str_eq(strikes[0].fault->text, "F01@/f"); /* lives on */
    strikes_free(strikes, count);
    ck_assert_uint_eq(strikes_of(&facts), 1);
    faults_clear(list);
    ck_assert_uint_eq(strikes_of(&facts), 0);
    add("F01");
    ck_assert_int_eq(faults_copy(list, &faults, &count), S_OK);
    ck_assert_uint_eq(faults[0].number, 4);
    server_faults_free(faults, count);
}
END_TEST

/* --- The course of an answer --- */

START_TEST(test_course)
{
    struct course c;
    uint64_t max = 1000;
    int64_t for_us = 0;

    course_init(&c);
    ck_assert_int_eq(course_next(&c, 0, &max, &for_us), COURSE_SEND);
    ck_assert_uint_eq(max, 1000);
    c.stall_at = 100;
    c.stall_us = 5;
    c.cut_at = 200;
    ck_assert_int_eq(course_next(&c, 0, &max, &for_us), COURSE_SEND);
    ck_assert_uint_eq(max, 100);
    ck_assert_int_eq(course_next(&c, 100, &max, &for_us), COURSE_STALL);
    ck_assert_int_eq(for_us, 5);
    max = 1000;
    ck_assert_int_eq(course_next(&c, 100, &max, &for_us), COURSE_SEND);
    ck_assert_uint_eq(max, 100);
    ck_assert_int_eq(course_next(&c, 200, &max, &for_us), COURSE_CUT);
}
END_TEST

START_TEST(test_pace)
{
    struct course c;
    uint64_t max, position = 0;
    int64_t for_us;
    int pauses = 0;

    course_init(&c);
    c.pace_from = 10;
    c.pace_piece = 3;
    c.pace_us = 7;
    while (position < 22) {
        max = 1000;
        for_us = 0;
        if (course_next(&c, position, &max, &for_us) == COURSE_PACE) {
            ck_assert_int_eq(for_us, 7);
            pauses++;
            continue;
        }
        ck_assert_uint_eq(max, position ? 3 : 10);
        position += max;
    }
    ck_assert_int_eq(pauses, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *grammar = tcase_create("grammar"), *strikes = tcase_create("strikes"),
          *course = tcase_create("course");

    tcase_add_test(grammar, test_defaults_come_from_the_table);
    tcase_add_test(grammar, test_everything_at_once);
    tcase_add_test(grammar, test_values);
    tcase_add_loop_test(grammar, test_wrong, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(grammar, test_lengths_are_bounded);
    tcase_add_loop_test(grammar, test_every_kind, 0, FAULT_COUNT);
    tcase_add_test(grammar, test_random_texts);
    suite_add_tcase(suite, grammar);
    tcase_add_checked_fixture(strikes, set_up, tear_down);
    tcase_add_loop_test(strikes, test_which_requests, 0, (int)(sizeof paths / sizeof *paths));
    tcase_add_loop_test(strikes, test_when, 0, (int)(sizeof sequences / sizeof *sequences));
    tcase_add_test(strikes, test_chance_follows_from_the_seed);
    tcase_add_test(strikes, test_only_met_requests_count);
    tcase_add_test(strikes, test_list);
    suite_add_tcase(suite, strikes);
    tcase_add_test(course, test_course);
    tcase_add_test(course, test_pace);
    suite_add_tcase(suite, course);
    return suite_main(suite);
}
