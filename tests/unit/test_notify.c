/* test_notify.c: delivery by threads: four at a time, lifetimes, waking, the end.
 *
 * A probe is an item whose call writes its name to a log and then, if it is to block, reads a byte from a
 * pipe that the test writes when it wants one call to go on. So nothing sleeps: the test waits for what it
 * wants to see on a condition, and what must not happen shows in the greatest number of calls at a time.
 */
#include "config.h"

#include "notify/notify.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "base/refcount.h"
#include "folder.h"
#include "suite.h"
#include "sys/thread.h"

#define PROBES_MAX   24
#define LONG_TIME_US 50000000

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define LATENCY_US 20000
#else
#define LATENCY_US 1000
#endif

struct stage;

struct probe {
    struct stage *stage;
    struct notify_job own_job;
    struct notify_item item;
    char name;
    bool blocks;
    int holds;
    unsigned calls;
    enum notify_answer answer;
    void (*inside)(struct probe *probe);
};

/* What probes share: one or two dispatchers' worth of calls. */
struct stage {
    struct clock *clock;
    struct mutex lock;
    struct cond changed;
    unsigned running, most, begun, ended, woken;
    char log[256];
    int go[2];
    struct probe probes[PROBES_MAX];
    unsigned count;
};

static enum notify_answer probe_deliver(void *context, unsigned slot)
{
    struct probe *probe = context;
    struct stage *stage = probe->stage;

    ck_assert_uint_lt(slot, 4);
    mutex_lock(&stage->lock);
    probe->calls++;
    stage->log[stage->begun++ % (sizeof stage->log - 1)] = probe->name;
    if (++stage->running > stage->most)
        stage->most = stage->running;
    cond_broadcast(&stage->changed);
    mutex_unlock(&stage->lock);
    if (probe->inside)
        probe->inside(probe);
    if (probe->blocks) {
        char c;

        ck_assert_int_eq(read(stage->go[0], &c, 1), 1);
    }
    mutex_lock(&stage->lock);
    stage->running--;
    stage->ended++;
    cond_broadcast(&stage->changed);
    mutex_unlock(&stage->lock);
    return probe->answer;
}

/* Called with notify's lock, so this counts with an atomic only. */
static void probe_hold(void *context)
{
    struct probe *probe = context;

    ck_assert_int_eq(__atomic_fetch_add(&probe->holds, 1, __ATOMIC_ACQ_REL), 0);
}

static void probe_drop(void *context)
{
    struct probe *probe = context;

    __atomic_fetch_sub(&probe->holds, 1, __ATOMIC_ACQ_REL);
    mutex_lock(&probe->stage->lock);
    cond_broadcast(&probe->stage->changed);
    mutex_unlock(&probe->stage->lock);
}

static const struct notify_handler probe_handler = {
    .deliver = probe_deliver, .hold = probe_hold, .drop = probe_drop};

static void stage_woken(void *context)
{
    struct stage *stage = context;

    mutex_lock(&stage->lock);
    stage->woken++;
    cond_broadcast(&stage->changed);
    mutex_unlock(&stage->lock);
}

static void stage_open(struct stage *stage, enum clock_mode mode)
{
    memset(stage, 0, sizeof *stage);
    ck_assert_int_eq(clock_new(mode, &stage->clock), S_OK);
    mutex_init(&stage->lock);
    cond_init(&stage->changed);
    ck_assert_int_eq(pipe(stage->go), 0);
}

static void stage_close(struct stage *stage)
{
    for (unsigned i = 0; i < stage->count; i++)
        ck_assert_int_eq(stage->probes[i].holds, 0);
    clock_free(stage->clock);
    cond_destroy(&stage->changed);
    mutex_destroy(&stage->lock);
    close(stage->go[0]);
    close(stage->go[1]);
}

