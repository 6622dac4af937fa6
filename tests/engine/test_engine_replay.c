/* test_engine_replay.c: 500 random scripts of one on-demand job, each against a small model of the contract
 * and each run twice, byte for byte the same (decision 17). One script again, with its trace:
 *     OPENBITS_TEST_SEED=<script> OPENBITS_TEST_SCRIPTS=1 REPLAY_TRACE=trace.jsonl
 *
 * The model knows the file's bytes one by one and the rules by number; it does not know how the engine
 * plans, batches or merges. What it predicts:
 *   results      RequestFileRanges all or nothing, Suspend, Resume, UpdateDownloadPosition
 *   bytes        only asked ones are fetched, none twice; after rest, all asked ones are filled
 *   order        a request begins in the newest set that still lacks bytes, if no position was given
 *   reports      sorted, disjoint, merged, filled already, each byte once, at the end all of them (R-330,
 * R-334) spacing      at least the interval between two reports but for the final flush (R-333, decision 20)
 *   rest         SUSPENDED, or TRANSFERRED when every byte is there, and readable content
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

#define FILE_MAX            6000
#define SET_MAX             64
#define CONTENT             77
#define JOB_FLAGS           0x2B /* all but FILE */
#define SCRIPTS             500
#define STEPS               60
#define LONGEST_INTERVAL_US 10000000

struct set {
    unsigned char has[FILE_MAX];
};

struct model {
    uint64_t size;
    struct set sets[SET_MAX]; /* oldest first */
    unsigned set_count;
    unsigned char asked[FILE_MAX], reported[FILE_MAX];
    unsigned char flying[FILE_MAX];      /* asked of the source, and not taken back by Suspend */
    unsigned char interrupted[FILE_MAX]; /* taken back: comes before all sets */
    bool position_given;                 /* UpdateDownloadPosition mixes the order: then it is not judged */
    bool size_known;
    uint64_t interval_us, slackest_us, last_report_us;
    bool reported_once, left_transferring;
};

struct run {
    uint64_t random;
    struct engine *engine;
    struct engine_job *job;
    struct scripted *scripted;
    struct model model;
    char local[600];
    uint64_t log; /* a hash of everything that was seen */
    unsigned transferred, errors;
    bool judged; /* the second run of a script only has to be the same */
};

static void note(struct run *run, uint64_t value)
{
    run->log = (run->log ^ value) * 0x100000001B3u;
}

static uint64_t draw(struct run *run, uint64_t below)
{
    return suite_random(&run->random) % below;
}

static enum job_state state_of(struct run *run)
{
    struct engine_job_status status;

    engine_job_status(run->job, &status);
    return status.state;
}

static void read_filled(struct run *run, unsigned char *filled)
{
    struct range *ranges;
    size_t count;

    memset(filled, 0, FILE_MAX);
    ck_assert_int_eq(engine_file_filled_ranges(run->job, 0, &ranges, &count), S_OK);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(ranges[i].start, ranges[i].end);
        ck_assert_uint_le(ranges[i].end, run->model.size);
        if (i)
            suite_require(ranges[i].start > ranges[i - 1].end, "ranges touch");
        memset(filled + ranges[i].start, 1, ranges[i].end - ranges[i].start);
    }
    free(ranges);
}

/* --- what the source is asked for */

/* Whether a request may begin there: in what was interrupted, else in the newest set that lacks a byte. */
static bool next_in_order(const struct model *model, uint64_t start)
{
    if (memchr(model->interrupted, 1, model->size))
        return model->interrupted[start];
    for (unsigned i = model->set_count; i-- > 0;) {
        bool lacks = false;

        for (uint64_t at = 0; at < model->size; at++)
            lacks = lacks || (model->sets[i].has[at] && !model->flying[at]);
        if (lacks)
            return model->sets[i].has[start] && !model->flying[start];
    }
    return false;
}

