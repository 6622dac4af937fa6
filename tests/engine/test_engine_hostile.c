/* test_engine_hostile.c: a careful client survives every latitude of the contract, a naive one does not.
 *
 * The careful client follows the canonical sequence: it asks, resumes, and waits for its ranges by looking at
 * GetFilledFileRanges, woken by a callback or a time-out; it reads only what is covered. The naive one trusts
 * the reports alone: what they have not told, it takes to be missing. Both run without threads, by a
 * scripted source and the automatic clock, so a seed decides everything.
 *
 * OPENBITS_TEST_SCRIPTS sets the number of seeds (make check-long: 10,000).
 */
#include "base/cleanup.h"
#include "base/hr.h"
#include "engine/engine.h"
#include "engine/scripted.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE    3000
#define CONTENT 5
#define ROUNDS  4
#define WAIT_US 1000000u /* a careful client looks again after so long */
#define WAITS   20000    /* and gives up after so many */

struct actor {
    struct engine *engine;
    struct engine_job *job;
    struct scripted *scripted;
    struct rangeset reported;
    unsigned events, seen; /* callbacks: told, and looked at */
    bool transferred;
    uint64_t random;
};

static HRESULT on_ranges(void *context, struct engine_job *job, uint32_t file, const struct range *ranges,
                         size_t count)
{
    struct actor *actor = context;

    (void)job;
    (void)file;
    actor->events++;
    for (size_t i = 0; i < count; i++)
        suite_require(SUCCEEDED(rangeset_add(&actor->reported, ranges[i])), "no memory");
    return suite_random(&actor->random) % 8 ? S_OK : E_FAIL; /* which A8 lets the engine answer as it likes */
}

static HRESULT on_transferred(void *context, struct engine_job *job)
{
    struct actor *actor = context;

    (void)job;
    actor->events++;
    actor->transferred = true;
    return suite_random(&actor->random) % 2 ? S_OK : S_FALSE; /* A21 */
}

static HRESULT on_error(void *context, struct engine_job *job, const struct job_error *error)
{
    (void)job;
    (void)error;
    ((struct actor *)context)->events++;
    return S_OK;
}

static HRESULT on_modification(void *context, struct engine_job *job)
{
    (void)job;
    ((struct actor *)context)->events++;
    return S_OK;
}

static HRESULT on_file(void *context, struct engine_job *job, uint32_t file)
{
    (void)job;
    (void)file;
    ((struct actor *)context)->events++;
    return S_OK;
}

static void no_count(void *context)
{
    (void)context;
}

static const struct engine_client_ops ops = {
    .transferred = on_transferred,
    .error = on_error,
    .modification = on_modification,
    .file = on_file,
    .ranges = on_ranges,
    .hold = no_count,
    .drop = no_count,
};

static bool woken(void *context)
{
    struct actor *actor = context;
    bool new_event = actor->seen != actor->events;

    actor->seen = actor->events;
    return new_event;
}

static void set_number(struct actor *actor, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    suite_require(engine_job_set(actor->job, property, &value) == S_OK, "property %d", (int)property);
}

static enum job_state state_of(struct actor *actor)
{
    struct engine_job_status status;

    engine_job_status(actor->job, &status);
    return status.state;
}

static bool is_filled(struct actor *actor, const struct range *wanted, size_t count)
{
    struct range *filled;
    size_t filled_count, covered = 0;

    suite_require(engine_file_filled_ranges(actor->job, 0, &filled, &filled_count) == S_OK, "filled");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < filled_count; k++)
            covered += filled[k].start <= wanted[i].start && wanted[i].end <= filled[k].end;
    free(filled);
    return covered == count;
}

static bool is_reported(struct actor *actor, const struct range *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!rangeset_covers(&actor->reported, wanted[i]))
            return false;
    return true;
}

typedef bool has_fn(struct actor *actor, const struct range *wanted, size_t count);

