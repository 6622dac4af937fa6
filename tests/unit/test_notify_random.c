/* test_notify_random.c: thousands of random lives of two jobs, each watched for what must always hold.
 *
 * One thread, a manual clock, calls within calls: every order of steps that a seed draws can be had again.
 * The watcher knows only what was posted, withdrawn and called, nothing of the room's inside:
 *   - JobTransferred, JobError, FileTransferred: each post is followed by a call, unless it is withdrawn;
 *     so are range reports and modifications, where the settings lose none;
 *   - a job's FileTransferred calls never overlap, nor do its range reports unless A7 says so;
 *   - JobTransferred and JobError come after the files and (A6) the reports posted before them;
 *   - calls of a throttled kind begin an interval apart, unless a flush came between (A5 leading);
 *   - never more than four calls at a time; holds and drops are even (the rig's part).
 */
#include "config.h"

#include "notify_rig.h"

struct watcher {
    struct rig rig;
    struct settings settings;
    uint64_t seed;
    bool loses, serial, flushes_first, paced;
    uint32_t interval_ms[2];
    unsigned running, running_of[2][NOTIFY_KIND_COUNT];
    struct {
        bool pending, failed, exempt, withdrawn;
        uint64_t order;
    } items[RIG_ITEMS];
    uint64_t orders;
    /* Of a job and kind: when the last call began that counts, and what it was before that. */
    uint64_t last_ms[2][NOTIFY_KIND_COUNT], before_ms[2][NOTIFY_KIND_COUNT];
};

#define NO_CALL UINT64_MAX

static unsigned index_of(const struct rig_item *item)
{
    return (unsigned)(item - item->rig->items);
}

static void check_final_order(struct watcher *watcher, unsigned job, uint64_t order)
{
    for (unsigned i = job * 7; i < job * 7 + 7; i++) {
        enum notify_kind kind = watcher->rig.items[i].item.kind;
        bool earlier = watcher->items[i].pending && watcher->items[i].order < order;

        if (kind == NOTIFY_FILE)
            ck_assert_msg(!earlier, "a final callback overtook a file: %s", watcher->rig.log);
        if (kind == NOTIFY_RANGES && watcher->flushes_first)
            ck_assert_msg(!earlier || watcher->items[i].failed, "a final callback overtook a report: %s",
                          watcher->rig.log);
    }
}

static void check_begin(struct rig_item *rig_item)
{
    struct watcher *watcher = rig_item->rig->watcher;
    unsigned index = index_of(rig_item), job = index / 7;
    enum notify_kind kind = rig_item->item.kind;
    uint64_t now_ms = rig_now_ms(rig_item->rig), last_ms = watcher->last_ms[job][kind];

    ck_assert_msg(watcher->items[index].pending, "called without a post: %s", watcher->rig.log);
    ck_assert_uint_le(++watcher->running, 4);
    watcher->running_of[job][kind]++;
    if (kind == NOTIFY_FILE || kind == NOTIFY_MODIFICATION || (kind == NOTIFY_RANGES && watcher->serial))
        ck_assert_msg(watcher->running_of[job][kind] == 1, "two at a time: %s", watcher->rig.log);
    if (kind == NOTIFY_TRANSFERRED || kind == NOTIFY_ERROR)
        check_final_order(watcher, job, watcher->items[index].order);
    if ((kind == NOTIFY_RANGES || kind == NOTIFY_MODIFICATION) && watcher->paced &&
        !watcher->items[index].exempt && last_ms != NO_CALL)
        ck_assert_msg(now_ms - last_ms >= watcher->interval_ms[job], "too early: %s", watcher->rig.log);
    watcher->items[index].exempt = watcher->items[index].withdrawn = false;
    watcher->items[index].pending = false;
    watcher->before_ms[job][kind] = last_ms;
    watcher->last_ms[job][kind] = now_ms;
}

static void check_end(struct rig_item *rig_item, enum notify_answer answer)
{
    struct watcher *watcher = rig_item->rig->watcher;
    unsigned index = index_of(rig_item), job = index / 7;
    enum notify_kind kind = rig_item->item.kind;

    watcher->running--;
    watcher->running_of[job][kind]--;
    watcher->items[index].failed = answer == NOTIFY_REPEAT;
    if (answer == NOTIFY_REPEAT && !watcher->items[index].withdrawn)
        watcher->items[index].pending = true;
    if (answer == NOTIFY_SKIPPED)
        watcher->last_ms[job][kind] = watcher->before_ms[job][kind];
}

static void exempt(struct watcher *watcher, unsigned job)
{
    for (unsigned i = job * 7; i < job * 7 + 3; i++)
        watcher->items[i].exempt = watcher->items[i].pending;
}

static void check_lost(struct rig_item *rig_item)
{
    struct watcher *watcher = rig_item->rig->watcher;
    enum notify_kind kind = rig_item->item.kind;

    ck_assert_msg(watcher->loses, "lost: %s", watcher->rig.log);
    ck_assert(kind == NOTIFY_RANGES || kind == NOTIFY_MODIFICATION);
    watcher->items[index_of(rig_item)].pending = false;
}

static unsigned draw(struct watcher *watcher, unsigned n)
{
    return (unsigned)(suite_random(&watcher->seed) % n);
}