static struct notify *stage_notify(struct stage *stage, enum notify_mode mode, const char *runtime_dir)
{
    struct settings settings;
    struct notify_config config = {
        .mode = mode,
        .clock = stage->clock,
        .slots = {.scope = runtime_dir ? SLOTS_USER : SLOTS_PROCESS,
                  .cap = 4,
                  .owner = "S-1-22-1-7",
                  .runtime_dir = runtime_dir},
        .settings = &settings,
        .woken = stage_woken,
        .context = stage,
    };
    struct notify *notify;

    settings_init(&settings);
    ck_assert_int_eq(notify_new(&config, &notify), S_OK);
    return notify;
}

/* A probe with a job of its own, unless it is given one. */
static struct probe *stage_probe(struct stage *stage, struct notify *notify, enum notify_kind kind,
                                 struct notify_job *job)
{
    struct probe *probe = &stage->probes[stage->count];

    ck_assert_uint_lt(stage->count, PROBES_MAX);
    probe->stage = stage;
    probe->name = (char)('a' + stage->count++);
    notify_job_init(&probe->own_job, notify, stage->count);
    notify_item_init(&probe->item, job ? job : &probe->own_job, kind, &probe_handler, probe);
    return probe;
}

static void stage_go(struct stage *stage, unsigned calls)
{
    while (calls-- > 0)
        ck_assert_int_eq(write(stage->go[1], "x", 1), 1);
}

static void await_begun(struct stage *stage, unsigned calls)
{
    LOCK_SCOPE(&stage->lock);
    while (stage->begun < calls)
        cond_wait(&stage->changed, &stage->lock);
}

static void await_ended(struct stage *stage, unsigned calls)
{
    LOCK_SCOPE(&stage->lock);
    while (stage->ended < calls)
        cond_wait(&stage->changed, &stage->lock);
}

static void notify_close(struct notify *notify)
{
    ck_assert_int_eq(notify_stop(notify, LONG_TIME_US), S_OK);
    ck_assert(notify_empty(notify));
    notify_free(notify);
}

START_TEST(test_four_calls_at_a_time_and_never_five)
{
    struct stage stage;
    struct notify *notify;
    struct notify_counters counters;

    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
    for (unsigned i = 0; i < 12; i++) {
        stage_probe(&stage, notify, (enum notify_kind)(i % NOTIFY_KIND_COUNT), NULL)->blocks = true;
        notify_post(&stage.probes[i].item);
    }
    await_begun(&stage, 4);
    notify_counters(notify, &counters);
    ck_assert_uint_eq(counters.running, 4);
    for (unsigned given = 1; given <= 12; given++) {
        stage_go(&stage, 1);
        await_ended(&stage, given);
        await_begun(&stage, given < 8 ? given + 4 : 12);
    }
    notify_close(notify);
    ck_assert_uint_eq(stage.begun, 12);
    ck_assert_uint_eq(stage.most, 4);
    stage_close(&stage);
}
END_TEST

START_TEST(test_the_best_kind_takes_the_next_slot)
{
    static const enum notify_kind kinds[] = {NOTIFY_MODIFICATION, NOTIFY_RANGES, NOTIFY_MODIFICATION,
                                             NOTIFY_FILE,         NOTIFY_ERROR,  NOTIFY_TRANSFERRED};
    struct stage stage;
    struct notify *notify;

    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
    for (unsigned i = 0; i < 10; i++)
        stage_probe(&stage, notify, i < 4 ? NOTIFY_MODIFICATION : kinds[i - 4], NULL)->blocks = true;
    for (unsigned i = 0; i < 4; i++)
        notify_post(&stage.probes[i].item);
    await_begun(&stage, 4);
    for (unsigned i = 4; i < 10; i++)
        notify_post(&stage.probes[i].item);
    for (unsigned given = 1; given <= 6; given++) {
        stage_go(&stage, 1);
        await_begun(&stage, given + 4);
    }
    ck_assert_str_eq(stage.log + 4, "ijhfeg");
    stage_go(&stage, 4);
    notify_close(notify);
    stage_close(&stage);
}
END_TEST

