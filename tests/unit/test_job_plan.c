/* test_job_plan.c: what a job fetches next, step by step, and whole jobs run to their end by the plan alone.
 */
#include <stdbool.h>
#include <string.h>

#include "job_fixture.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* An engine reduced to what the plan needs: a list of open requests. */

enum { OPEN_MAX = 64 };

struct open {
    bool used;
    enum job_plan_kind kind;
    uint32_t file;
    struct flight flight;
};

struct engine {
    struct fixture f;
    struct open open[OPEN_MAX];
    unsigned count;
};

static void setup(struct engine *e)
{
    memset(e, 0, sizeof *e);
    fixture_init(&e->f, NULL);
}

static void teardown(struct engine *e)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (e->open[i].used && e->open[i].kind != JOB_PLAN_SIZE)
            job_flight_end(&e->f.job, e->open[i].file, &e->open[i].flight);
    fixture_release(&e->f);
}

static struct job_plan ask(struct engine *e)
{
    struct job_plan plan;

    job_plan(&e->f.job, &e->f.limits, &e->f.settings, e->count, &plan);
    return plan;
}

/* Starts what the plan says; the slot, or -1 when there is nothing to start. */
static int follow(struct engine *e)
{
    struct job_plan plan = ask(e);
    int i = 0;

    if (plan.shorten)
        job_flight_shorten(&e->f.job, plan.file, plan.shorten, plan.range.start);
    if (plan.kind != JOB_PLAN_SIZE && plan.kind != JOB_PLAN_RANGE && plan.kind != JOB_PLAN_WHOLE)
        return -1;
    while (e->open[i].used)
        i++;
    e->open[i] = (struct open){.used = true, .kind = plan.kind, .file = plan.file};
    e->count++;
    if (plan.kind != JOB_PLAN_SIZE)
        ck_assert_int_eq(job_flight_start(&e->f.job, plan.file, &e->open[i].flight, plan.range, plan.kind),
                         S_OK);
    return i;
}

static unsigned follow_all(struct engine *e)
{
    unsigned started = 0;

    while (follow(e) >= 0)
        started++;
    return started;
}

static void fill(struct engine *e, int i, uint64_t to)
{
    ck_assert_int_eq(job_flight_filled(&e->f.job, e->open[i].file, &e->open[i].flight, to, NOW + 5), S_OK);
}

static void end(struct engine *e, int i)
{
    if (e->open[i].kind != JOB_PLAN_SIZE)
        job_flight_end(&e->f.job, e->open[i].file, &e->open[i].flight);
    e->open[i].used = false;
    e->count--;
}

static void finish(struct engine *e, int i)
{
    fill(e, i, e->open[i].flight.end);
    end(e, i);
}

/* A job in CONNECTING with one file of a size, or of an unknown one. */
static void bring(struct engine *e, enum job_priority priority, bool on_demand, uint64_t size)
{
    fixture_add_file(&e->f);
    fixture_set(&e->f, JOB_PRIORITY, priority);
    fixture_set(&e->f, JOB_ON_DEMAND_MODE, on_demand);
    if (size != JOB_SIZE_UNKNOWN)
        fixture_known(&e->f, 0, size);
}

static void connect(struct engine *e)
{
    ck_assert_int_eq(job_resume(&e->f.job, &e->f.settings, NOW + 1), S_OK);
    ck_assert_int_eq(job_move(&e->f.job, JOB_EVENT_SCHEDULED, NOW + 1), S_OK);
}

static void request(struct engine *e, uint32_t file, uint64_t from, uint64_t to)
{
    ck_assert_int_eq(
        job_request_ranges(&e->f.job, file, &(struct range){from, to}, 1, &e->f.settings, NOW + 2), S_OK);
}

static void check_plan(struct engine *e, enum job_plan_kind kind, uint32_t file, uint64_t start,
                       uint64_t end_at)
{
    struct job_plan plan = ask(e);

    ck_assert_int_eq(plan.kind, kind);
    ck_assert_uint_eq(plan.file, file);
    ck_assert_uint_eq(plan.range.start, start);
    ck_assert_uint_eq(plan.range.end, end_at);
}

static void check_plan_kind(struct engine *e, enum job_plan_kind kind)
{
    ck_assert_int_eq(ask(e).kind, kind);
}

/* --- single decisions */

