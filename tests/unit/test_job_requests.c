/* test_job_requests.c: which piece comes next, drawn; what is refused; sizes learned late; many ranges. */
#include <stdbool.h>
#include <string.h>

#include "base/hr.h"
#include "job/requests.h"
#include "suite.h"

/* A picture has a letter a byte: '.' or a letter that says in which call a byte was asked for. */

struct fixture {
    struct settings settings;
    struct requests requests;
    struct flight flights[8];
    unsigned open;
    uint64_t size;
};

static void setup(struct fixture *f, uint64_t size)
{
    *f = (struct fixture){.size = size};
    settings_init(&f->settings);
    requests_init(&f->requests);
}

static void choose(struct fixture *f, const char *name, const char *value)
{
    ck_assert_int_eq(settings_set(&f->settings, name, value), S_OK);
}

static void teardown(struct fixture *f)
{
    for (unsigned i = 0; i < f->open; i++)
        requests_end(&f->requests, &f->flights[i]);
    requests_release(&f->requests);
}

static HRESULT add(struct fixture *f, uint64_t start, uint64_t end)
{
    struct range r = {start, end};

    return requests_add(&f->requests, f->size, &r, 1, &f->settings, 1, NULL);
}

static struct flight *start(struct fixture *f, uint64_t from, uint64_t to)
{
    struct flight *flight = &f->flights[f->open++];

    ck_assert_uint_le(f->open, sizeof f->flights / sizeof *f->flights);
    ck_assert_int_eq(requests_start(&f->requests, flight, (struct range){from, to}), S_OK);
    return flight;
}

/* Brings all of [from, to) at once. */
static void bring(struct fixture *f, uint64_t from, uint64_t to)
{
    struct flight flight;

    ck_assert_int_eq(requests_start(&f->requests, &flight, (struct range){from, to}), S_OK);
    ck_assert_int_eq(requests_filled(&f->requests, &flight, to), S_OK);
    requests_end(&f->requests, &flight);
}

/* Adds every run of `letter` in the picture, from left to right, as one call. */
static HRESULT add_letter(struct fixture *f, const char *picture, char letter, bool *queued)
{
    struct range ranges[64];
    size_t count = 0, len = strlen(picture);

    for (size_t i = 0; i < len; i++) {
        if (picture[i] != letter)
            continue;
        if (count > 0 && ranges[count - 1].end == i)
            ranges[count - 1].end++;
        else
            ranges[count++] = (struct range){i, i + 1};
    }
    return requests_add(&f->requests, f->size, ranges, count, &f->settings, 1, queued);
}

/* Fetches what is asked for, at most max_len at a time, and writes down the starts and ends. */
static const char *fetch_all(struct fixture *f, uint64_t max_len)
{
    static char log[512];
    struct flight *shorten;
    struct range r;

    log[0] = '\0';
    while (requests_next(&f->requests, f->size, max_len, &f->settings, 1, &r, &shorten)) {
        snprintf(log + strlen(log), sizeof log - strlen(log), "%s%d-%d", log[0] ? " " : "", (int)r.start,
                 (int)r.end);
        ck_assert_ptr_null(shorten);
        bring(f, r.start, r.end);
        ck_assert(requests_sane(&f->requests, f->size));
    }
    ck_assert_uint_eq(rangeset_count(&f->requests.pending), 0);
    return log;
}

/* --- the order. Calls are made in the order of the letters a, b, c; '#' is filled before, by '!' calls
 * again. */