/* Two engines of one user; _i: whether their slots are files. */
START_TEST(test_engines_share_the_four_slots)
{
    struct stage stage;
    struct folder folder;
    struct notify *first, *second;
    struct notify_counters counters = {0};

    folder_make(&folder);
    stage_open(&stage, CLOCK_REAL);
    first = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    second = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    for (unsigned i = 0; i < 4; i++) {
        stage_probe(&stage, first, NOTIFY_MODIFICATION, NULL)->blocks = true;
        notify_post(&stage.probes[i].item);
    }
    await_begun(&stage, 4);
    for (unsigned i = 4; i < 8; i++) {
        stage_probe(&stage, second, NOTIFY_TRANSFERRED, NULL)->blocks = true;
        notify_post(&stage.probes[i].item);
    }
    while (counters.waiting_for_slot < 4)
        notify_counters(second, &counters);
    ck_assert_uint_eq(counters.running, 0);
    for (unsigned given = 1; given <= 4; given++) {
        stage_go(&stage, 1);
        await_begun(&stage, given + 4);
    }
    stage_go(&stage, 4);
    notify_close(second);
    notify_close(first);
    ck_assert_uint_eq(stage.most, 4);
    stage_close(&stage);
    folder_remove(&folder);
}
END_TEST

/* An engine whose events never end must not keep the slots from another. */
static void post_again(struct probe *probe)
{
    notify_post(&probe->item);
}

START_TEST(test_a_busy_engine_lets_another_in)
{
    struct stage stage;
    struct folder folder;
    struct notify *busy, *other;

    folder_make(&folder);
    stage_open(&stage, CLOCK_REAL);
    busy = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    other = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    for (unsigned i = 0; i < 8; i++) {
        stage_probe(&stage, busy, NOTIFY_TRANSFERRED, NULL)->inside = post_again;
        notify_post(&stage.probes[i].item);
    }
    stage_probe(&stage, other, NOTIFY_MODIFICATION, NULL);
    for (unsigned round = 1; round <= 10; round++) {
        notify_post(&stage.probes[8].item);
        mutex_lock(&stage.lock);
        while (stage.probes[8].calls < round)
            cond_wait(&stage.changed, &stage.lock);
        mutex_unlock(&stage.lock);
    }
    notify_close(busy);
    notify_close(other);
    stage_close(&stage);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_stop_leaves_a_call_that_runs_and_drops_what_waits)
{
    struct stage stage;
    struct notify *notify;

    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
    for (unsigned i = 0; i < 8; i++)
        stage_probe(&stage, notify, NOTIFY_TRANSFERRED, NULL)->blocks = true;
    stage.probes[0].answer = NOTIFY_REPEAT;
    for (unsigned i = 0; i < 8; i++)
        notify_post(&stage.probes[i].item);
    await_begun(&stage, 4);
    ck_assert_int_eq(notify_stop(notify, 0), S_FALSE);
    ck_assert_int_eq(notify_stop(notify, 1000), S_FALSE);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_int_eq(__atomic_load_n(&stage.probes[i].holds, __ATOMIC_ACQUIRE), i < 4);
    for (unsigned i = 0; i < 8; i++)
        notify_post(&stage.probes[i].item); /* too late */
    stage_go(&stage, 4);
    ck_assert_int_eq(notify_stop(notify, LONG_TIME_US), S_OK);
    ck_assert_int_eq(notify_stop(notify, 0), S_OK);
    notify_free(notify);
    ck_assert_uint_eq(stage.begun, 4);
    stage_close(&stage);
}
END_TEST

START_TEST(test_stop_ends_a_wait_for_a_slot)
{
    struct stage stage;
    struct folder folder;
    struct notify *holder, *waiter;
    struct notify_counters counters = {0};

    folder_make(&folder);
    stage_open(&stage, CLOCK_REAL);
    holder = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    waiter = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    for (unsigned i = 0; i < 4; i++) {
        stage_probe(&stage, holder, NOTIFY_RANGES, NULL)->blocks = true;
        notify_post(&stage.probes[i].item);
    }
    await_begun(&stage, 4);
    stage_probe(&stage, waiter, NOTIFY_TRANSFERRED, NULL);
    notify_post(&stage.probes[4].item);
    while (counters.waiting_for_slot == 0)
        notify_counters(waiter, &counters);
    notify_close(waiter);
    ck_assert_uint_eq(stage.probes[4].calls, 0);
    stage_go(&stage, 4);
    notify_close(holder);
    stage_close(&stage);
    folder_remove(&folder);
}
END_TEST

