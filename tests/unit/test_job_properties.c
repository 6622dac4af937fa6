/* test_job_properties.c: every property's default, range and moment, as the contract's pages have them. */
#include <stdbool.h>
#include <string.h>

#include "job_fixture.h"

static const struct number_case {
    enum job_property property;
    uint64_t initial;
    struct {
        uint64_t set;
        HRESULT hr;
        uint64_t get;
    } tries[6];
    unsigned changes;
} numbers[] = {
    {JOB_PRIORITY,
     2,
     {{0, S_OK, 0}, {1, S_OK, 1}, {3, S_OK, 3}, {4, E_NOTIMPL, 3}, {UINT32_MAX, E_NOTIMPL, 3}, {2, S_OK, 2}},
     JOB_CHANGED_WORK | JOB_CHANGED_PRIORITY},
    {JOB_NOTIFY_FLAGS,
     3,
     {{0, S_OK, 0},
      {0x3F, S_OK, 0x3F},
      {0x40, E_NOTIMPL, 0x3F},
      {0x1F, S_OK, 0x1F},
      {UINT32_MAX, E_NOTIMPL, 0x1F},
      {32, S_OK, 32}},
     JOB_CHANGED_INTEREST},
    {JOB_MINIMUM_RETRY_DELAY_S,
     600,
     {{0, S_OK, 5},
      {4, S_OK, 5},
      {5, S_OK, 5},
      {6, S_OK, 6},
      {UINT32_MAX, S_OK, UINT32_MAX},
      {UINT64_MAX, E_INVALIDARG, UINT32_MAX}},
     JOB_CHANGED_WORK},
    {JOB_NO_PROGRESS_TIMEOUT_S,
     1209600,
     {{0, S_OK, 0},
      {1, S_OK, 1},
      {UINT32_MAX, S_OK, UINT32_MAX},
      {UINT64_MAX, E_INVALIDARG, UINT32_MAX},
      {7, S_OK, 7},
      {7, S_OK, 7}},
     JOB_CHANGED_WORK},
    {JOB_ON_DEMAND_MODE,
     0,
     {{1, S_OK, 1},
      {0, S_OK, 0},
      {2, S_OK, 1},
      {UINT32_MAX, S_OK, 1},
      {UINT64_MAX, E_INVALIDARG, 1},
      {0, S_OK, 0}},
     JOB_CHANGED_WORK},
    {JOB_NOTIFICATION_INTERVAL_MS,
     500,
     {{0, S_OK, 0},
      {1000, S_OK, 1000},
      {10000, S_OK, 10000},
      {UINT32_MAX, S_OK, UINT32_MAX},
      {UINT64_MAX, E_INVALIDARG, UINT32_MAX},
      {500, S_OK, 500}},
     JOB_CHANGED_INTERVAL},
    {JOB_MAXIMUM_DOWNLOAD_TIME_S,
     7776000, /* */
     {{0, S_OK, 0},
      {1, S_OK, 1},
      {UINT32_MAX, S_OK, UINT32_MAX},
      {UINT64_MAX, E_INVALIDARG, UINT32_MAX},
      {90, S_OK, 90},
      {90, S_OK, 90}},
     JOB_CHANGED_WORK},
    {JOB_FILE_ACL_FLAGS, /* */
     0,
     {{15, S_OK, 15},
      {16, E_INVALIDARG, 15},
      {UINT32_MAX, E_INVALIDARG, 15},
      {1, S_OK, 1},
      {8, S_OK, 8},
      {0, S_OK, 0}},
     0},
    {JOB_PEER_CACHING_FLAGS, /* */
     0,
     {{7, S_OK, 7}, {8, E_NOTIMPL, 7}, {UINT32_MAX, E_NOTIMPL, 7}, {4, S_OK, 4}, {1, S_OK, 1}, {0, S_OK, 0}},
     0},
    {JOB_COST_FLAGS, /* */
     0x80000021,
     {{0x800000FF, S_OK, 0x800000FF},
      {0x4000007F, S_OK, 0x4000007F},
      {0x100, E_INVALIDARG, 0x4000007F},
      {0x20000001, E_INVALIDARG, 0x4000007F},
      {3, S_OK, 3},
      {0, S_OK, 0}},
     JOB_CHANGED_WORK},
    {JOB_DYNAMIC_CONTENT,
     0,
     {{1, S_OK, 1},
      {0, S_OK, 0},
      {2, S_OK, 1},
      {UINT32_MAX, S_OK, 1},
      {UINT64_MAX, E_INVALIDARG, 1},
      {0, S_OK, 0}},
     JOB_CHANGED_WORK},
    {JOB_HIGH_PERFORMANCE,
     0,
     {{1, S_OK, 1},
      {0, S_OK, 0},
      {2, S_OK, 1},
      {UINT32_MAX, S_OK, 1},
      {UINT64_MAX, E_INVALIDARG, 1},
      {0, S_OK, 0}},
     0},
    {JOB_MAX_DOWNLOAD_SIZE, /* */
     UINT64_MAX,
     {{0, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, UINT64_MAX},
      {1, S_OK, 1},
      {0, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, 1},
      {UINT64_C(1) << 40, S_OK, UINT64_C(1) << 40},
      {UINT64_MAX, S_OK, UINT64_MAX},
      {7, S_OK, 7}},
     0},
    {JOB_STORED_CREDENTIALS,
     0,
     {{1, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 0},
      {0, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 0},
      {2, S_OK, 2},
      {3, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 2},
      {UINT32_MAX, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 2},
      {2, S_OK, 2}},
     0},
    {JOB_HELPER_TOKEN_FLAGS,
     0,
     {{1, S_OK, 1},
      {3, S_OK, 3},
      {4, E_INVALIDARG, 3},
      {UINT32_MAX, E_INVALIDARG, 3},
      {2, S_OK, 2},
      {0, S_OK, 0}},
     JOB_CHANGED_WORK},
    {JOB_HELPER_TOKEN,
     0,
     {{1, S_OK, 1}, {0, S_OK, 0}, {1, S_OK, 1}, {2, E_INVALIDARG, 1}, {1, S_OK, 1}, {0, S_OK, 0}},
     JOB_CHANGED_WORK},
};