/* What an untouched file of a job begins with. */
static const struct first_case {
    enum job_priority priority;
    bool on_demand;
    uint64_t size;
    uint64_t asked_from; /* one byte; UINT64_MAX: nothing */
    uint64_t position;
    enum job_plan_kind kind;
    uint64_t start, end;
} firsts[] = {
    {JOB_NORMAL, false, JOB_SIZE_UNKNOWN, UINT64_MAX, 0, JOB_PLAN_SIZE, 0, 0},
    {JOB_FOREGROUND, false, JOB_SIZE_UNKNOWN, UINT64_MAX, 0, JOB_PLAN_SIZE, 0, 0},
    {JOB_NORMAL, false, 100 * MIB, UINT64_MAX, 0, JOB_PLAN_RANGE, 0, 8 * MIB},
    {JOB_NORMAL, false, 100, UINT64_MAX, 0, JOB_PLAN_RANGE, 0, 100},
    {JOB_LOW, false, 100 * MIB, UINT64_MAX, 50 * MIB, JOB_PLAN_RANGE, 50 * MIB, 58 * MIB},
    {JOB_NORMAL, false, 100 * MIB, 9 * MIB, 0, JOB_PLAN_RANGE, 9 * MIB, 9 * MIB + 1},
    {JOB_FOREGROUND, false, 100 * MIB, UINT64_MAX, 0, JOB_PLAN_WHOLE, 0, 100 * MIB},
    {JOB_FOREGROUND, false, 2 * GIB - 1, UINT64_MAX, 0, JOB_PLAN_WHOLE, 0, 2 * GIB - 1},
    {JOB_FOREGROUND, false, 2 * GIB, UINT64_MAX, 0, JOB_PLAN_RANGE, 0, 8 * MIB},
    {JOB_FOREGROUND, false, 100 * MIB, 9 * MIB, 0, JOB_PLAN_RANGE, 9 * MIB, 9 * MIB + 1},
    {JOB_FOREGROUND, false, 100 * MIB, UINT64_MAX, 50 * MIB, JOB_PLAN_RANGE, 50 * MIB, 58 * MIB},
    {JOB_HIGH, false, 100 * MIB, UINT64_MAX, 0, JOB_PLAN_RANGE, 0, 8 * MIB},
    {JOB_FOREGROUND, true, 100 * MIB, 9 * MIB, 0, JOB_PLAN_RANGE, 9 * MIB, 9 * MIB + 1},
    {JOB_NORMAL, true, JOB_SIZE_UNKNOWN, 9 * MIB, 0, JOB_PLAN_SIZE, 0, 0},
    {JOB_NORMAL, true, JOB_SIZE_UNKNOWN, UINT64_MAX, 0, JOB_PLAN_SIZE, 0, 0}, /* A12: a probe */
};

START_TEST(test_first)
{
    const struct first_case *c = &firsts[_i];
    struct engine e;

    setup(&e);
    bring(&e, c->priority, c->on_demand, c->size);
    if (c->asked_from != UINT64_MAX)
        request(&e, 0, c->asked_from, c->asked_from + 1);
    if (c->position)
        ck_assert_int_eq(job_update_position(&e.f.job, 0, c->position, &e.f.settings, NOW), S_OK);
    connect(&e);
    check_plan(&e, c->kind, 0, c->start, c->end);
    check_plan(&e, c->kind, 0, c->start, c->end); /* asking changes nothing */
    teardown(&e);
}
END_TEST

START_TEST(test_only_an_active_job_is_planned_for)
{
    enum job_state state = (enum job_state)_i;
    struct engine e;

    setup(&e);
    fixture_bring(&e.f, state);
    check_plan_kind(&e,
                    state == JOB_CONNECTING || state == JOB_TRANSFERRING ? JOB_PLAN_SIZE : JOB_PLAN_NOTHING);
    teardown(&e);
}
END_TEST

START_TEST(test_nothing_starts_beside_the_question_for_the_size)
{
    struct engine e;
    int i;

    setup(&e);
    bring(&e, JOB_NORMAL, false, JOB_SIZE_UNKNOWN);
    fixture_add_file(&e.f);
    connect(&e);
    i = follow(&e);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    fixture_known(&e.f, 0, 100);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    end(&e, i);
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 100);
    teardown(&e);
}
END_TEST