/* all that a client's callback leads to. */
static void call_everything(struct probe *probe)
{
    struct notify *notify = probe->item.job->notify;
    struct notify_counters counters;

    ck_assert(notify_on_delivery_thread(notify));
    notify_post(&probe->item);
    notify_flush(probe->item.job);
    notify_job_set_interval(probe->item.job, 0);
    notify_tick(notify);
    notify_next_due_us(notify);
    notify_quiet(notify);
    notify_empty(notify);
    notify_counters(notify, &counters);
    ck_assert_uint_ge(counters.running, 1);
    if (probe->calls >= 50) {
        notify_withdraw(&probe->item);
        notify_job_close(probe->item.job);
    }
}

START_TEST(test_a_call_may_call_everything_on_its_own_item)
{
    struct stage stage;
    struct notify *notify;

    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
    ck_assert(!notify_on_delivery_thread(notify));
    for (unsigned i = 0; i < NOTIFY_KIND_COUNT; i++)
        stage_probe(&stage, notify, (enum notify_kind)i, NULL)->inside = call_everything;
    for (unsigned i = 0; i < NOTIFY_KIND_COUNT; i++)
        notify_post(&stage.probes[i].item);
    mutex_lock(&stage.lock);
    while (stage.ended < 50 * NOTIFY_KIND_COUNT || !notify_empty(notify))
        cond_wait(&stage.changed, &stage.lock); /* the drop and the last woken are signals too */
    mutex_unlock(&stage.lock);
    notify_close(notify);
    ck_assert_uint_eq(stage.begun, 50 * NOTIFY_KIND_COUNT);
    stage_close(&stage);
}
END_TEST

START_TEST(test_the_loop_is_woken_when_the_room_is_empty)
{
    struct stage stage;
    struct notify *notify;

    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
    stage_probe(&stage, notify, NOTIFY_TRANSFERRED, NULL);
    for (unsigned round = 0; round < 200; round++) {
        unsigned before;

        mutex_lock(&stage.lock);
        before = stage.woken;
        mutex_unlock(&stage.lock);
        notify_post(&stage.probes[0].item);
        mutex_lock(&stage.lock);
        while (stage.ended <= round || stage.woken == before || !notify_empty(notify))
            cond_wait(&stage.changed, &stage.lock);
        mutex_unlock(&stage.lock);
        ck_assert(notify_quiet(notify));
    }
    notify_close(notify);
    stage_close(&stage);
}
END_TEST

START_TEST(test_the_loop_is_woken_for_an_earlier_time_only)
{
    struct stage stage;
    struct notify *notify;
    uint64_t start_us;

    stage_open(&stage, CLOCK_MANUAL);
    start_us = clock_now_us(stage.clock);
    notify = stage_notify(&stage, NOTIFY_PUMP, NULL);
    for (unsigned i = 0; i < 3; i++) {
        stage_probe(&stage, notify, NOTIFY_RANGES, NULL);
        notify_job_set_interval(&stage.probes[i].own_job, i == 0 ? 500 : i == 1 ? 900 : 200);
        notify_post(&stage.probes[i].item);
    }
    while (notify_deliver_one(notify) == S_OK)
        continue;
    ck_assert_uint_eq(notify_next_due_us(notify), CLOCK_NEVER);
    stage.woken = 0;
    notify_post(&stage.probes[0].item);
    ck_assert_uint_eq(stage.woken, 1);
    ck_assert_uint_eq(notify_next_due_us(notify), start_us + 500000);
    notify_post(&stage.probes[1].item);
    notify_post(&stage.probes[0].item);
    ck_assert_uint_eq(stage.woken, 1);
    notify_post(&stage.probes[2].item);
    ck_assert_uint_eq(stage.woken, 2);
    ck_assert_uint_eq(notify_next_due_us(notify), start_us + 200000);
    notify_withdraw(&stage.probes[2].item);
    ck_assert_uint_eq(notify_next_due_us(notify), start_us + 500000);
    notify_job_set_interval(&stage.probes[1].own_job, 100);
    ck_assert_uint_eq(notify_next_due_us(notify), start_us + 100000);
    ck_assert(notify_quiet(notify));
    ck_assert(!notify_empty(notify));
    ck_assert_int_eq(clock_advance_us(stage.clock, 100000), S_OK);
    ck_assert_int_eq(notify_deliver_one(notify), S_FALSE);
    notify_tick(notify);
    ck_assert(!notify_quiet(notify));
    ck_assert_int_eq(notify_deliver_one(notify), S_OK);
    notify_close(notify);
    stage_close(&stage);
}
END_TEST