static const struct order_case {
    const char *filled, *a, *b, *c;
    const char *order;
    uint64_t max_len;
    const char *expected;
} orders[] = {
    /* the newest call first, within it left to right as given */
    {"", "aa..........", "....b..b....", "..........cc", "newest-first", 99, "10-12 4-5 7-8 0-2"},
    {"", "aa..........", "....b..b....", "..........cc", "fifo", 99, "0-2 4-5 7-8 10-12"},
    {"", "....a..a....", "..........bb", "cc..........", "by-offset", 99, "0-2 4-5 7-8 10-12"},
    /* what is filled is not asked for again (R-230), and splits what is */
    {"...####.....", "aaaaaaaaaaaa", "", "", "newest-first", 99, "0-3 7-12"},
    {"############", "aaaaaaaaaaaa", ".bb.........", "", "newest-first", 99, ""},
    /* overlap is normal (R-221); a byte comes once, with the newer call */
    {"", "aaaaaa......", "....bbbb....", "", "newest-first", 99, "4-8 0-4"},
    {"", "aaaaaa......", "....bbbb....", "", "fifo", 99, "0-8"},
    /* pending neighbours after it come along */
    {"", "....aaaa....", "..bb........", "", "newest-first", 99, "2-8"},
    {"", "....aaaa....", "........bb..", "", "newest-first", 99, "8-10 4-8"},
    /* one request carries so much and no more */
    {"", "aaaaaaaaaa..", "", "", "newest-first", 4, "0-4 4-8 8-10"},
    {"", "aaaaaaa.....", ".........bbb", "", "newest-first", 3, "9-12 0-3 3-6 6-7"},
};

START_TEST(test_order)
{
    const struct order_case *c = &orders[_i];
    const char *const calls[] = {c->a, c->b, c->c};
    struct fixture f;

    setup(&f, 12);
    choose(&f, "A10", c->order);
    for (size_t i = 0; c->filled[i]; i++)
        if (c->filled[i] == '#')
            bring(&f, i, i + 1);
    for (int i = 0; i < 3; i++)
        if (calls[i][0])
            ck_assert_int_eq(add_letter(&f, calls[i], (char)('a' + i), NULL), S_OK);
    ck_assert_str_eq(fetch_all(&f, c->max_len), c->expected);
    teardown(&f);
}
END_TEST

START_TEST(test_ranges_of_a_call_come_as_they_were_given)
{
    struct range given[] = {{8, 10}, {2, 4}, {5, 6}};
    struct fixture f;

    setup(&f, 12);
    ck_assert_int_eq(requests_add(&f.requests, f.size, given, 3, &f.settings, 1, NULL), S_OK);
    ck_assert_str_eq(fetch_all(&f, 99), "8-10 2-4 5-6");
    teardown(&f);
}
END_TEST

START_TEST(test_a_shuffled_order_is_repeated_by_the_seed)
{
    char first[512];

    for (int round = 0; round < 3; round++) {
        struct fixture f;
        const char *log;

        setup(&f, 60);
        choose(&f, "A10", "shuffled");
        f.settings.seed = round < 2 ? 7 : 8;
        for (uint64_t at = 0; at < 60; at += 4)
            ck_assert_int_eq(add(&f, at, at + 2), S_OK);
        log = fetch_all(&f, 99);
        if (round == 0) {
            ck_assert_int_ne(strncmp(log, "0-2 4-6 8-10 12-14", 18), 0);
            strcpy(first, log);
        } else {
            ck_assert_int_eq(strcmp(log, first) == 0, round == 1);
        }
        teardown(&f);
    }
}
END_TEST

START_TEST(test_a_position_reorders_what_is_asked_for)
{
    struct fixture f;

    setup(&f, 100);
    add(&f, 10, 20);
    add(&f, 50, 60);
    add(&f, 30, 40);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 35, true), S_OK);
    ck_assert_uint_eq(rangeset_length(&f.requests.pending), 30); /* nothing is asked for by it */
    add(&f, 90, 95);                                             /* newer than the position (R-252) */
    ck_assert_str_eq(fetch_all(&f, 99), "90-95 35-40 50-60 30-35 10-20");
    teardown(&f);
}
END_TEST

START_TEST(test_the_last_position_counts)
{
    struct fixture f;

    setup(&f, 100);
    choose(&f, "A10", "fifo");
    add(&f, 10, 20);
    add(&f, 50, 60);
    add(&f, 30, 40);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 10, true), S_OK);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 45, true), S_OK);
    ck_assert_str_eq(fetch_all(&f, 99), "50-60 10-20 30-40");
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 100, true), BG_E_INVALID_RANGE);
    teardown(&f);
}
END_TEST

