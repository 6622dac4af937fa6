/* test_settings.c: names, layers, what is not done, and draws that a seed repeats.
 *
 * Which values are done changes with each release, so nothing here names one as not done: the tests look
 * such values up in the table.
 */
#include "settings/settings.h"
#include "suite.h"

#include <stdbool.h>
#include <string.h>

static const char *get(const struct settings *settings, const char *name)
{
    static char buffer[16];

    return settings_get(settings, name, buffer, sizeof buffer);
}

static bool value_done(const struct setting_info *info, uint32_t value)
{
    return info->done >> value & 1;
}

static unsigned done_count(const struct setting_info *info)
{
    return (unsigned)__builtin_popcount(info->done);
}

static void clear_environment(void)
{
    unsetenv("OPENBITS_PROFILE");
    unsetenv("OPENBITS_SEED");
    for (int i = 0; i < SETTING_COUNT; i++)
        unsetenv(settings_info((enum setting)i)->variable);
}

/* The table: each row by itself. */

START_TEST(row_is_sound)
{
    const struct setting_info *info = settings_info((enum setting)_i);
    char id[16];

    snprintf(id, sizeof id, "A%d", _i + 1);
    ck_assert_str_eq(info->id, id);
    ck_assert_int_eq(strncmp(info->variable, "OPENBITS_", 9), 0);
    ck_assert_str_eq(info->variable + 9, id);
    ck_assert_ptr_nonnull(strstr(info->rules, "R-"));
    ck_assert_uint_gt(strlen(info->text), 10);
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne(info->word, settings_info((enum setting)other)->word);
    if (info->count) {
        ck_assert_uint_ge(info->count, 2);
        ck_assert_uint_lt(info->fallback, info->count);
        ck_assert(value_done(info, info->fallback));
        ck_assert_uint_eq((uint64_t)info->done >> info->count, 0);
    } else {
        ck_assert_uint_le(info->min, info->done_min);
        ck_assert_uint_le(info->done_min, info->fallback);
        ck_assert_uint_le(info->fallback, info->done_max);
        ck_assert_uint_le(info->done_max, info->max);
    }
}
END_TEST

START_TEST(row_has_legal_profiles)
{
    const struct setting_info *info = settings_info((enum setting)_i);

    for (int p = 0; p < SETTINGS_PROFILE_COUNT; p++) {
        if (!info->count)
            ck_assert(info->profile[p] >= info->min && info->profile[p] <= info->max);
        else
            ck_assert(info->profile[p] < info->count || info->profile[p] == SETTING_RANDOM);
    }
    ck_assert_msg(info->profile[SETTINGS_KIND] == info->fallback, "kind is not the default for %s", info->id);
    ck_assert_msg(!info->count || info->profile[SETTINGS_LITERAL] != SETTING_RANDOM,
                  "literal must be the same in each run, %s", info->id);
}
END_TEST

START_TEST(table_covers_the_register)
{
    ck_assert_int_eq(SETTING_COUNT, 33);
    ck_assert_int_eq(SETTING_A33, 32);
}
END_TEST

/* Names and values. */

START_TEST(init_is_kind_with_seed_0)
{
    struct settings settings;

    settings_init(&settings);
    ck_assert_str_eq(settings_profile_name(&settings), "kind");
    ck_assert_uint_eq(settings.seed, 0);
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_info *info = settings_info((enum setting)i);

        if (info->count) {
            ck_assert_str_eq(get(&settings, info->id), info->values[info->fallback]);
            ck_assert_uint_eq(settings_choice(&settings, (enum setting)i, 1, 1), info->fallback);
        } else {
            ck_assert_uint_eq(settings_number(&settings, (enum setting)i), info->fallback);
            ck_assert_uint_eq(strtoul(get(&settings, info->id), NULL, 10), info->fallback);
        }
    }
}
END_TEST