START_TEST(test_missing_bytes_use_few_connections_and_ranges_the_others)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, false, 1000 * MIB);
    connect(&e);
    ck_assert_uint_eq(follow_all(&e), 4);
    for (uint64_t at = 500; at < 520; at++)
        request(&e, 0, at * MIB, at * MIB + 10);
    ck_assert_uint_eq(follow_all(&e), 12);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    teardown(&e);
}
END_TEST

START_TEST(test_files_come_one_after_the_other)
{
    struct engine e;
    int last;

    setup(&e);
    bring(&e, JOB_NORMAL, false, 10 * MIB);
    fixture_add_file(&e.f);
    fixture_known(&e.f, 1, MIB);
    connect(&e);
    last = follow(&e);
    finish(&e, last);
    last = follow(&e);
    check_plan_kind(&e, JOB_PLAN_NOTHING); /* nothing of the second while the first is under way */
    fill(&e, last, 10 * MIB);
    ck_assert(e.f.job.files[0]->finished);
    check_plan_kind(&e, JOB_PLAN_NOTHING); /* its last request has still to end */
    end(&e, last);
    check_plan(&e, JOB_PLAN_RANGE, 1, 0, MIB);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_FINISHED);
    teardown(&e);
}
END_TEST

/* --- on demand */

START_TEST(test_on_demand_fetches_what_is_asked_for_and_stops)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, true, 100 * MIB);
    request(&e, 0, 10 * MIB, 30 * MIB);
    connect(&e);
    ck_assert_uint_eq(follow_all(&e), 3);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    for (int i = 0; i < 3; i++)
        finish(&e, i);
    check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
    ck_assert_uint_eq(rangeset_length(&e.f.job.files[0]->requests.filled), 20 * MIB);
    teardown(&e);
}
END_TEST

START_TEST(test_on_demand_ends_transferred_when_all_is_there)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, true, MIB);
    request(&e, 0, 0, UINT64_MAX);
    connect(&e);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_FINISHED);
    teardown(&e);
}
END_TEST

START_TEST(test_on_demand_passes_over_files_nobody_asks_for)
{
    struct engine e;
    int second;

    setup(&e);
    bring(&e, JOB_NORMAL, true, 10 * MIB);
    fixture_add_file(&e.f);
    fixture_known(&e.f, 1, 10 * MIB);
    request(&e, 1, 0, 10);
    connect(&e);
    second = follow(&e);
    ck_assert_uint_eq(e.open[second].file, 1);
    request(&e, 0, 0, 10);
    check_plan_kind(&e, JOB_PLAN_NOTHING); /* the first file has its turn when the second has nothing open */
    finish(&e, second);
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 10);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
    teardown(&e);
}
END_TEST

START_TEST(test_resume_without_requests)
{
    static const struct {
        const char *a12;
        bool size_known;
        enum job_state state;
    } cases[] = {
        {"probe", false, JOB_QUEUED},
        {"probe", true, JOB_SUSPENDED},
        {"stay-suspended", false, JOB_SUSPENDED},
    };
    struct engine e;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setup(&e);
        fixture_choose(&e.f, "A12", cases[i].a12);
        bring(&e, JOB_NORMAL, true, cases[i].size_known ? 100 : JOB_SIZE_UNKNOWN);
        fixture_add_file(&e.f);
        if (cases[i].size_known)
            fixture_known(&e.f, 1, 100);
        ck_assert_int_eq(job_resume(&e.f.job, &e.f.settings, NOW), S_OK);
        ck_assert_int_eq(e.f.job.state, cases[i].state);
        if (e.f.job.state == JOB_QUEUED) {
            ck_assert_int_eq(job_move(&e.f.job, JOB_EVENT_SCHEDULED, NOW), S_OK);
            for (uint32_t file = 0; file < 2; file++) { /* every size, so that BytesTotal can be told */
                int slot = follow(&e);

                ck_assert_int_eq(e.open[slot].kind, JOB_PLAN_SIZE);
                ck_assert_uint_eq(e.open[slot].file, file);
                fixture_known(&e.f, file, 100);
                end(&e, slot);
            }
            check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
        }
        teardown(&e);
    }
}
END_TEST

START_TEST(test_one_unknown_size_is_enough_for_a_probe)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, true, JOB_SIZE_UNKNOWN);
    fixture_add_file(&e.f);
    fixture_known(&e.f, 1, 100);
    connect(&e);
    check_plan(&e, JOB_PLAN_SIZE, 0, 0, 0);
    teardown(&e);
}
END_TEST