static uint64_t get_number(struct fixture *f, enum job_property property)
{
    struct job_value value;

    ck_assert_int_eq(job_get(&f->job, property, &value), S_OK);
    ck_assert_int_eq(value.type, JOB_VALUE_NUMBER);
    return value.number;
}

START_TEST(test_number)
{
    const struct number_case *c = &numbers[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_uint_eq(get_number(&f, c->property), c->initial);
    for (size_t i = 0; i < sizeof c->tries / sizeof *c->tries; i++) {
        f.job.modified_100ns = NOW;
        job_take_changes(&f.job);
        ck_assert_int_eq(fixture_set(&f, c->property, c->tries[i].set), c->tries[i].hr);
        ck_assert_uint_eq(get_number(&f, c->property), c->tries[i].get);
        ck_assert_uint_eq(f.job.modified_100ns, SUCCEEDED(c->tries[i].hr) ? NOW + 1 : NOW);
        ck_assert_uint_eq(job_take_changes(&f.job), SUCCEEDED(c->tries[i].hr) ? JOB_CHANGED | c->changes : 0);
    }
    fixture_release(&f);
}
END_TEST

/* n units of UTF-16: letters of one unit, and one of two units in the middle. */
static char *text_of(size_t units)
{
    char *text = malloc(units * 4 + 1);

    ck_assert_uint_ge(units, 2);
    memset(text, 'x', units - 2);
    strcpy(text + units - 2, "\xF0\x9F\x98\x80");
    return text;
}

static const struct text_case {
    enum job_property property;
    const char *initial;
    size_t max_units;
} texts[] = {
    {JOB_DISPLAY_NAME, "test", 256},
    {JOB_DESCRIPTION, "", 1024},
};

static HRESULT set_text(struct fixture *f, enum job_property property, const char *text)
{
    struct job_value value = {.type = JOB_VALUE_TEXT, .text = text};

    return job_set(&f->job, property, &value, &f->settings, NOW + 1);
}

static const char *get_text(struct fixture *f, enum job_property property)
{
    struct job_value value;

    ck_assert_int_eq(job_get(&f->job, property, &value), S_OK);
    ck_assert_int_eq(value.type, JOB_VALUE_TEXT);
    return value.text;
}

START_TEST(test_text)
{
    const struct text_case *c = &texts[_i];
    char *longest = text_of(c->max_units), *too_long = text_of(c->max_units + 1);
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_str_eq(get_text(&f, c->property), c->initial);
    ck_assert_int_eq(set_text(&f, c->property, longest), S_OK);
    ck_assert_str_eq(get_text(&f, c->property), longest);
    ck_assert_uint_eq(job_take_changes(&f.job), JOB_CHANGED);
    ck_assert_int_eq(set_text(&f, c->property, too_long), BG_E_STRING_TOO_LONG);
    ck_assert_int_eq(set_text(&f, c->property, NULL), E_INVALIDARG);
    ck_assert_int_eq(fixture_set(&f, c->property, 1), E_INVALIDARG);
    ck_assert_str_eq(get_text(&f, c->property), longest);
    ck_assert_uint_eq(job_take_changes(&f.job), 0);
    ck_assert_int_eq(set_text(&f, c->property, ""), S_OK);
    ck_assert_str_eq(get_text(&f, c->property), "");
    free(longest);
    free(too_long);
    fixture_release(&f);
}
END_TEST

START_TEST(test_class)
{
    static const GUID some = {1, 2, 3, {4}}, none;
    struct job_value value = {.type = JOB_VALUE_GUID, .guid = some}, got;
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_get(&f.job, JOB_NOTIFICATION_CLSID, &got), S_OK);
    ck_assert_int_eq(got.type, JOB_VALUE_GUID);
    ck_assert_int_eq(memcmp(&got.guid, &none, sizeof none), 0);
    ck_assert_int_eq(job_set(&f.job, JOB_NOTIFICATION_CLSID, &value, &f.settings, NOW + 1), S_OK);
    ck_assert_int_eq(job_get(&f.job, JOB_NOTIFICATION_CLSID, &got), S_OK);
    ck_assert_int_eq(memcmp(&got.guid, &some, sizeof some), 0);
    ck_assert_int_eq(fixture_set(&f, JOB_NOTIFICATION_CLSID, 1), E_INVALIDARG);
    fixture_release(&f);
}
END_TEST