START_TEST(each_value_is_set_by_either_name)
{
    const struct setting_info *info = settings_info((enum setting)_i);

    for (uint32_t value = 0; value < info->count; value++) {
        HRESULT want = value_done(info, value) ? S_OK : E_NOTIMPL;
        struct settings settings, before;

        settings_init(&settings);
        before = settings;
        ck_assert_int_eq(settings_set(&settings, info->id, info->values[value]), want);
        if (want == S_OK)
            ck_assert_str_eq(get(&settings, info->word), info->values[value]);
        else
            ck_assert_mem_eq(&settings, &before, sizeof before);
        settings_init(&settings);
        ck_assert_int_eq(settings_set(&settings, info->word, info->values[value]), want);
    }
}
END_TEST

START_TEST(random_needs_two_values_done)
{
    const struct setting_info *info = settings_info((enum setting)_i);
    HRESULT want = !info->count ? E_INVALIDARG : done_count(info) > 1 ? S_OK : E_NOTIMPL;
    struct settings settings;

    settings_init(&settings);
    ck_assert_int_eq(settings_set(&settings, info->id, "random"), want);
    if (want == S_OK)
        ck_assert_str_eq(get(&settings, info->id), "random");
}
END_TEST

START_TEST(names_ignore_case)
{
    struct settings settings;

    settings_init(&settings);
    ck_assert_int_eq(settings_set(&settings, "a10", "NEWEST-first"), S_OK);
    ck_assert_int_eq(settings_set(&settings, "Request-Order", "newest-first"), S_OK);
    ck_assert_int_eq(settings_set_profile(&settings, "KIND"), S_OK);
}
END_TEST

static const struct {
    const char *name, *value;
} illegal[] = {
    {"A0", "keep"},    {"A34", "keep"}, {"A1", ""},
    {"", "keep"},      {"A", "keep"},   {"A2", "kee"},
    {"A2", "keepx"},   {"A2", " keep"}, {"unreported", "keep"},
    {"A2x", "keep"},   {"A30", "0"},    {"A30", "86401"},
    {"A30", "-1"},     {"A30", "3e2"},  {"A30", "99999999999999999999"},
    {"A31", "random"}, {"A30", ""},     {"A28", "4294967296"},
    {NULL, "keep"},    {"A2", NULL},
};

START_TEST(illegal_changes_nothing)
{
    struct settings settings, before;

    settings_init(&settings);
    before = settings;
    ck_assert_int_eq(settings_set(&settings, illegal[_i].name, illegal[_i].value), E_INVALIDARG);
    ck_assert_mem_eq(&settings, &before, sizeof before);
}
END_TEST

START_TEST(number_outside_done_is_not_implemented)
{
    const struct setting_info *info = settings_info((enum setting)_i);
    struct settings settings;
    char text[16];

    if (info->count)
        return;
    settings_init(&settings);
    snprintf(text, sizeof text, "%lu", (unsigned long)info->done_max);
    ck_assert_int_eq(settings_set(&settings, info->word, text), S_OK);
    ck_assert_str_eq(get(&settings, info->id), text);
    snprintf(text, sizeof text, "%lu", (unsigned long)info->max);
    ck_assert_int_eq(settings_set(&settings, info->id, text), info->done_max == info->max ? S_OK : E_NOTIMPL);
}
END_TEST

START_TEST(get_of_unknown_or_without_room)
{
    struct settings settings;
    char small[3];

    settings_init(&settings);
    ck_assert_ptr_null(settings_get(&settings, "A99", NULL, 0));
    ck_assert_ptr_null(settings_get(&settings, NULL, NULL, 0));
    ck_assert_ptr_null(settings_get(&settings, "A30", small, sizeof small)); /* "300" needs 4 */
    ck_assert_str_eq(settings_get(&settings, "A2", NULL, 0), "keep");
}
END_TEST

/* Layers. */