static void post(struct watcher *watcher, unsigned index)
{
    enum notify_kind kind = watcher->rig.items[index].item.kind;
    unsigned job = index / 7;

    if (!watcher->items[index].pending) {
        watcher->items[index].pending = true;
        watcher->items[index].order = watcher->orders++;
    }
    if (kind == NOTIFY_TRANSFERRED || kind == NOTIFY_ERROR)
        exempt(watcher, job);
    notify_post(&watcher->rig.items[index].item);
}

static void step(struct watcher *watcher);

/* Now and then a call lasts: steps are taken within it. */
static void began_and_lasts(struct rig_item *item)
{
    struct watcher *watcher = item->rig->watcher;

    check_begin(item);
    if (watcher->running < 6 && draw(watcher, 4) == 0)
        for (unsigned steps = draw(watcher, 4); steps > 0; steps--)
            step(watcher);
}

static void withdraw(struct watcher *watcher, unsigned index)
{
    notify_withdraw(&watcher->rig.items[index].item);
    watcher->items[index].pending = false;
    watcher->items[index].withdrawn = true;
}

static void close_job(struct watcher *watcher, unsigned job)
{
    for (unsigned i = job * 7; i < job * 7 + 3; i++) {
        watcher->items[i].pending = false;
        watcher->items[i].withdrawn = true;
    }
    notify_job_close(&watcher->rig.jobs[job]);
}

static void step(struct watcher *watcher)
{
    unsigned index = draw(watcher, RIG_ITEMS), job = draw(watcher, 2);
    struct rig *rig = &watcher->rig;

    switch (draw(watcher, 16)) {
    case 0:
    case 1:
        rig_go_to(rig, rig_now_ms(rig) + draw(watcher, 40));
        break;
    case 2:
        rig_pump(rig);
        break;
    case 3:
        withdraw(watcher, index);
        break;
    case 4:
        exempt(watcher, job);
        notify_flush(&rig->jobs[job]);
        break;
    case 5:
        rig->items[index].answers = draw(watcher, 3) ? "f" : "s";
        /* Only range reports and modifications are skipped, and only when they do not overlap. */
        if (*rig->items[index].answers == 's' && (index % 7 > 2 || !watcher->serial))
            rig->items[index].answers = "ff";
        break;
    case 6:
        if (!watcher->loses && draw(watcher, 4) == 0) /* with A6 late, closing takes nothing back */
            close_job(watcher, job);
        break;
    default:
        post(watcher, index);
    }
}

static void live(uint64_t seed, const char *profile, char *log, size_t size)
{
    static const uint32_t intervals[] = {0, 1, 5, 20, 100};
    struct watcher *watcher = calloc(1, sizeof *watcher);
    unsigned steps;

    ck_assert(watcher != NULL);
    watcher->seed = seed;
    settings_init(&watcher->settings);
    ck_assert_int_eq(settings_set_profile(&watcher->settings, profile), S_OK);
    watcher->settings.seed = seed;
    watcher->loses = watcher->flushes_first = watcher->serial = watcher->paced = strcmp(profile, "kind") == 0;
    watcher->loses = !watcher->loses;
    rig_open_with(&watcher->rig, &watcher->settings);
    watcher->rig.watcher = watcher;
    watcher->rig.began = began_and_lasts;
    watcher->rig.ended = check_end;
    watcher->rig.was_lost = check_lost;
    for (unsigned job = 0; job < 2; job++) {
        watcher->interval_ms[job] = intervals[draw(watcher, 5)];
        notify_job_set_interval(&watcher->rig.jobs[job], watcher->interval_ms[job]);
        for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
            watcher->last_ms[job][kind] = NO_CALL;
    }
    for (steps = 10 + draw(watcher, 50); steps > 0; steps--)
        step(watcher);
    /* All that is left comes by itself: an hour is longer than any back-off here. */
    rig_go_to(&watcher->rig, rig_now_ms(&watcher->rig) + 3600000);
    ck_assert(notify_empty(watcher->rig.notify));
    for (unsigned i = 0; i < RIG_ITEMS; i++)
        ck_assert_msg(!watcher->items[i].pending, "%c was posted and never came: %s", rig_names[i],
                      watcher->rig.log);
    snprintf(log, size, "%s", watcher->rig.log);
    rig_close(&watcher->rig);
    free(watcher);
}

START_TEST(test_lives)
{
    static const char *const profiles[] = {"kind", "literal", "hostile"};
    uint64_t seed = suite_seed();
    unsigned lives = 3000;
    char log[4096], again[4096];

    printf("%u lives with profile %s\n", lives, profiles[_i]);
    for (unsigned i = 0; i < lives; i++, seed++) {
        live(seed, profiles[_i], log, sizeof log);
        if (i % 50 > 0)
            continue;
        live(seed, profiles[_i], again, sizeof again);
        ck_assert_msg(strcmp(log, again) == 0, "seed %llu is played differently", (unsigned long long)seed);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify_random");
    TCase *lives = tcase_create("lives");

    tcase_set_timeout(lives, 120);
    tcase_add_loop_test(lives, test_lives, 0, 3);
    suite_add_tcase(suite, lives);
    return suite_main(suite);
}