static void on_started(void *context, enum fetch_kind kind, struct range range)
{
    struct run *run = context;
    struct model *model = &run->model;

    note(run, 0x51A27 + range.start * 3 + range.end);
    if (kind == FETCH_SIZE) {
        model->size_known = true;
        return;
    }
    ck_assert_int_eq(kind, FETCH_RANGE);
    if (!run->judged)
        return;
    if (!model->position_given)
        suite_require(next_in_order(model, range.start), "byte %" PRIu64 " is not next", range.start);
    memset(model->flying + range.start, 1, range.end - range.start);
    memset(model->interrupted + range.start, 0, range.end - range.start);
    for (uint64_t at = range.start; at < range.end; at++) {
        suite_require(model->asked[at], "byte %" PRIu64 " was not asked for", at);
        suite_require(scripted_times(run->scripted, at) == 0, "byte %" PRIu64 " was fetched before", at);
    }
}

/* --- what the client is told */

static HRESULT on_ranges(void *client, struct engine_job *job, uint32_t file, const struct range *ranges,
                         size_t count)
{
    struct run *run = client;
    struct model *model = &run->model;
    uint64_t now_us = engine_now_us(run->engine);
    unsigned char filled[FILE_MAX];
    enum job_state state = state_of(run);

    ck_assert_ptr_eq(job, run->job);
    ck_assert_uint_eq(file, 0);
    ck_assert_uint_ge(count, 1);
    note(run, now_us);
    for (size_t i = 0; i < count; i++)
        note(run, ranges[i].start * 7 + ranges[i].end);
    if (run->judged)
        read_filled(run, filled);
    for (size_t i = 0; run->judged && i < count; i++) {
        ck_assert_uint_lt(ranges[i].start, ranges[i].end);
        if (i)
            suite_require(ranges[i].start > ranges[i - 1].end, "ranges touch");
        for (uint64_t at = ranges[i].start; at < ranges[i].end; at++) {
            suite_require(filled[at], "byte %" PRIu64 " is reported and not filled", at);
            suite_require(!model->reported[at], "byte %" PRIu64 " is reported twice", at);
            model->reported[at] = 1;
        }
    }
    /* A flush is exempt from the interval: it comes when the job has left TRANSFERRING. */
    if (run->judged && model->reported_once && state == JOB_TRANSFERRING && !model->left_transferring)
        suite_require(now_us - model->last_report_us >= model->slackest_us,
                      "a report after %" PRIu64 " us, the interval is %" PRIu64,
                      now_us - model->last_report_us, model->slackest_us);
    model->reported_once = true;
    model->last_report_us = now_us;
    model->slackest_us = model->interval_us;
    model->left_transferring = false;
    return S_OK;
}

static HRESULT on_transferred(void *client, struct engine_job *job)
{
    struct run *run = client;

    (void)job;
    note(run, 0x7A);
    run->transferred++;
    for (uint64_t at = 0; run->judged && at < run->model.size; at++)
        suite_require(run->model.reported[at], "JobTransferred came before the report of byte %" PRIu64, at);
    return S_OK;
}

static HRESULT on_error(void *client, struct engine_job *job, const struct job_error *error)
{
    (void)job;
    (void)error;
    ((struct run *)client)->errors++;
    return S_OK;
}

static HRESULT on_modification(void *client, struct engine_job *job)
{
    struct run *run = client;

    (void)job;
    note(run, 0x30D + engine_now_us(run->engine));
    return S_OK;
}

static HRESULT on_file(void *client, struct engine_job *job, uint32_t file)
{
    (void)client;
    (void)job;
    (void)file;
    ck_abort_msg("the flag for FileTransferred is not set");
    return S_OK;
}

static void no_count(void *client)
{
    (void)client;
}

static const struct engine_client_ops client_ops = {
    .transferred = on_transferred,
    .error = on_error,
    .modification = on_modification,
    .file = on_file,
    .ranges = on_ranges,
    .hold = no_count,
    .drop = no_count,
};

/* --- steps of a script */

static void set_number(struct run *run, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    ck_assert_int_eq(engine_job_set(run->job, property, &value), S_OK);
}

struct countdown {
    unsigned left;
};

static bool count_down(void *context)
{
    struct countdown *countdown = context;

    return countdown->left-- == 0;
}