START_TEST(profile_takes_what_is_done)
{
    static const char *const names[] = {"kind", "literal", "hostile"};
    const struct setting_info *info = settings_info((enum setting)_i);

    for (int p = 0; p < SETTINGS_PROFILE_COUNT; p++) {
        uint32_t want = info->profile[p];
        struct settings settings;

        settings_init(&settings);
        ck_assert_int_eq(settings_set_profile(&settings, names[p]), S_OK);
        ck_assert_str_eq(settings_profile_name(&settings), names[p]);
        if (!info->count) {
            if (want < info->done_min || want > info->done_max)
                want = info->fallback;
            ck_assert_uint_eq(settings_number(&settings, (enum setting)_i), want);
            continue;
        }
        if (want == SETTING_RANDOM ? done_count(info) < 2 : !value_done(info, want))
            want = info->fallback;
        ck_assert_str_eq(get(&settings, info->id), want == SETTING_RANDOM ? "random" : info->values[want]);
    }
}
END_TEST

START_TEST(named_setting_outlives_profiles)
{
    struct settings settings;

    settings_init(&settings);
    ck_assert_int_eq(settings_set(&settings, "A2", "keep"), S_OK);
    ck_assert_int_eq(settings_set(&settings, "A30", "300"), S_OK);
    settings_set_profile(&settings, "literal");
    settings_set_profile(&settings, "hostile");
    ck_assert_str_eq(get(&settings, "A2"), "keep");
    ck_assert_str_eq(get(&settings, "A30"), "300");
    ck_assert(settings.by_name[SETTING_A2]);

    ck_assert_int_eq(settings_set(&settings, "A2", "profile"), S_OK);
    ck_assert(!settings.by_name[SETTING_A2]);
}
END_TEST

START_TEST(unknown_profile_changes_nothing)
{
    struct settings settings, before;

    settings_init(&settings);
    before = settings;
    ck_assert_int_eq(settings_set_profile(&settings, "unkind"), E_INVALIDARG);
    ck_assert_int_eq(settings_set_profile(&settings, ""), E_INVALIDARG);
    ck_assert_int_eq(settings_set_profile(&settings, NULL), E_INVALIDARG);
    ck_assert_mem_eq(&settings, &before, sizeof before);
}
END_TEST

/* Environment, then options, then control; the profile below all, whoever names it. */
START_TEST(profile_is_below_the_environment)
{
    struct settings settings;

    clear_environment();
    setenv("OPENBITS_A30", "300", 1);
    settings_init(&settings);
    ck_assert_int_eq(settings_from_environment(&settings, NULL), S_OK);
    ck_assert_int_eq(settings_set_profile(&settings, "hostile"), S_OK); /* the options' profile */
    ck_assert_str_eq(get(&settings, "A30"), "300");
    clear_environment();
}
END_TEST

START_TEST(who_sets_later_wins)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_info *info = settings_info((enum setting)i);
        uint32_t last = info->fallback;
        struct settings settings;

        settings_init(&settings);
        for (uint32_t value = 0; value < info->count; value++) {
            if (!value_done(info, value))
                continue;
            ck_assert_int_eq(settings_set(&settings, info->id, info->values[value]), S_OK);
            last = value;
        }
        if (info->count)
            ck_assert_str_eq(get(&settings, info->id), info->values[last]);
    }
}
END_TEST

/* Lists. */

static const struct {
    const char *list;
    int bad; /* where the bad entry starts; -1: none */
} lists[] = {
    {"", -1},
    {"A2=keep", -1},
    {"a2=keep,request-order=newest-first,A30=300", -1},
    {" A2 = keep ,\tA10=newest-first ", -1},
    {"A2=keep,", 8},
    {",A2=keep", 0},
    {"A2", 0},
    {"A2=", 0},
    {"=keep", 0},
    {"A2=keep,A99=x,A10=newest-first", 8},
    {"A2=keep;A10=newest-first", 0},
    {"A2=keep=keep", 0},
};