/* R-654, A32. */
START_TEST(test_cost_flags_before_they_are_set)
{
    static const struct {
        const char *a32;
        uint64_t reads;
    } rows[] = {{"unrestricted", 0x80000021}, {"standard", 0x80000067}, {"always", 0x800000FF}};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A32", rows[_i].a32);
    job_choose_defaults(&f.job, &f.settings);
    ck_assert_uint_eq(get_number(&f, JOB_COST_FLAGS), rows[_i].reads);
    fixture_release(&f);
}
END_TEST

START_TEST(test_no_such_property)
{
    struct job_value value;
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_get(&f.job, JOB_PROPERTY_COUNT, &value), E_INVALIDARG);
    ck_assert_ptr_null(value.text);
    ck_assert_int_eq(fixture_set(&f, JOB_PROPERTY_COUNT, 1), E_INVALIDARG);
    fixture_release(&f);
}
END_TEST

/* every setter in every state; getters always answer. */
static HRESULT setter_answer(enum job_property property, enum job_state state)
{
    if (job_state_is_final(state))
        return BG_E_INVALID_STATE;
    switch (property) {
    case JOB_HIGH_PERFORMANCE: /* there is a file in every one of these */
        return BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE;
    case JOB_DYNAMIC_CONTENT:
    case JOB_MAX_DOWNLOAD_SIZE:
        return state == JOB_SUSPENDED ? S_OK : BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
    case JOB_FILE_ACL_FLAGS: /* */
        return state == JOB_TRANSFERRED ? BG_E_INVALID_STATE : S_OK;
    default:
        return S_OK;
    }
}