/* Asks for the ranges, resumes, and waits until `has` says that they are there. */
static bool ask(struct actor *actor, has_fn *has, const struct range *wanted, size_t count)
{
    suite_require(engine_file_request_ranges(actor->job, 0, wanted, count) == S_OK, "request");
    suite_require(SUCCEEDED(engine_job_resume(actor->job)), "resume");
    for (unsigned waits = 0; waits < WAITS; waits++) {
        if (has(actor, wanted, count))
            return true;
        engine_pump(actor->engine, woken, actor, WAIT_US);
    }
    return false;
}

static void read_covered(struct actor *actor, const struct range *wanted, size_t count)
{
    AUTOFREE char *name = NULL;
    unsigned char found[SIZE], right[SIZE];
    int fd;

    suite_require(engine_file_text(actor->job, 0, ENGINE_FILE_TEMPORARY_NAME, &name) == S_OK, "name");
    fd = open(name, O_RDONLY);
    suite_require(fd >= 0, "the temporary file is not there");
    suite_require(pread(fd, found, SIZE, 0) == SIZE, "it is too short");
    close(fd);
    server_content(CONTENT, 0, right, SIZE);
    for (size_t i = 0; i < count; i++)
        suite_require(memcmp(found + wanted[i].start, right + wanted[i].start, range_len(wanted[i])) == 0,
                      "wrong bytes from %" PRIu64, wanted[i].start);
}

static void actor_begin(struct actor *actor, const char *profile, const char *choice, uint64_t seed,
                        const char *local)
{
    struct engine_config config = {.mode = ENGINE_INLINE, .clock = CLOCK_AUTOMATIC};
    struct scripted_options script = {.seed = seed, .size = SIZE, .content = CONTENT, .most_bytes = 400};
    struct engine_new_file file = {"http://scripted/f", local};
    GUID id;

    memset(actor, 0, sizeof *actor);
    actor->random = seed * 3 + 1;
    rangeset_init(&actor->reported);
    settings_init(&config.settings);
    suite_require(settings_set_profile(&config.settings, profile) == S_OK, "no profile %s", profile);
    if (choice)
        suite_require(settings_set_list(&config.settings, choice, NULL) == S_OK, "no choice %s", choice);
    config.settings.seed = seed;
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "hostile"};
    config.limits = (struct job_limits){.request_bytes = 512, .flights = 3};
    config.source = scripted_new(&script, &actor->scripted);
    suite_require(engine_new(&config, &actor->engine) == S_OK, "engine");
    suite_require(engine_create_job(actor->engine, "hostile", JOB_DOWNLOAD, &id, &actor->job) == S_OK, "job");
    set_number(actor, JOB_ON_DEMAND_MODE, 1);
    suite_require(engine_job_add_files(actor->job, &file, 1) == S_OK, "file");
    suite_require(engine_job_set_client(actor->job, &ops, actor, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES) ==
                      S_OK,
                  "client");
    set_number(actor, JOB_NOTIFY_FLAGS, 0x2B);
}

static void actor_end(struct actor *actor)
{
    engine_job_cancel(actor->job);
    engine_job_drop(actor->job);
    engine_drop(actor->engine);
    rangeset_release(&actor->reported);
}