START_TEST(test_a_pump_is_told_when_a_slot_is_free_again)
{
    struct stage stage;
    struct folder folder;
    struct notify *holder, *pumped;

    folder_make(&folder);
    stage_open(&stage, CLOCK_REAL);
    holder = stage_notify(&stage, NOTIFY_THREADS, _i ? folder.path : NULL);
    pumped = stage_notify(&stage, NOTIFY_PUMP, _i ? folder.path : NULL);
    for (unsigned i = 0; i < 4; i++) {
        stage_probe(&stage, holder, NOTIFY_RANGES, NULL)->blocks = true;
        notify_post(&stage.probes[i].item);
    }
    await_begun(&stage, 4);
    stage_probe(&stage, pumped, NOTIFY_TRANSFERRED, NULL);
    notify_post(&stage.probes[4].item);
    mutex_lock(&stage.lock);
    stage.woken = 0;
    mutex_unlock(&stage.lock);
    ck_assert_int_eq(notify_deliver_one(pumped), S_FALSE);
    stage_go(&stage, 1);
    for (HRESULT hr = S_FALSE; hr != S_OK;) {
        mutex_lock(&stage.lock);
        while (stage.woken == 0)
            cond_wait(&stage.changed, &stage.lock);
        stage.woken = 0;
        mutex_unlock(&stage.lock);
        hr = notify_deliver_one(pumped);
    }
    ck_assert_uint_eq(stage.probes[4].calls, 1);
    ck_assert_int_eq(notify_deliver_one(pumped), S_FALSE);
    notify_close(pumped);
    stage_go(&stage, 3);
    notify_close(holder);
    stage_close(&stage);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_a_post_is_called_within_a_millisecond)
{
    struct stage stage;
    struct folder folder;
    struct notify *notify;
    uint64_t took_us[101], median_us;

    folder_make(&folder);
    stage_open(&stage, CLOCK_REAL);
    notify = stage_notify(&stage, NOTIFY_THREADS, folder.path);
    stage_probe(&stage, notify, NOTIFY_RANGES, NULL);
    for (unsigned i = 0; i < 101; i++) {
        uint64_t before_us = clock_monotonic_us(), us;
        unsigned at = i;

        notify_post(&stage.probes[0].item);
        await_ended(&stage, i + 1);
        us = clock_monotonic_us() - before_us;
        for (; at > 0 && took_us[at - 1] > us; at--)
            took_us[at] = took_us[at - 1];
        took_us[at] = us;
        while (!notify_empty(notify))
            continue;
    }
    median_us = took_us[50];
    printf("post to called and back: %llu us (median of 101)\n", (unsigned long long)median_us);
    ck_assert_uint_lt(median_us, LATENCY_US);
    notify_close(notify);
    stage_close(&stage);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_events_allocate_nothing)
{
    struct stage stage;
    struct notify *notify;
    size_t before;

    stage_open(&stage, CLOCK_MANUAL);
    notify = stage_notify(&stage, NOTIFY_PUMP, NULL);
    stage_probe(&stage, notify, NOTIFY_RANGES, NULL);
    before = mallinfo2().uordblks;
    for (unsigned i = 0; i < 1000; i++) {
        notify_post(&stage.probes[0].item);
        notify_post(&stage.probes[0].item);
        ck_assert_uint_eq(mallinfo2().uordblks, before);
        ck_assert_int_eq(notify_deliver_one(notify), S_OK);
    }
    ck_assert_uint_eq(mallinfo2().uordblks, before);
    notify_close(notify);
    stage_close(&stage);
}
END_TEST