START_TEST(test_setters_refuse_in_final_states_only)
{
    static const GUID class = {7, 7, 7, {7}};
    enum job_state state = (enum job_state)(_i % JOB_STATE_COUNT);
    enum job_property property = (enum job_property)(_i / JOB_STATE_COUNT);
    HRESULT expected = setter_answer(property, state);
    uint64_t number = property == JOB_STORED_CREDENTIALS ? 2 : 1;
    struct job_value before, value;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_get(&f.job, property, &before), S_OK);
    value = (struct job_value){.type = before.type, .number = number, .text = "new", .guid = class};
    ck_assert_int_eq(job_set(&f.job, property, &value, &f.settings, NOW + 1), expected);
    if (FAILED(expected))
        ck_assert_uint_eq(job_take_changes(&f.job), 0);
    ck_assert_int_eq(job_get(&f.job, property, &value), S_OK);
    switch (before.type) {
    case JOB_VALUE_NUMBER: /* what is below the least is raised to it */
        ck_assert_int_eq(value.number == before.number, FAILED(expected) || before.number == number);
        break;
    case JOB_VALUE_TEXT:
        ck_assert_int_eq(strcmp(value.text, "new") == 0, SUCCEEDED(expected));
        break;
    case JOB_VALUE_GUID:
        ck_assert_int_eq(memcmp(&value.guid, &class, sizeof class) == 0, SUCCEEDED(expected));
        break;
    }
    fixture_release(&f);
}
END_TEST

static const struct moment_case {
    const char *a14;
    enum job_state state;
    HRESULT hr;
} moments[] = {
    {"non-final", JOB_SUSPENDED, S_OK},
    {"non-final", JOB_TRANSFERRING, S_OK},
    {"before-resume", JOB_SUSPENDED, S_OK},
    {"before-resume", JOB_QUEUED, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME},
    {"before-resume", JOB_ERROR, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME},
    {"before-resume", JOB_CANCELLED, BG_E_INVALID_STATE},
    {"paused", JOB_SUSPENDED, S_OK},
    {"paused", JOB_ERROR, S_OK},
    {"paused", JOB_TRANSFERRED, S_OK},
    {"paused", JOB_QUEUED, BG_E_READ_ONLY_WHEN_JOB_ACTIVE},
    {"paused", JOB_TRANSFERRING, BG_E_READ_ONLY_WHEN_JOB_ACTIVE},
    {"paused", JOB_TRANSIENT_ERROR, BG_E_READ_ONLY_WHEN_JOB_ACTIVE},
};