START_TEST(test_a_position_behind_the_end_that_was_not_known_is_forgotten)
{
    struct fixture f;

    setup(&f, JOB_SIZE_UNKNOWN);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 1 << 30, false), S_OK);
    ck_assert_int_eq(requests_size_known(&f.requests, 50), S_OK);
    ck_assert_uint_eq(f.requests.position, 0);
    teardown(&f);
}
END_TEST

START_TEST(test_position_first_follows_the_position)
{
    struct fixture f;

    setup(&f, 100);
    choose(&f, "A10", "position-first");
    add(&f, 10, 20);
    add(&f, 50, 60);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 55, false), S_OK);
    ck_assert_str_eq(fetch_all(&f, 99), "55-60 10-20 50-55");
    teardown(&f);
}
END_TEST

START_TEST(test_missing_bytes_come_from_the_position_on_and_then_from_the_start)
{
    static const struct range expected[] = {{45, 55}, {55, 60}, {80, 90}, {90, 100},
                                            {0, 10},  {20, 30}, {30, 40}, {40, 45}};
    struct fixture f;
    struct range r;

    setup(&f, 100);
    bring(&f, 10, 20);
    bring(&f, 60, 80);
    ck_assert_int_eq(requests_set_position(&f.requests, f.size, 45, false), S_OK);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert(requests_next_missing(&f.requests, f.size, 10, &r));
        ck_assert_uint_eq(r.start, expected[i].start);
        ck_assert_uint_eq(r.end, expected[i].end);
        bring(&f, r.start, r.end);
    }
    ck_assert(!requests_next_missing(&f.requests, f.size, 10, &r));
    ck_assert(requests_complete(&f.requests, f.size));
    teardown(&f);
}
END_TEST

/* --- what a request that fails gives back */

START_TEST(test_what_a_request_did_not_bring_comes_first_again)
{
    struct fixture f;
    struct flight *flight, *shorten;
    struct range r;

    setup(&f, 100);
    add(&f, 10, 30);
    ck_assert(requests_next(&f.requests, f.size, 99, &f.settings, 1, &r, &shorten));
    flight = start(&f, r.start, r.end);
    add(&f, 60, 70); /* newer, but the fragment under way is finished first (R-229) */
    ck_assert_int_eq(requests_filled(&f.requests, flight, 15), S_OK);
    requests_end(&f.requests, flight);
    f.open = 0;
    ck_assert_str_eq(fetch_all(&f, 99), "15-30 60-70");
    teardown(&f);
}
END_TEST

START_TEST(test_requests_that_fail_for_ever_take_no_more_memory)
{
    struct fixture f;
    struct flight flights[3], *shorten;
    struct range r;

    setup(&f, 1000);
    add(&f, 0, 300);
    for (int round = 0; round < 5000; round++) {
        for (int i = 0; i < 3; i++) {
            ck_assert(requests_next(&f.requests, f.size, 100, &f.settings, 1, &r, &shorten));
            ck_assert_int_eq(requests_start(&f.requests, &flights[i], r), S_OK);
        }
        for (int i = 0; i < 3; i++)
            requests_end(&f.requests, &flights[(i + round) % 3]);
        ck_assert_uint_le(f.requests.order.again_len, 3);
    }
    teardown(&f);
}
END_TEST

START_TEST(test_requests_repeated_for_ever_take_no_more_memory)
{
    static const char *const settings[] = {"newest-first", "fifo"};
    struct fixture f;

    for (int known = 0; known < 2; known++)
        for (int order = 0; order < 2; order++) {
            setup(&f, known ? 1000 : JOB_SIZE_UNKNOWN);
            choose(&f, "A10", settings[order]);
            for (int round = 0; round < 20000; round++) {
                ck_assert_int_eq(add(&f, 10, 20), S_OK);
                ck_assert_int_eq(add(&f, 15, 40), S_OK);
                ck_assert_int_eq(add(&f, 50, 60), S_OK);
            }
            ck_assert_uint_le(f.requests.order.range_cap, 1024);
            ck_assert(requests_sane(&f.requests, f.size));
            if (known)
                ck_assert_str_eq(fetch_all(&f, 99), order ? "10-40 50-60" : "50-60 15-40 10-15");
            teardown(&f);
        }
}
END_TEST