/* Jobs that live by their counts: the last drop frees, while others post, withdraw, close. */
struct mortal {
    struct refcount refs;
    struct notify_job job;
    struct notify_item items[NOTIFY_KIND_COUNT];
    atomic_uint running, calls;
};

static atomic_int mortals;

static void mortal_put(struct mortal *mortal)
{
    if (refcount_put(&mortal->refs) > 0)
        return;
    ck_assert_uint_eq(mortal->running, 0);
    free(mortal);
    mortals--;
}

static enum notify_answer mortal_deliver(void *context, unsigned slot)
{
    struct mortal *mortal = context;
    unsigned call;

    (void)slot;
    mortal->running++;
    call = mortal->calls++;
    if (call % 3 == 0)
        notify_post(&mortal->items[call % NOTIFY_KIND_COUNT]);
    if (call % 7 == 0)
        notify_withdraw(&mortal->items[(call / 7) % NOTIFY_KIND_COUNT]);
    mortal->running--;
    return call % 5 == 0 && call < 20 ? NOTIFY_REPEAT : call % 11 == 0 ? NOTIFY_SKIPPED : NOTIFY_DONE;
}

static void mortal_hold(void *context)
{
    refcount_get(&((struct mortal *)context)->refs);
}

static void mortal_drop(void *context)
{
    mortal_put(context);
}

static const struct notify_handler mortal_handler = {
    .deliver = mortal_deliver, .hold = mortal_hold, .drop = mortal_drop};

static struct mortal *mortal_new(struct notify *notify, uint64_t key)
{
    struct mortal *mortal = calloc(1, sizeof *mortal);

    ck_assert(mortal != NULL);
    mortals++;
    refcount_init(&mortal->refs);
    notify_job_init(&mortal->job, notify, key);
    for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
        notify_item_init(&mortal->items[kind], &mortal->job, (enum notify_kind)kind, &mortal_handler, mortal);
    return mortal;
}

struct vandal {
    struct notify *notify;
    struct mortal **shared;
    struct thread thread;
    uint64_t seed;
    unsigned steps;
};

static void vandal_run(void *context)
{
    struct vandal *vandal = context;

    for (unsigned i = 0; i < vandal->steps; i++) {
        uint64_t draw = suite_random(&vandal->seed);
        struct mortal *mortal = vandal->shared[draw / 64 % 4];
        struct notify_item *item = &mortal->items[draw / 1024 % NOTIFY_KIND_COUNT];

        switch (draw % 12) {
        case 0:
            notify_withdraw(item);
            break;
        case 1:
            notify_flush(&mortal->job);
            break;
        case 2:
            notify_job_close(&mortal->job);
            break;
        case 3:
            notify_job_set_interval(&mortal->job, draw / 4096 % 2);
            break;
        case 4:
            notify_tick(vandal->notify);
            break;
        case 5: /* one that nobody else knows, and that outlives this only by its events */
            mortal = mortal_new(vandal->notify, draw);
            for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
                notify_post(&mortal->items[kind]);
            mortal_put(mortal);
            break;
        default:
            notify_post(item);
        }
    }
}