START_TEST(list_names_the_bad_entry)
{
    const char *list = lists[_i].list, *bad = "";
    struct settings settings, before;

    settings_init(&settings);
    before = settings;
    if (lists[_i].bad < 0) {
        ck_assert_int_eq(settings_set_list(&settings, list, &bad), S_OK);
        ck_assert_ptr_null(bad);
    } else {
        ck_assert_int_eq(settings_set_list(&settings, list, &bad), E_INVALIDARG);
        ck_assert_ptr_eq(bad, list + lists[_i].bad);
        ck_assert_mem_eq(&settings, &before, sizeof before);
        ck_assert_int_eq(settings_set_list(&settings, list, NULL), E_INVALIDARG);
    }
}
END_TEST

START_TEST(list_marks_each_as_set)
{
    struct settings settings;

    settings_init(&settings);
    ck_assert_int_eq(settings_set_list(&settings, NULL, NULL), S_OK);
    ck_assert_int_eq(settings_set_list(&settings, "A2=keep,A31=0", NULL), S_OK);
    ck_assert(settings.by_name[SETTING_A2] && settings.by_name[SETTING_A31]);
    ck_assert(!settings.by_name[SETTING_A3]);
}
END_TEST

/* Lists whose last entry is legal but not done: as many as the table has of them. */
START_TEST(list_with_a_value_not_done)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_info *info = settings_info((enum setting)i);

        for (uint32_t value = 0; value < info->count; value++) {
            struct settings settings;
            const char *bad;
            char list[128];

            if (value_done(info, value))
                continue;
            settings_init(&settings);
            snprintf(list, sizeof list, "A30=300,%s=%s", info->word, info->values[value]);
            ck_assert_int_eq(settings_set_list(&settings, list, &bad), E_NOTIMPL);
            ck_assert_ptr_eq(bad, list + 8);
            ck_assert(!settings.by_name[SETTING_A30]);
        }
    }
}
END_TEST

/* The environment. */

START_TEST(environment_is_read)
{
    struct settings settings;
    const char *bad = "";

    clear_environment();
    settings_init(&settings);
    settings.seed = 5;
    setenv("OPENBITS_PROFILE", "Literal", 1);
    setenv("OPENBITS_A2", "keep", 1);
    setenv("OPENBITS_A30", "300", 1);
    setenv("OPENBITS_A31", "", 1);
    ck_assert_int_eq(settings_from_environment(&settings, &bad), S_OK);
    ck_assert_ptr_null(bad);
    ck_assert_str_eq(settings_profile_name(&settings), "literal");
    ck_assert_uint_eq(settings.seed, 5);
    ck_assert_str_eq(get(&settings, "A2"), "keep");
    ck_assert(settings.by_name[SETTING_A2] && settings.by_name[SETTING_A30]);
    ck_assert(!settings.by_name[SETTING_A31]);
    clear_environment();
}
END_TEST

START_TEST(empty_environment_changes_nothing)
{
    struct settings settings, before;

    clear_environment();
    settings_init(&settings);
    settings.seed = 9;
    before = settings;
    ck_assert_int_eq(settings_from_environment(&settings, NULL), S_OK);
    ck_assert_mem_eq(&settings, &before, sizeof before);
}
END_TEST

static const struct {
    const char *variable, *value;
} bad_variables[] = {
    {"OPENBITS_PROFILE", "nice"}, {"OPENBITS_SEED", "12x"}, {"OPENBITS_SEED", "-1"},
    {"OPENBITS_SEED", "0x"},      {"OPENBITS_SEED", " 1"},  {"OPENBITS_SEED", "18446744073709551616"},
    {"OPENBITS_A7", "sometimes"}, {"OPENBITS_A33", "1"},
};