/* Whether it got all that it asked for, in rounds; every byte that it reads is judged. */
static bool act_with(const char *profile, const char *choice, uint64_t seed, has_fn *has, const char *local)
{
    struct actor actor;
    bool got = true;

    actor_begin(&actor, profile, choice, seed, local);
    for (unsigned round = 0; got && round < ROUNDS; round++) {
        struct range wanted[6];
        size_t count = 1 + suite_random(&actor.random) % 6;

        for (size_t i = 0; i < count; i++) {
            wanted[i].start = suite_random(&actor.random) % SIZE;
            wanted[i].end = wanted[i].start + 1 + suite_random(&actor.random) % (SIZE - wanted[i].start);
        }
        got = ask(&actor, has, wanted, count);
        if (got)
            read_covered(&actor, wanted, count);
    }
    if (got)
        got = ask(&actor, has, &(struct range){0, SIZE}, 1);
    for (unsigned waits = 0; got && !actor.transferred && waits < WAITS; waits++)
        engine_pump(actor.engine, woken, &actor, WAIT_US);
    if (got) {
        suite_require(actor.transferred && state_of(&actor) == JOB_TRANSFERRED, "seed %" PRIu64 ": not told",
                      seed);
        for (uint64_t at = 0; at < SIZE; at++)
            suite_require(scripted_times(actor.scripted, at) == 1, "byte %" PRIu64 " came twice", at);
        suite_require(engine_job_complete(actor.job) == S_OK, "complete");
        suite_require(unlink(local) == 0, "no file after Complete");
    }
    actor_end(&actor);
    return got;
}

static bool act(const char *profile, uint64_t seed, has_fn *has, const char *local)
{
    return act_with(profile, NULL, seed, has, local);
}

static unsigned seeds(void)
{
    const char *chosen = getenv("OPENBITS_TEST_SCRIPTS");

    return chosen ? (unsigned)atoi(chosen) : 500;
}

START_TEST(test_a_careful_client_gets_everything)
{
    static const char *const profiles[] = {"kind", "literal", "hostile"};
    uint64_t seed = suite_seed();
    struct folder folder;

    folder_make(&folder);
    for (unsigned i = 0; i < seeds(); i++)
        suite_require(act(profiles[_i], seed + i, is_filled, folder_path(&folder, "f")),
                      "%s, seed %" PRIu64 ": something never came", profiles[_i], seed + i);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_a_naive_client_is_found_out)
{
    uint64_t seed = suite_seed();
    unsigned literal = 0, hostile = 0, kind = 0, n = 50;
    struct folder folder;

    folder_make(&folder);
    for (unsigned i = 0; i < n; i++) {
        kind += act("kind", seed + i, is_reported, folder_path(&folder, "f"));
        literal += act("literal", seed + i, is_reported, folder_path(&folder, "f"));
        hostile += act("hostile", seed + i, is_reported, folder_path(&folder, "f"));
    }
    printf("of %u runs of a naive client %u went well under kind, %u under literal, %u under hostile\n", n,
           kind, literal, hostile);
    ck_assert_uint_gt(kind, n / 2); /* it looks right where nothing goes wrong */
    ck_assert_uint_eq(literal, 0);
    ck_assert_uint_lt(hostile, n / 4);
    folder_remove(&folder);
}
END_TEST

/* Each latitude alone, under the kind profile: which of them a client that trusts reports alone survives. */
static const struct {
    const char *choice;
    bool survives;
} latitudes[] = {
    {"A1=one-byte", true},  {"A1=whole-request", true}, {"A1=misaligned", true}, {"A2=reset", true},
    {"A3=drop-kth", false}, {"A3=drop-last", false},    {"A4=repeat", true},     {"A5=trailing", true},
    {"A5=lagging", true},   {"A5=from-return", true},   {"A5=no-flush", true},   {"A5=zero-default", true},
    {"A6=overtake", true},  {"A6=late", true},          {"A7=concurrent", true}, {"A8=redeliver", true},
    {"A8=drop", true},      {"A9=all-filled", true},    {"A21=retry", true},
};

START_TEST(test_each_latitude_alone)
{
    uint64_t seed = suite_seed();
    unsigned careful = 0, naive = 0, n = 40;
    struct folder folder;

    folder_make(&folder);
    for (unsigned i = 0; i < n; i++) {
        careful += act_with("kind", latitudes[_i].choice, seed + i, is_filled, folder_path(&folder, "f"));
        naive += act_with("kind", latitudes[_i].choice, seed + i, is_reported, folder_path(&folder, "f"));
    }
    printf("%s: careful %u, naive %u of %u\n", latitudes[_i].choice, careful, naive, n);
    ck_assert_uint_eq(careful, n);
    if (latitudes[_i].survives)
        ck_assert_uint_eq(naive, n);
    else
        ck_assert_uint_lt(naive, n);
    folder_remove(&folder);
}
END_TEST