/* Looking through the hints keeps the one that comes first. */
START_TEST(test_repetition_does_not_change_the_order)
{
    static const char *const settings[] = {"newest-first", "fifo"}, *const expected[] = {"50-60 10-20 30-40",
                                                                                         "10-20 30-40 50-60"};
    struct fixture f;

    for (int order = 0; order < 2; order++) {
        setup(&f, 100);
        choose(&f, "A10", settings[order]);
        add(&f, 10, 20);
        for (int i = 0; i < 1000; i++)
            add(&f, 30, 40);
        add(&f, 10, 20);
        for (int i = 0; i < 1000; i++)
            add(&f, 50, 60);
        ck_assert_uint_le(f.requests.order.range_cap, 1024);
        ck_assert_str_eq(fetch_all(&f, 99), expected[order]);
        teardown(&f);
    }
}
END_TEST

/* --- streams that give way */

START_TEST(test_a_stream_gives_way_to_what_is_far)
{
    uint64_t far = JOB_GIVE_WAY_BYTES + 1;
    struct fixture f;
    struct flight *whole, *shorten;
    struct range r;

    setup(&f, 10 * far);
    whole = start(&f, 0, f.size);
    ck_assert(whole->gives_way);
    add(&f, far - 1, far);
    ck_assert(!requests_next(&f.requests, f.size, far, &f.settings, 1, &r, &shorten)); /* near: it waits */
    add(&f, far, far + 10);
    ck_assert(requests_next(&f.requests, f.size, far, &f.settings, 1, &r, &shorten));
    ck_assert_ptr_eq(shorten, whole);
    ck_assert_uint_eq(r.start, far);
    ck_assert_uint_eq(r.end, far + 10);
    requests_shorten(&f.requests, whole, r.start);
    ck_assert(!start(&f, r.start, r.end)->gives_way);
    ck_assert(requests_sane(&f.requests, f.size));
    /* What the stream would have brought behind it is simply missing now. */
    ck_assert(requests_next_missing(&f.requests, f.size, 100, &r));
    ck_assert_uint_eq(r.start, far + 10);
    teardown(&f);
}
END_TEST

START_TEST(test_no_stream_gives_way_where_the_caller_cannot_shorten)
{
    uint64_t far = 4 * JOB_GIVE_WAY_BYTES;
    struct fixture f;
    struct range r;

    setup(&f, 10 * far);
    start(&f, 0, f.size);
    add(&f, far, far + 10);
    ck_assert(!requests_next(&f.requests, f.size, far, &f.settings, 1, &r, NULL));
    teardown(&f);
}
END_TEST

START_TEST(test_a_request_that_was_asked_for_does_not_give_way)
{
    uint64_t far = 4 * JOB_GIVE_WAY_BYTES;
    struct fixture f;
    struct flight *shorten;
    struct range r;

    setup(&f, 10 * far);
    add(&f, 0, 2 * far);
    start(&f, 0, 2 * far);
    add(&f, far, far + 10);
    ck_assert(!requests_next(&f.requests, f.size, far, &f.settings, 1, &r, &shorten));
    teardown(&f);
}
END_TEST

/* --- what is refused */