START_TEST(bad_variable_is_named)
{
    struct settings settings, before;
    const char *bad = NULL;

    clear_environment();
    settings_init(&settings);
    before = settings;
    setenv("OPENBITS_A2", "keep", 1);
    setenv(bad_variables[_i].variable, bad_variables[_i].value, 1);
    ck_assert_int_eq(settings_from_environment(&settings, &bad), E_INVALIDARG);
    ck_assert_str_eq(bad, bad_variables[_i].variable);
    ck_assert_mem_eq(&settings, &before, sizeof before);
    ck_assert_int_eq(settings_from_environment(&settings, NULL), E_INVALIDARG);
    clear_environment();
}
END_TEST

static const struct {
    const char *text;
    uint64_t seed;
} seeds[] = {
    {"0", 0},
    {"42", 42},
    {"010", 10},
    {"0x1F", 31},
    {"18446744073709551615", UINT64_MAX},
    {"0XffffFFFFffffFFFF", UINT64_MAX},
};

START_TEST(seed_is_read)
{
    struct settings settings;

    clear_environment();
    settings_init(&settings);
    settings.seed = 7;
    setenv("OPENBITS_SEED", seeds[_i].text, 1);
    ck_assert_int_eq(settings_from_environment(&settings, NULL), S_OK);
    ck_assert_uint_eq(settings.seed, seeds[_i].seed);
    clear_environment();
}
END_TEST

/* Draws. */

enum { JOBS = 40, EVENTS = 50 };

/* Random is written in by hand: which settings accept it depends on what is done. */
static void make_random(struct settings *settings, int setting, uint64_t seed)
{
    settings_init(settings);
    settings->seed = seed;
    settings->chosen[setting] = SETTING_RANDOM;
}

START_TEST(draws_cover_what_is_done_and_nothing_else)
{
    uint64_t seed = suite_seed();

    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_info *info = settings_info((enum setting)i);
        unsigned seen[32] = {0}, fair = JOBS * EVENTS;
        struct settings settings;

        if (!info->count)
            continue;
        make_random(&settings, i, seed);
        for (uint64_t job = 0; job < JOBS; job++)
            for (uint64_t event = 0; event < EVENTS; event++)
                seen[settings_choice(&settings, (enum setting)i, job, event)]++;
        fair /= done_count(info);
        for (uint32_t value = 0; value < 32; value++) {
            if (value < info->count && value_done(info, value))
                ck_assert_msg(seen[value] > fair / 2 && seen[value] <= fair * 2,
                              "%s=%s: %u draws of about %u", info->id, info->values[value], seen[value],
                              fair);
            else
                ck_assert_uint_eq(seen[value], 0);
        }
    }
}
END_TEST

/* The same of the hash itself, however few values are done: neighbours in any part fall anywhere. */
START_TEST(draws_are_spread)
{
    unsigned seen[8] = {0}, fair = JOBS * EVENTS / 8;
    struct settings settings;

    make_random(&settings, SETTING_A1, suite_seed());
    for (uint64_t job = 0; job < JOBS; job++)
        for (uint64_t event = 0; event < EVENTS; event++)
            seen[settings_draw(&settings, SETTING_A1, job, event) >> 61]++;
    for (unsigned i = 0; i < 8; i++)
        ck_assert_msg(seen[i] > fair / 2 && seen[i] < fair * 2, "%u of about %u begin with %u", seen[i], fair,
                      i);
}
END_TEST

START_TEST(same_seed_draws_the_same)
{
    const enum setting a1 = SETTING_A1;
    struct settings one, two;
    uint64_t seed = suite_seed();

    make_random(&one, a1, seed);
    make_random(&two, a1, seed);
    for (uint64_t event = 0; event < EVENTS; event++) {
        ck_assert_uint_eq(settings_draw(&one, a1, 3, event), settings_draw(&two, a1, 3, event));
        ck_assert_uint_eq(settings_choice(&one, a1, 3, event), settings_choice(&two, a1, 3, event));
    }
}
END_TEST