START_TEST(test_races_of_all_calls_leave_nothing_behind)
{
    uint64_t seed = suite_seed();
    struct stage stage;

    stage_open(&stage, CLOCK_REAL);
    for (unsigned round = 0; round < 4; round++) {
        struct notify *notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
        struct mortal *shared[4];
        struct vandal vandals[3];

        for (unsigned i = 0; i < 4; i++)
            shared[i] = mortal_new(notify, i);
        for (unsigned i = 0; i < 3; i++) {
            vandals[i] = (struct vandal){
                .notify = notify, .shared = shared, .seed = suite_random(&seed), .steps = 2000};
            ck_assert_int_eq(thread_start(&vandals[i].thread, "vandal", vandal_run, &vandals[i]), S_OK);
        }
        for (unsigned i = 0; i < 3; i++)
            thread_join(&vandals[i].thread);
        notify_close(notify);
        for (unsigned i = 0; i < 4; i++)
            mortal_put(shared[i]);
        ck_assert_int_eq(mortals, 0);
    }
    stage_close(&stage);
}
END_TEST

START_TEST(test_stop_may_come_at_any_moment)
{
    uint64_t seed = suite_seed();
    struct stage stage;

    stage_open(&stage, CLOCK_REAL);
    for (unsigned round = 0; round < 100; round++) {
        struct notify *notify = stage_notify(&stage, NOTIFY_THREADS, NULL);
        struct mortal *shared[4];

        for (unsigned i = 0; i < 4; i++)
            shared[i] = mortal_new(notify, i);
        for (unsigned i = suite_random(&seed) % 20; i > 0; i--)
            notify_post(&shared[i % 4]->items[i % NOTIFY_KIND_COUNT]);
        notify_close(notify);
        for (unsigned i = 0; i < 4; i++)
            mortal_put(shared[i]);
        ck_assert_int_eq(mortals, 0);
    }
    stage_close(&stage);
}
END_TEST

START_TEST(test_new_reports_what_is_wrong)
{
    struct settings settings;
    struct folder folder;
    struct notify_config config = {
        .slots = {.scope = SLOTS_USER, .cap = 4, .owner = "a/b", .runtime_dir = folder.path},
        .settings = &settings,
    };
    struct notify *notify;

    folder_make(&folder);
    settings_init(&settings);
    ck_assert_int_eq(notify_new(&config, &notify), E_INVALIDARG);
    ck_assert_ptr_null(notify);
    config.slots.owner = "a";
    ck_assert_int_eq(chmod(folder.path, 0777), 0);
    ck_assert_int_eq(notify_new(&config, &notify), E_ACCESSDENIED);
    ck_assert_ptr_null(notify);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify");
    TCase *slots = tcase_create("slots"), *life = tcase_create("life"), *waking = tcase_create("waking");

    tcase_set_timeout(slots, 60);
    tcase_add_test(slots, test_four_calls_at_a_time_and_never_five);
    tcase_add_test(slots, test_the_best_kind_takes_the_next_slot);
    tcase_add_loop_test(slots, test_engines_share_the_four_slots, 0, 2);
    tcase_add_loop_test(slots, test_a_busy_engine_lets_another_in, 0, 2);
    suite_add_tcase(suite, slots);

    tcase_set_timeout(life, 120);
    tcase_add_test(life, test_new_reports_what_is_wrong);
    tcase_add_test(life, test_stop_leaves_a_call_that_runs_and_drops_what_waits);
    tcase_add_loop_test(life, test_stop_ends_a_wait_for_a_slot, 0, 2);
    tcase_add_test(life, test_a_call_may_call_everything_on_its_own_item);
    tcase_add_test(life, test_races_of_all_calls_leave_nothing_behind);
    tcase_add_test(life, test_stop_may_come_at_any_moment);
    suite_add_tcase(suite, life);

    tcase_set_timeout(waking, 60);
    tcase_add_test(waking, test_the_loop_is_woken_when_the_room_is_empty);
    tcase_add_test(waking, test_the_loop_is_woken_for_an_earlier_time_only);
    tcase_add_loop_test(waking, test_a_pump_is_told_when_a_slot_is_free_again, 0, 2);
    tcase_add_test(waking, test_a_post_is_called_within_a_millisecond);
    tcase_add_test(waking, test_events_allocate_nothing);
    suite_add_tcase(suite, waking);
    return suite_main(suite);
}