static const struct refusal {
    uint64_t size;
    struct range ranges[2];
    size_t count;
    const char *setting, *value;
    HRESULT hr;
} refusals[] = {
    {100, {{0, 100}}, 1, NULL, NULL, S_OK},
    {100, {{0, 101}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{99, 100}}, 1, NULL, NULL, S_OK},
    {100, {{100, 101}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{99, UINT64_MAX}}, 1, NULL, NULL, S_OK},
    {100, {{100, UINT64_MAX}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{UINT64_MAX, UINT64_MAX}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{20, 10}}, 1, NULL, NULL, BG_E_INVALID_RANGE}, /* an overflow of offset + length */
    {0, {{0, UINT64_MAX}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{5, 5}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{5, 5}}, 1, "A27", "invalid-argument", E_INVALIDARG},
    {100, {{5, 5}, {7, 8}}, 2, "A27", "ignore", S_OK},
    {100, {{7, 8}, {5, 5}}, 2, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{7, 8}, {90, 101}}, 2, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{0, 0}}, 0, NULL, NULL, E_INVALIDARG},
    {JOB_SIZE_UNKNOWN, {{0, 1000000}}, 1, NULL, NULL, S_OK},
    {JOB_SIZE_UNKNOWN, {{0, 1000000}}, 1, "A13", "reject", BG_E_INVALID_RANGE},
    {JOB_SIZE_UNKNOWN, {{UINT64_MAX, UINT64_MAX}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {JOB_SIZE_UNKNOWN, {{5, 5}}, 1, NULL, NULL, BG_E_INVALID_RANGE},
    {100, {{7, 8}, {9, 10}}, 2, "A28", "2", BG_E_TOO_MANY_RANGES_IN_FILE},
    {100, {{7, 8}, {8, 10}}, 2, "A28", "2", S_OK},
    {100, {{1, 4}}, 1, "A28", "1", S_OK}, /* joins the one that is there */
};

START_TEST(test_refusal)
{
    const struct refusal *c = &refusals[_i];
    struct fixture f;
    uint64_t length;

    setup(&f, c->size);
    if (c->size != 0)
        ck_assert_int_eq(add(&f, 3, 4), S_OK);
    if (c->setting)
        choose(&f, c->setting, c->value);
    length = rangeset_length(&f.requests.pending);
    ck_assert_int_eq(
        requests_add(&f.requests, c->size, c->count ? c->ranges : NULL, c->count, &f.settings, 1, NULL),
        c->hr);
    if (FAILED(c->hr)) /* all or nothing (R-226) */
        ck_assert_uint_eq(rangeset_length(&f.requests.pending), length);
    else
        ck_assert_uint_gt(rangeset_length(&f.requests.pending), length);
    ck_assert(requests_sane(&f.requests, c->size));
    teardown(&f);
}
END_TEST

START_TEST(test_no_ranges_at_all)
{
    struct fixture f;

    setup(&f, 100);
    ck_assert_int_eq(requests_add(&f.requests, 100, NULL, 1, &f.settings, 1, NULL), E_INVALIDARG);
    ck_assert_int_eq(requests_add(&f.requests, 100, &(struct range){0, 1}, 0, &f.settings, 1, NULL),
                     E_INVALIDARG);
    teardown(&f);
}
END_TEST

START_TEST(test_queued_tells_whether_there_is_anything_new)
{
    struct fixture f;
    bool queued;

    setup(&f, 20);
    bring(&f, 0, 5);
    start(&f, 10, 15);
    ck_assert_int_eq(add_letter(&f, "aaaaa...............", 'a', &queued), S_OK);
    ck_assert(!queued); /* filled */
    ck_assert_int_eq(add_letter(&f, "..........aaaaa.....", 'a', &queued), S_OK);
    ck_assert(!queued); /* under way */
    ck_assert_uint_eq(rangeset_length(&f.requests.pending), 5);
    ck_assert_int_eq(add_letter(&f, "....aa..............", 'a', &queued), S_OK);
    ck_assert(queued);
    ck_assert_int_eq(add_letter(&f, ".....a..............", 'a', &queued), S_OK);
    ck_assert(!queued); /* pending */
    ck_assert_int_eq(add_letter(&f, "..a...a...a...a...a.", 'a', &queued), S_OK);
    ck_assert(queued);
    teardown(&f);
}
END_TEST

/* --- sizes learned late (R-227) */

START_TEST(test_a_range_to_the_end_ends_where_the_file_does)
{
    struct fixture f;

    setup(&f, JOB_SIZE_UNKNOWN);
    ck_assert_int_eq(add(&f, 40, UINT64_MAX), S_OK);
    f.size = 50;
    ck_assert_int_eq(requests_size_known(&f.requests, 50), S_OK);
    ck_assert(requests_sane(&f.requests, 50));
    ck_assert_str_eq(fetch_all(&f, 99), "40-50");
    teardown(&f);
}
END_TEST

START_TEST(test_calls_that_leave_the_file_are_thrown_out_whole)
{
    static const struct range good[] = {{0, 10}, {45, UINT64_MAX}}, bad[] = {{5, 30}, {40, 51}},
                              too_far[] = {{20, 22}, {50, UINT64_MAX}};
    struct fixture f;

    setup(&f, JOB_SIZE_UNKNOWN);
    requests_add(&f.requests, f.size, good, 2, &f.settings, 1, NULL);
    requests_add(&f.requests, f.size, bad, 2, &f.settings, 1, NULL);
    requests_add(&f.requests, f.size, too_far, 2, &f.settings, 1, NULL);
    f.size = 50;
    ck_assert_int_eq(requests_size_known(&f.requests, 50), BG_E_INVALID_RANGE);
    ck_assert(requests_sane(&f.requests, 50));
    ck_assert_str_eq(fetch_all(&f, 99), "0-10 45-50");
    teardown(&f);
}
END_TEST

/* A call that is dropped because a newer one asks for the same must not go with that one. */
START_TEST(test_hints_of_valid_calls_survive_those_of_invalid_ones)
{
    struct fixture f;

    setup(&f, JOB_SIZE_UNKNOWN);
    ck_assert_int_eq(add(&f, 0, 10), S_OK);
    for (int i = 0; i < 2000; i++) {
        static const struct range bad[] = {{0, 20}, {40, 51}};

        ck_assert_int_eq(requests_add(&f.requests, f.size, bad, 2, &f.settings, 1, NULL), S_OK);
    }
    f.size = 50;
    ck_assert_int_eq(requests_size_known(&f.requests, 50), BG_E_INVALID_RANGE);
    ck_assert_str_eq(fetch_all(&f, 99), "0-10");
    teardown(&f);
}
END_TEST

START_TEST(test_a_file_that_shrank_refuses_what_it_has_no_room_for)
{
    struct fixture f;
    struct flight *flight;

    setup(&f, 100);
    add(&f, 10, 20);
    add(&f, 80, 90);
    flight = start(&f, 80, 90);
    requests_filled(&f.requests, flight, 85);
    requests_end(&f.requests, flight);
    f.open = 0;
    requests_void(&f.requests);
    ck_assert_uint_eq(rangeset_length(&f.requests.filled), 0);
    f.size = 50;
    ck_assert_int_eq(requests_size_known(&f.requests, 50), BG_E_INVALID_RANGE);
    ck_assert_str_eq(fetch_all(&f, 99), "10-20");
    teardown(&f);
}
END_TEST

/* The same when only what failed remembers who asked. */
START_TEST(test_a_file_that_shrank_refuses_what_failed_before)
{
    static const int turns[][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}};
    struct flight flights[3], *shorten;
    struct fixture f;
    struct range r;

    for (int turn = 0; turn < 3; turn++) {
        setup(&f, 100);
        add(&f, 10, 20);
        add(&f, 40, 60);
        add(&f, 80, 90);
        for (int i = 0; i < 3; i++) {
            ck_assert(requests_next(&f.requests, f.size, 99, &f.settings, 1, &r, &shorten));
            ck_assert_int_eq(requests_start(&f.requests, &flights[i], r), S_OK);
        }
        ck_assert(!requests_next(&f.requests, f.size, 99, &f.settings, 1, &r, &shorten));
        ck_assert_uint_eq(f.requests.order.batch_len, 0);
        for (int i = 0; i < 3; i++)
            requests_end(&f.requests, &flights[turns[turn][i]]);
        requests_void(&f.requests);
        f.size = 50;
        ck_assert_int_eq(requests_size_known(&f.requests, 50), BG_E_INVALID_RANGE);
        ck_assert_uint_eq(f.requests.order.again_len, 1);
        ck_assert_str_eq(fetch_all(&f, 99), "10-20");
        teardown(&f);
    }
}
END_TEST