/* Each part of the key matters: 64 bits that agree by accident would be a wonder. */
START_TEST(draws_depend_on_each_part)
{
    struct settings settings, other;
    uint64_t draw;

    make_random(&settings, SETTING_A1, 1);
    make_random(&other, SETTING_A1, 2);
    draw = settings_draw(&settings, SETTING_A1, 5, 6);
    ck_assert_uint_ne(draw, settings_draw(&other, SETTING_A1, 5, 6));
    ck_assert_uint_ne(draw, settings_draw(&settings, SETTING_A2, 5, 6));
    ck_assert_uint_ne(draw, settings_draw(&settings, SETTING_A1, 6, 6));
    ck_assert_uint_ne(draw, settings_draw(&settings, SETTING_A1, 5, 7));
    ck_assert_uint_ne(draw, settings_draw(&settings, SETTING_A1, 6, 5));
}
END_TEST

/* A seed in a report of a defect must mean the same in every release and on every machine. */
START_TEST(draws_never_change)
{
    struct settings settings;

    make_random(&settings, SETTING_A1, 1);
    ck_assert_uint_eq(settings_draw(&settings, SETTING_A1, 2, 3), 14293556142418507584u);
}
END_TEST

static Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *table = tcase_create("table"), *names = tcase_create("names"), *layers = tcase_create("layers");
    TCase *list = tcase_create("list"), *environment = tcase_create("environment");
    TCase *draws = tcase_create("draws");

    tcase_add_loop_test(table, row_is_sound, 0, SETTING_COUNT);
    tcase_add_loop_test(table, row_has_legal_profiles, 0, SETTING_COUNT);
    tcase_add_test(table, table_covers_the_register);
    suite_add_tcase(suite, table);

    tcase_add_test(names, init_is_kind_with_seed_0);
    tcase_add_loop_test(names, each_value_is_set_by_either_name, 0, SETTING_COUNT);
    tcase_add_loop_test(names, random_needs_two_values_done, 0, SETTING_COUNT);
    tcase_add_test(names, names_ignore_case);
    tcase_add_loop_test(names, illegal_changes_nothing, 0, sizeof illegal / sizeof *illegal);
    tcase_add_loop_test(names, number_outside_done_is_not_implemented, 0, SETTING_COUNT);
    tcase_add_test(names, get_of_unknown_or_without_room);
    suite_add_tcase(suite, names);

    tcase_add_loop_test(layers, profile_takes_what_is_done, 0, SETTING_COUNT);
    tcase_add_test(layers, named_setting_outlives_profiles);
    tcase_add_test(layers, unknown_profile_changes_nothing);
    tcase_add_test(layers, profile_is_below_the_environment);
    tcase_add_test(layers, who_sets_later_wins);
    suite_add_tcase(suite, layers);

    tcase_add_loop_test(list, list_names_the_bad_entry, 0, sizeof lists / sizeof *lists);
    tcase_add_test(list, list_marks_each_as_set);
    tcase_add_test(list, list_with_a_value_not_done);
    suite_add_tcase(suite, list);

    tcase_add_test(environment, environment_is_read);
    tcase_add_test(environment, empty_environment_changes_nothing);
    tcase_add_loop_test(environment, bad_variable_is_named, 0, sizeof bad_variables / sizeof *bad_variables);
    tcase_add_loop_test(environment, seed_is_read, 0, sizeof seeds / sizeof *seeds);
    suite_add_tcase(suite, environment);

    tcase_add_test(draws, draws_cover_what_is_done_and_nothing_else);
    tcase_add_test(draws, draws_are_spread);
    tcase_add_test(draws, same_seed_draws_the_same);
    tcase_add_test(draws, draws_depend_on_each_part);
    tcase_add_test(draws, draws_never_change);
    suite_add_tcase(suite, draws);
    return suite;
}

int main(void)
{
    return suite_main(settings_suite());
}