static uint64_t filled_bytes(struct actor *actor)
{
    struct engine_job_status status;

    engine_job_status(actor->job, &status);
    return status.progress.bytes_transferred;
}

static bool has_more_than_was_told(void *context)
{
    struct actor *actor = context;

    return state_of(actor) == JOB_TRANSFERRING && rangeset_length(&actor->reported) > 0 &&
           filled_bytes(actor) > rangeset_length(&actor->reported);
}

/* what has arrived and is not reported yet when more is asked for. */
START_TEST(test_a_new_request_may_reset_the_report)
{
    static const char *const choices[] = {"A2=keep", "A2=reset"};
    struct range first = {0, 2000}, second = {2500, SIZE};
    struct folder folder;
    struct actor actor;

    folder_make(&folder);
    actor_begin(&actor, "kind", choices[_i], 1, folder_path(&folder, "f"));
    ck_assert_int_eq(engine_file_request_ranges(actor.job, 0, &first, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(actor.job), S_OK);
    ck_assert_int_eq(engine_pump(actor.engine, has_more_than_was_told, &actor, WAIT_US), S_OK);
    ck_assert_int_eq(engine_file_request_ranges(actor.job, 0, &second, 1), S_OK);
    while (woken(&actor) || engine_pump(actor.engine, woken, &actor, WAIT_US) == S_OK)
        ;
    ck_assert_int_eq(state_of(&actor), JOB_SUSPENDED);
    ck_assert_uint_eq(filled_bytes(&actor), 2500);
    if (_i == 0)
        ck_assert_uint_eq(rangeset_length(&actor.reported), 2500);
    else
        ck_assert_uint_lt(rangeset_length(&actor.reported), 2500);
    actor_end(&actor);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_a_fresh_job_reads_the_interval_that_was_chosen)
{
    static const struct {
        const char *value;
        uint64_t interval_ms;
    } rows[] = {{"leading", 500}, {"zero-default", 0}};
    struct engine_config config = {.mode = ENGINE_INLINE, .clock = CLOCK_MANUAL};
    struct scripted_options script = {.seed = 1, .size = 1};
    struct job_value value;
    struct engine *engine;
    struct engine_job *job;
    struct scripted *scripted;
    GUID id;

    settings_init(&config.settings);
    ck_assert_int_eq(settings_set(&config.settings, "A5", rows[_i].value), S_OK);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "hostile"};
    config.source = scripted_new(&script, &scripted);
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    ck_assert_int_eq(engine_create_job(engine, "a", JOB_DOWNLOAD, &id, &job), S_OK);
    ck_assert_int_eq(engine_job_get(job, JOB_NOTIFICATION_INTERVAL_MS, &value), S_OK);
    ck_assert_uint_eq(value.number, rows[_i].interval_ms);
    engine_job_drop(job);
    engine_drop(engine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine hostile");
    TCase *clients = tcase_create("clients");

    tcase_set_timeout(clients, 600);
    tcase_add_loop_test(clients, test_a_careful_client_gets_everything, 0, 3);
    tcase_add_test(clients, test_a_naive_client_is_found_out);
    tcase_add_loop_test(clients, test_each_latitude_alone, 0, sizeof latitudes / sizeof *latitudes);
    tcase_add_loop_test(clients, test_a_new_request_may_reset_the_report, 0, 2);
    tcase_add_loop_test(clients, test_a_fresh_job_reads_the_interval_that_was_chosen, 0, 2);
    suite_add_tcase(suite, clients);
    return suite_main(suite);
}