static void pump(struct run *run, unsigned times)
{
    struct countdown countdown = {times};

    engine_pump(run->engine, count_down, &countdown, UINT64_MAX);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

/* Until nothing more happens by itself, timers of notifications included. */
static void come_to_rest(struct run *run)
{
    engine_job_resume(run->job);
    ck_assert_int_eq(engine_pump(run->engine, never, NULL, UINT64_MAX), S_FALSE);
    engine_advance_us(run->engine, LONGEST_INTERVAL_US + 1);
    run->model.left_transferring = true;
    ck_assert_int_eq(engine_pump(run->engine, never, NULL, UINT64_MAX), S_FALSE);
}

static void request(struct run *run)
{
    struct model *model = &run->model;
    size_t count = 1 + draw(run, 8);
    struct range ranges[8];
    bool bad = false, judged = model->size_known;
    struct set *set;
    HRESULT hr;

    if (model->set_count == SET_MAX)
        return;
    for (size_t i = 0; i < count; i++) {
        uint64_t start = draw(run, model->size);

        ranges[i] = (struct range){start, start + 1 + draw(run, 400)};
        if (ranges[i].end > model->size)
            ranges[i].end = draw(run, 2) ? UINT64_MAX : model->size;
        if (judged && draw(run, 40) == 0)
            ranges[i] = (struct range){model->size - 1, model->size + 1}, bad = true;
        if (draw(run, 60) == 0)
            ranges[i].end = ranges[i].start, bad = true;
    }
    hr = engine_file_request_ranges(run->job, 0, ranges, count);
    note(run, (uint32_t)hr);
    ck_assert_int_eq(hr, bad ? BG_E_INVALID_RANGE : S_OK);
    if (bad || state_of(run) == JOB_TRANSFERRED)
        return;
    set = &model->sets[model->set_count++];
    memset(set, 0, sizeof *set);
    for (size_t i = 0; i < count; i++)
        for (uint64_t at = ranges[i].start; at < ranges[i].end && at < model->size; at++)
            set->has[at] = model->asked[at] = 1;
}

static void position(struct run *run)
{
    struct model *model = &run->model;
    uint64_t offset = draw(run, model->size + model->size / 8);
    HRESULT hr = engine_file_update_position(run->job, 0, offset);

    note(run, (uint32_t)hr);
    if (offset >= model->size && model->size_known)
        ck_assert_int_eq(hr, BG_E_INVALID_RANGE);
    else
        ck_assert_int_eq(hr, S_OK);
    model->position_given = true;
}

static void interval(struct run *run)
{
    static const uint32_t choices_ms[] = {0, 1, 100, 500, 10000};
    uint32_t ms = choices_ms[draw(run, 5)];

    set_number(run, JOB_NOTIFICATION_INTERVAL_MS, ms);
    run->model.interval_us = ms * (uint64_t)1000;
    if (run->model.interval_us < run->model.slackest_us)
        run->model.slackest_us = run->model.interval_us;
}

static void suspend(struct run *run)
{
    bool was_transferring = state_of(run) == JOB_TRANSFERRING, transferred = state_of(run) == JOB_TRANSFERRED;

    ck_assert_int_eq(engine_job_suspend(run->job), S_OK);
    ck_assert_int_eq(state_of(run), transferred ? JOB_TRANSFERRED : JOB_SUSPENDED);
    run->model.left_transferring |= was_transferring;
    for (uint64_t at = 0; at < run->model.size; at++) {
        bool came = scripted_times(run->scripted, at) > 0;

        run->model.interrupted[at] |= run->model.flying[at] && !came;
        run->model.flying[at] = came;
    }
}

static void resume(struct run *run)
{
    ck_assert_int_eq(engine_job_resume(run->job), S_OK);
}

/* All that was asked for is there, reported and readable; nothing else is. */
static void check_rest(struct run *run)
{
    struct model *model = &run->model;
    unsigned char filled[FILE_MAX], content[FILE_MAX], *read_back = calloc(1, FILE_MAX);
    AUTOFREE char *temporary = NULL;
    bool all = true;
    int fd;

    ck_assert_ptr_nonnull(read_back);
    read_filled(run, filled);
    for (uint64_t at = 0; at < model->size; at++) {
        suite_require(filled[at] == model->asked[at], "byte %" PRIu64 ": asked %d, filled %d", at,
                      model->asked[at], filled[at]);
        suite_require(model->reported[at] == filled[at], "byte %" PRIu64 ": filled %d, reported %d", at,
                      filled[at], model->reported[at]);
        suite_require(scripted_times(run->scripted, at) == model->asked[at], "byte %" PRIu64 " came twice",
                      at);
        all = all && filled[at];
    }
    ck_assert_int_eq(state_of(run), all ? JOB_TRANSFERRED : JOB_SUSPENDED);
    ck_assert_uint_eq(run->transferred, all ? 1 : 0);
    ck_assert_uint_eq(run->errors, 0);
    ck_assert_uint_eq(scripted_open(run->scripted), 0);

    ck_assert_int_eq(engine_file_text(run->job, 0, ENGINE_FILE_TEMPORARY_NAME, &temporary), S_OK);
    fd = open(temporary, O_RDONLY);
    if (fd >= 0) {
        ck_assert_int_eq(read(fd, read_back, FILE_MAX), (ssize_t)model->size);
        close(fd);
        server_content(CONTENT, 0, content, model->size);
        for (uint64_t at = 0; at < model->size; at++)
            suite_require(read_back[at] == (filled[at] ? content[at] : 0), "byte %" PRIu64 " is wrong", at);
    }
    free(read_back);
}

static void run_script(struct run *run, uint64_t seed, const char *folder, bool judged)
{
    struct engine_config config = {.mode = ENGINE_INLINE, .clock = CLOCK_MANUAL};
    struct scripted_options script = {
        .seed = seed, .content = CONTENT, .started = on_started, .context = run};
    struct engine_new_file file = {"http://scripted/f", run->local};
    GUID id;

    memset(run, 0, sizeof *run);
    run->judged = judged;
    run->random = seed ^ 0xABCDEF;
    run->model.size = 1 + draw(run, FILE_MAX - 1);
    run->model.interval_us = run->model.slackest_us = 500000;
    snprintf(run->local, sizeof run->local, "%s/f", folder);
    settings_init(&config.settings);
    config.settings.seed = seed;
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "replay"};
    config.limits =
        (struct job_limits){.request_bytes = 1 + draw(run, 2000), .flights = 1 + (unsigned)draw(run, 5)};
    script.size = run->model.size;
    script.most_bytes = 1 + draw(run, 700);
    config.trace_path = getenv("REPLAY_TRACE");
    config.source = scripted_new(&script, &run->scripted);
    ck_assert_int_eq(engine_new(&config, &run->engine), S_OK);
    ck_assert_int_eq(engine_create_job(run->engine, "script", JOB_DOWNLOAD, &id, &run->job), S_OK);
    set_number(run, JOB_ON_DEMAND_MODE, 1);
    set_number(run, JOB_NOTIFY_FLAGS, JOB_FLAGS);
    ck_assert_int_eq(engine_job_add_files(run->job, &file, 1), S_OK);
    ck_assert_int_eq(
        engine_job_set_client(run->job, &client_ops, run, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES), S_OK);
    for (unsigned step = 0; step < STEPS; step++) {
        switch (draw(run, 8)) {
        case 0:
        case 1:
            request(run);
            break;
        case 2:
            suspend(run);
            break;
        case 3:
            resume(run);
            break;
        case 4:
            position(run);
            break;
        case 5:
            interval(run);
            break;
        case 6:
            engine_advance_us(run->engine, draw(run, 700000));
            break;
        default:
            break;
        }
        pump(run, (unsigned)draw(run, 25));
        note(run, state_of(run));
    }
    come_to_rest(run);
    if (judged)
        check_rest(run);
    ck_assert_int_ge(engine_job_cancel(run->job), 0);
    engine_job_drop(run->job);
    engine_drop(run->engine);
}

static struct run run_a, run_b;

START_TEST(test_scripts_follow_the_model_and_repeat)
{
    const char *chosen = getenv("OPENBITS_TEST_SCRIPTS");
    unsigned scripts = chosen ? (unsigned)atoi(chosen) : SCRIPTS;
    uint64_t seed = suite_seed();
    struct folder folder;

    folder_make(&folder);
    for (unsigned i = 0; i < scripts; i++) {
        uint64_t one = seed + i;

        fprintf(stderr, "\rscript %" PRIu64 " ", one);
        run_script(&run_a, one, folder.path, true);
        run_script(&run_b, one, folder.path, false);
        suite_require(run_a.log == run_b.log, "seed %" PRIu64 " does not repeat", one);
    }
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine replay");
    TCase *scripts = tcase_create("scripts");

    tcase_set_timeout(scripts, 120);
    tcase_add_test(scripts, test_scripts_follow_the_model_and_repeat);
    suite_add_tcase(suite, scripts);
    return suite_main(suite);
}