START_TEST(test_moment_of_on_demand)
{
    const struct moment_case *c = &moments[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A14", c->a14);
    fixture_bring(&f, c->state);
    ck_assert_int_eq(fixture_set(&f, JOB_ON_DEMAND_MODE, 1), c->hr);
    ck_assert_uint_eq(get_number(&f, JOB_ON_DEMAND_MODE), SUCCEEDED(c->hr));
    fixture_release(&f);
}
END_TEST

/* */
START_TEST(test_before_resume_means_ever)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A14", "before-resume");
    fixture_bring(&f, JOB_QUEUED);
    ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW + 2), S_OK);
    ck_assert_int_eq(fixture_set(&f, JOB_ON_DEMAND_MODE, 1), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
    ck_assert_int_eq(fixture_set(&f, JOB_DYNAMIC_CONTENT, 1), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
    ck_assert_int_eq(fixture_set(&f, JOB_MAX_DOWNLOAD_SIZE, 1), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
    fixture_release(&f);
}
END_TEST

/* CreateJob's own rules for a name and a type. */
START_TEST(test_creation)
{
    static const GUID id;
    char *longest = text_of(256), *too_long = text_of(257);
    struct job job;

    ck_assert_int_eq(job_init(&job, &id, JOB_DOWNLOAD, NULL, &job_default_table, NOW), E_INVALIDARG);
    ck_assert_int_eq(job_init(&job, &id, JOB_DOWNLOAD, too_long, &job_default_table, NOW), E_INVALIDARG);
    ck_assert_int_eq(job_init(&job, &id, JOB_UPLOAD, "x", &job_default_table, NOW), E_NOTIMPL);
    ck_assert_int_eq(job_init(&job, &id, JOB_UPLOAD_REPLY, "x", &job_default_table, NOW), E_NOTIMPL);
    ck_assert_int_eq(job_init(&job, &id, (enum job_type)3, "x", &job_default_table, NOW), E_NOTIMPL);
    ck_assert_int_eq(job_init(&job, &id, JOB_DOWNLOAD, longest, &job_default_table, NOW), S_OK);
    ck_assert_int_eq(job.state, JOB_SUSPENDED);
    ck_assert_uint_eq(job.file_count, 0);
    ck_assert_uint_eq(job.changes, 0);
    ck_assert_uint_eq(job.created_100ns, NOW);
    ck_assert_uint_eq(job.modified_100ns, NOW);
    ck_assert_uint_eq(job.transferred_100ns, 0);
    ck_assert(job_sane(&job));
    job_release(&job);
    free(longest);
    free(too_long);
}
END_TEST

/* --- the command line */

static const struct {
    size_t program, parameters; /* units; 0: NULL */
    HRESULT wanted;
} command_lines[] = {
    {0, 0, S_OK},
    {260, 0, S_OK},
    {260, 4000, S_OK},
    {261, 0, BG_E_STRING_TOO_LONG},
    {2, 4001, BG_E_STRING_TOO_LONG},
    {0, 2, E_INVALIDARG},
};

START_TEST(test_command_line)
{
    size_t program_units = command_lines[_i].program, parameters_units = command_lines[_i].parameters;
    char *program = program_units ? text_of(program_units) : NULL;
    char *parameters = parameters_units ? text_of(parameters_units) : NULL;
    HRESULT wanted = command_lines[_i].wanted;
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_command_line(&f.job, "/a", "/a b", NOW), S_OK);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_set_command_line(&f.job, program, parameters, NOW + 1), wanted);
    ck_assert_int_eq(job_take_changes(&f.job) != 0, wanted == S_OK);
    ck_assert_pstr_eq(f.job.notify_program, wanted == S_OK ? program : "/a");
    ck_assert_pstr_eq(f.job.notify_parameters, wanted == S_OK ? parameters : "/a b");
    ck_assert_uint_eq(f.job.modified_100ns, NOW + (wanted == S_OK));
    job_take_ownership(&f.job, NOW + 2); /* */
    ck_assert_ptr_null(f.job.notify_program);
    ck_assert_ptr_null(f.job.notify_parameters);
    fixture_release(&f);
    free(program);
    free(parameters);
}
END_TEST

START_TEST(test_command_line_of_a_final_job)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, (enum job_state)_i);
    ck_assert_int_eq(job_set_command_line(&f.job, NULL, "x", NOW), E_INVALIDARG);
    ck_assert_int_eq(job_set_command_line(&f.job, "/a", NULL, NOW),
                     job_state_is_final((enum job_state)_i) ? BG_E_INVALID_STATE : S_OK);
    fixture_release(&f);
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job properties");
    TCase *values = tcase_create("values"), *moment = tcase_create("moment");

    TESTS(values, numbers, test_number);
    TESTS(values, texts, test_text);
    tcase_add_test(values, test_class);
    tcase_add_loop_test(values, test_cost_flags_before_they_are_set, 0, 3);
    tcase_add_test(values, test_no_such_property);
    tcase_add_test(values, test_creation);
    TESTS(values, command_lines, test_command_line);
    suite_add_tcase(suite, values);
    tcase_add_loop_test(moment, test_setters_refuse_in_final_states_only, 0,
                        JOB_PROPERTY_COUNT * JOB_STATE_COUNT);
    tcase_add_loop_test(moment, test_command_line_of_a_final_job, 0, JOB_STATE_COUNT);
    TESTS(moment, moments, test_moment_of_on_demand);
    tcase_add_test(moment, test_before_resume_means_ever);
    suite_add_tcase(suite, moment);
    return suite_main(suite);
}