START_TEST(test_sizes_nobody_needs_are_not_asked_for)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, true, 100);
    fixture_add_file(&e.f);
    request(&e, 0, 0, 10);
    connect(&e);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
    teardown(&e);
}
END_TEST

START_TEST(test_clearing_on_demand_fetches_what_is_missing)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_NORMAL, true, 100);
    request(&e, 0, 40, 60);
    connect(&e);
    finish(&e, follow(&e));
    ck_assert_int_eq(job_move(&e.f.job, JOB_EVENT_REQUESTS_DONE, NOW), S_OK);
    fixture_set(&e.f, JOB_ON_DEMAND_MODE, 0);
    connect(&e);
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 40); /* */
    finish(&e, follow(&e));
    check_plan(&e, JOB_PLAN_RANGE, 0, 60, 100);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_FINISHED);
    teardown(&e);
}
END_TEST

START_TEST(test_setting_on_demand_ends_streams_nobody_asked_for)
{
    struct job_plan plan;
    struct engine e;
    int whole;

    setup(&e);
    bring(&e, JOB_FOREGROUND, false, 100 * MIB);
    connect(&e);
    whole = follow(&e);
    fill(&e, whole, MIB);
    fixture_set(&e.f, JOB_ON_DEMAND_MODE, 1);
    plan = ask(&e);
    ck_assert_int_eq(plan.kind, JOB_PLAN_SHORTEN);
    ck_assert_ptr_eq(plan.shorten, &e.open[whole].flight);
    ck_assert_uint_eq(plan.range.start, MIB + JOB_GIVE_WAY_BYTES);
    ck_assert_int_eq(follow(&e), -1);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    finish(&e, whole);
    check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
    teardown(&e);
}
END_TEST

/* --- ordinary jobs with requests */

START_TEST(test_requested_ranges_first_and_then_the_rest)
{
    struct engine e;

    setup(&e);
    e.f.limits.flights = 1;
    bring(&e, JOB_NORMAL, false, 1000);
    request(&e, 0, 600, 700);
    connect(&e);
    check_plan(&e, JOB_PLAN_RANGE, 0, 600, 700);
    finish(&e, follow(&e));
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 600);
    finish(&e, follow(&e));
    check_plan(&e, JOB_PLAN_RANGE, 0, 700, 1000);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_FINISHED);
    teardown(&e);
}
END_TEST

/* A23: by the literal reading of R-240 an ordinary job is suspended too when its requests are done. */
START_TEST(test_the_literal_reading_suspends_once)
{
    struct engine e;

    setup(&e);
    fixture_choose(&e.f, "A23", "suspend");
    bring(&e, JOB_NORMAL, false, 1000);
    request(&e, 0, 600, 700);
    connect(&e);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_REQUESTS_DONE);
    ck_assert_int_eq(job_move(&e.f.job, JOB_EVENT_REQUESTS_DONE, NOW), S_OK);
    connect(&e);
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 600);
    teardown(&e);
}
END_TEST

START_TEST(test_a_request_for_what_is_there_suspends_nobody)
{
    struct engine e;

    setup(&e);
    fixture_choose(&e.f, "A23", "suspend");
    bring(&e, JOB_NORMAL, false, 16 * MIB);
    connect(&e);
    finish(&e, follow(&e));
    request(&e, 0, 0, 100);
    check_plan(&e, JOB_PLAN_RANGE, 0, 8 * MIB, 16 * MIB);
    teardown(&e);
}
END_TEST

START_TEST(test_a_whole_stream_gives_its_tail_to_a_request)
{
    struct job_plan plan;
    struct engine e;
    int whole, piece;

    setup(&e);
    bring(&e, JOB_FOREGROUND, false, 100 * MIB);
    connect(&e);
    whole = follow(&e);
    request(&e, 0, 50 * MIB, 51 * MIB);
    plan = ask(&e);
    ck_assert_int_eq(plan.kind, JOB_PLAN_RANGE);
    ck_assert_ptr_eq(plan.shorten, &e.open[whole].flight);
    piece = follow(&e);
    ck_assert_uint_eq(e.open[whole].flight.end, 50 * MIB);
    ck_assert_uint_eq(e.open[piece].flight.end, 51 * MIB);
    check_plan(&e, JOB_PLAN_RANGE, 0, 51 * MIB, 59 * MIB); /* the tail comes by ranges */
    ck_assert(job_sane(&e.f.job));
    teardown(&e);
}
END_TEST