/* --- many */

enum { MANY = 100000 };

START_TEST(test_many_ranges_in_one_call)
{
    struct range *ranges = calloc(MANY, sizeof *ranges);
    struct flight *shorten;
    uint64_t random = suite_seed(), length, fetched = 0;
    struct fixture f;
    struct range r;
    size_t pieces;

    setup(&f, UINT64_C(1) << 34);
    for (size_t i = 0; i < MANY; i++) {
        ranges[i].start = suite_random(&random) % (f.size - 4096);
        ranges[i].end = ranges[i].start + 4096;
    }
    ck_assert_int_eq(requests_add(&f.requests, f.size, ranges, MANY, &f.settings, 1, NULL), S_OK);
    pieces = rangeset_count(&f.requests.pending);
    length = rangeset_length(&f.requests.pending);
    while (requests_next(&f.requests, f.size, 8 << 20, &f.settings, 1, &r, &shorten)) {
        fetched += range_len(r);
        bring(&f, r.start, r.end);
    }
    ck_assert_uint_eq(fetched, length);
    ck_assert_uint_eq(rangeset_count(&f.requests.filled), pieces);
    free(ranges);
    teardown(&f);
}
END_TEST

START_TEST(test_many_calls_of_one_range)
{
    struct fixture f;
    struct flight *shorten;
    struct range r;
    size_t requests = 0;

    setup(&f, UINT64_C(1) << 34);
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t at = i * 7919 % 20000 * 65536; /* adjacent, shuffled */

        ck_assert_int_eq(add(&f, at, at + 65536), S_OK);
    }
    ck_assert_uint_eq(rangeset_count(&f.requests.pending), 1);
    while (requests_next(&f.requests, f.size, 8 << 20, &f.settings, 1, &r, &shorten)) {
        requests++;
        bring(&f, r.start, r.end);
    }
    ck_assert_uint_lt(requests, 600); /* 157 if all were 8 MiB; the newest first costs some */
    teardown(&f);
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job requests");
    TCase *order = tcase_create("order"), *failure = tcase_create("failure"), *way = tcase_create("way"),
          *refusal = tcase_create("refusal"), *late = tcase_create("late"), *many = tcase_create("many");

    TESTS(order, orders, test_order);
    tcase_add_test(order, test_ranges_of_a_call_come_as_they_were_given);
    tcase_add_test(order, test_a_shuffled_order_is_repeated_by_the_seed);
    tcase_add_test(order, test_a_position_reorders_what_is_asked_for);
    tcase_add_test(order, test_the_last_position_counts);
    tcase_add_test(order, test_a_position_behind_the_end_that_was_not_known_is_forgotten);
    tcase_add_test(order, test_position_first_follows_the_position);
    tcase_add_test(order, test_missing_bytes_come_from_the_position_on_and_then_from_the_start);
    suite_add_tcase(suite, order);
    tcase_add_test(failure, test_what_a_request_did_not_bring_comes_first_again);
    tcase_add_test(failure, test_requests_that_fail_for_ever_take_no_more_memory);
    tcase_add_test(failure, test_requests_repeated_for_ever_take_no_more_memory);
    tcase_add_test(failure, test_repetition_does_not_change_the_order);
    suite_add_tcase(suite, failure);
    tcase_add_test(way, test_a_stream_gives_way_to_what_is_far);
    tcase_add_test(way, test_no_stream_gives_way_where_the_caller_cannot_shorten);
    tcase_add_test(way, test_a_request_that_was_asked_for_does_not_give_way);
    suite_add_tcase(suite, way);
    TESTS(refusal, refusals, test_refusal);
    tcase_add_test(refusal, test_no_ranges_at_all);
    tcase_add_test(refusal, test_queued_tells_whether_there_is_anything_new);
    suite_add_tcase(suite, refusal);
    tcase_add_test(late, test_a_range_to_the_end_ends_where_the_file_does);
    tcase_add_test(late, test_calls_that_leave_the_file_are_thrown_out_whole);
    tcase_add_test(late, test_hints_of_valid_calls_survive_those_of_invalid_ones);
    tcase_add_test(late, test_a_file_that_shrank_refuses_what_it_has_no_room_for);
    tcase_add_test(late, test_a_file_that_shrank_refuses_what_failed_before);
    suite_add_tcase(suite, late);
    tcase_set_timeout(many, 60);
    tcase_add_test(many, test_many_ranges_in_one_call);
    tcase_add_test(many, test_many_calls_of_one_range);
    suite_add_tcase(suite, many);
    return suite_main(suite);
}