/* --- servers without ranges */

START_TEST(test_foreground_is_the_recovery_from_a_server_without_ranges)
{
    struct engine e;
    int whole;

    setup(&e);
    bring(&e, JOB_NORMAL, false, 100 * MIB);
    connect(&e);
    end(&e, follow(&e));
    ck_assert_int_eq(fixture_fail(&e.f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    ck_assert_int_eq(e.f.job.state, JOB_ERROR);
    connect(&e);
    check_plan(&e, JOB_PLAN_RANGE, 0, 0, 8 * MIB); /* in the background it can only try again */
    ck_assert_int_eq(fixture_fail(&e.f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    fixture_set(&e.f, JOB_PRIORITY, JOB_FOREGROUND);
    connect(&e);
    check_plan(&e, JOB_PLAN_WHOLE, 0, 0, 100 * MIB);
    whole = follow(&e);
    fill(&e, whole, 50 * MIB);
    end(&e, whole); /* broken: what is missing would need a range */
    check_plan(&e, JOB_PLAN_RANGE, 0, 50 * MIB, 58 * MIB);
    ck_assert_int_eq(fixture_fail(&e.f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    connect(&e); /* Resume: from the start once more */
    check_plan(&e, JOB_PLAN_WHOLE, 0, 0, 100 * MIB);
    finish(&e, follow(&e));
    check_plan_kind(&e, JOB_PLAN_FINISHED);
    teardown(&e);
}
END_TEST

START_TEST(test_a_stream_without_ranges_gives_no_way)
{
    struct engine e;

    setup(&e);
    bring(&e, JOB_FOREGROUND, false, 100 * MIB);
    request(&e, 0, 50 * MIB, 51 * MIB);
    connect(&e);
    ck_assert_int_eq(fixture_fail(&e.f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    connect(&e);
    check_plan(&e, JOB_PLAN_WHOLE, 0, 0, 100 * MIB);
    follow(&e);
    check_plan_kind(&e, JOB_PLAN_NOTHING);
    teardown(&e);
}
END_TEST

/* --- whole jobs, at random */

static int draw_open(struct engine *e, uint64_t *random)
{
    int from = (int)(suite_random(random) % OPEN_MAX);

    for (int i = 0; i < OPEN_MAX; i++)
        if (e->open[(from + i) % OPEN_MAX].used)
            return (from + i) % OPEN_MAX;
    return -1;
}

static void fail_all(struct engine *e, HRESULT hr, uint32_t file)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (e->open[i].used)
            end(e, i);
    if (fixture_fail(&e->f, hr, file) == S_OK && e->f.job.state == JOB_TRANSIENT_ERROR)
        ck_assert_int_eq(job_move(&e->f.job, JOB_EVENT_RETRY, NOW), S_OK);
    if (e->f.job.state == JOB_ERROR)
        ck_assert_int_eq(job_resume(&e->f.job, &e->f.settings, NOW), S_OK);
    if (e->f.job.state == JOB_QUEUED)
        ck_assert_int_eq(job_move(&e->f.job, JOB_EVENT_SCHEDULED, NOW), S_OK);
}

/* One thing happens to one open request. */
static void happen(struct engine *e, const uint64_t *sizes, uint64_t *random)
{
    static const HRESULT failures[] = {BG_E_HTTP_ERROR_503, BG_E_CONNECTION_CLOSED, BG_E_HTTP_ERROR_404};
    int i = draw_open(e, random);
    struct open *open;
    uint64_t left;

    if (i < 0)
        return;
    open = &e->open[i];
    left = open->flight.end - open->flight.pos;
    if (suite_random(random) % 50 == 0) {
        fail_all(e, failures[suite_random(random) % 3], open->file);
    } else if (open->kind == JOB_PLAN_SIZE) {
        HRESULT hr = job_file_known(&e->f.job, open->file, sizes[open->file], NULL, NULL, 0, NOW);

        end(e, i);
        ck_assert_int_eq(hr, S_OK);
    } else {
        fill(e, i, open->flight.pos + suite_random(random) % (left + 1));
        if (open->flight.pos == open->flight.end || suite_random(random) % 5 == 0)
            end(e, i);
    }
}

START_TEST(test_jobs_run_to_their_end)
{
    uint64_t seed = suite_seed();

    for (int n = 0; n < 200; n++) {
        uint64_t random = seed + (uint64_t)n, sizes[3], asked = 0;
        struct job_plan plan;
        struct engine e;
        bool on_demand = n % 2;
        int steps = 0;

        setup(&e);
        e.f.limits.request_bytes = 64 << 10;
        e.f.limits.flights = 1 + n % 7;
        fixture_set(&e.f, JOB_PRIORITY, n % 4);
        fixture_set(&e.f, JOB_ON_DEMAND_MODE, on_demand);
        for (uint32_t file = 0; file < 3; file++) {
            sizes[file] = suite_random(&random) % 5 ? suite_random(&random) % (4 * MIB) : 0;
            fixture_add_file(&e.f);
            for (int k = 0; sizes[file] && k < 3; k++) {
                uint64_t from = suite_random(&random) % sizes[file];

                request(&e, file, from,
                        suite_random(&random) % 4 ? from + 1 + suite_random(&random) % (sizes[file] - from)
                                                  : UINT64_MAX);
            }
        }
        connect(&e);
        for (;; steps++) {
            ck_assert_int_lt(steps, 200000);
            follow_all(&e);
            if (e.f.job.state == JOB_CONNECTING && e.count > 0)
                ck_assert_int_eq(job_move(&e.f.job, JOB_EVENT_CONNECTED, NOW), S_OK);
            ck_assert(job_sane(&e.f.job));
            plan = ask(&e);
            if (plan.kind == JOB_PLAN_FINISHED || plan.kind == JOB_PLAN_REQUESTS_DONE)
                break;
            ck_assert_uint_gt(e.count, 0); /* never stuck */
            happen(&e, sizes, &random);
        }
        ck_assert_uint_eq(e.count, 0);
        for (uint32_t file = 0; file < 3; file++) {
            asked += rangeset_count(&e.f.job.files[file]->requests.pending);
            if (!on_demand)
                ck_assert(e.f.job.files[file]->finished);
        }
        ck_assert_uint_eq(asked, 0);
        if (!on_demand)
            ck_assert_int_eq(plan.kind, JOB_PLAN_FINISHED);
        teardown(&e);
    }
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job plan");
    TCase *decision = tcase_create("decision"), *demand = tcase_create("demand"),
          *ordinary = tcase_create("ordinary"), *refused = tcase_create("refused"),
          *whole = tcase_create("whole");

    TESTS(decision, firsts, test_first);
    tcase_add_loop_test(decision, test_only_an_active_job_is_planned_for, 0, JOB_STATE_COUNT);
    tcase_add_test(decision, test_nothing_starts_beside_the_question_for_the_size);
    tcase_add_test(decision, test_missing_bytes_use_few_connections_and_ranges_the_others);
    tcase_add_test(decision, test_files_come_one_after_the_other);
    suite_add_tcase(suite, decision);
    tcase_add_test(demand, test_on_demand_fetches_what_is_asked_for_and_stops);
    tcase_add_test(demand, test_on_demand_ends_transferred_when_all_is_there);
    tcase_add_test(demand, test_on_demand_passes_over_files_nobody_asks_for);
    tcase_add_test(demand, test_resume_without_requests);
    tcase_add_test(demand, test_one_unknown_size_is_enough_for_a_probe);
    tcase_add_test(demand, test_sizes_nobody_needs_are_not_asked_for);
    tcase_add_test(demand, test_clearing_on_demand_fetches_what_is_missing);
    tcase_add_test(demand, test_setting_on_demand_ends_streams_nobody_asked_for);
    suite_add_tcase(suite, demand);
    tcase_add_test(ordinary, test_requested_ranges_first_and_then_the_rest);
    tcase_add_test(ordinary, test_the_literal_reading_suspends_once);
    tcase_add_test(ordinary, test_a_request_for_what_is_there_suspends_nobody);
    tcase_add_test(ordinary, test_a_whole_stream_gives_its_tail_to_a_request);
    suite_add_tcase(suite, ordinary);
    tcase_add_test(refused, test_foreground_is_the_recovery_from_a_server_without_ranges);
    tcase_add_test(refused, test_a_stream_without_ranges_gives_no_way);
    suite_add_tcase(suite, refused);
    tcase_set_timeout(whole, 60);
    tcase_add_test(whole, test_jobs_run_to_their_end);
    suite_add_tcase(suite, whole);
    return suite_main(suite);
}
