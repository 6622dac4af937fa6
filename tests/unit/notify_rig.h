/* notify_rig.h: a job whose life is a line of text, played on a manual clock in pump mode.
 *
 * Steps, separated by blanks:
 *   @250        go to 250 ms after the begin; on the way everything runs when it is due
 *   R S M F G T E   post: ranges of file 1, of file 2, modification, file 1, file 2, transferred, error
 *   r s m f g t e   a second job's (its own interval, order and items)
 *   i500        the interval is 500 ms      (j500: of the second job)
 *   l8          a repeated delivery waits at most 8 s
 *   x           flush      c  close     (X, C: of the second job)
 *   -M          withdraw M
 *   hold go     from hold to go nothing is delivered: events pile up
 *   =T:fs       the next answers of T: f repeat, s skipped, d done (which it is by itself)
 *   (T ...)     the next call of T plays the steps within; time passes in it
 * What is delivered makes the second line: R@0 R@500 ...; a call lost on purpose is R!700. An inner call
 * stands after the outer one, and the outer's end is written ")" if it played steps. Each item's holds and
 * drops are counted; the end checks that all are even.
 */
#ifndef OPENBITS_TESTS_NOTIFY_RIG_H
#define OPENBITS_TESTS_NOTIFY_RIG_H

#include <ctype.h>
#include <string.h>

#include "notify/notify.h"
#include "suite.h"

enum {
    RIG_ITEMS = 14,
};

struct rig;

struct rig_item {
    struct rig *rig;
    struct notify_item item;
    char name;
    int holds, running;
    const char *answers;
    char during[128];
};

struct rig {
    struct clock *clock;
    struct notify *notify;
    struct notify_job jobs[2];
    struct rig_item items[RIG_ITEMS];
    bool held;
    unsigned woken;
    char log[4096];
    /* For tests that watch: at the begin and the end of each call. */
    void (*began)(struct rig_item *item);
    void (*ended)(struct rig_item *item, enum notify_answer answer);
    void (*was_lost)(struct rig_item *item);
    void *watcher;
};

static const char rig_names[RIG_ITEMS + 1] = "RSMFGTErsmfgte";

static void rig_play(struct rig *rig, const char *steps, size_t len);

static inline struct rig_item *rig_item(struct rig *rig, char name)
{
    const char *at = strchr(rig_names, name);

    ck_assert_msg(at && *at, "no item '%c'", name);
    return &rig->items[at - rig_names];
}

static inline uint64_t rig_now_ms(struct rig *rig)
{
    return (clock_now_us(rig->clock) - CLOCK_START_US) / 1000;
}

static inline void rig_say(struct rig *rig, const char *word)
{
    size_t len = strlen(rig->log);

    snprintf(rig->log + len, sizeof rig->log - len, "%s%s", len ? " " : "", word);
}

static inline void rig_log(struct rig_item *item, char mark)
{
    char word[32];

    snprintf(word, sizeof word, "%c%c%llu", item->name, mark, (unsigned long long)rig_now_ms(item->rig));
    rig_say(item->rig, word);
}

static inline enum notify_answer rig_deliver(void *context, unsigned slot)
{
    struct rig_item *item = context;
    struct rig *rig = item->rig;
    char steps[sizeof item->during];
    enum notify_answer answer = *item->answers == 'f'   ? NOTIFY_REPEAT
                                : *item->answers == 's' ? NOTIFY_SKIPPED
                                                        : NOTIFY_DONE;

    ck_assert(notify_on_delivery_thread(rig->notify));
    ck_assert_int_gt(item->holds, 0);
    ck_assert_uint_lt(slot, 4);
    item->answers += *item->answers != '\0';
    item->running++;
    rig_log(item, '@');
    if (rig->began)
        rig->began(item);
    memcpy(steps, item->during, sizeof steps);
    *item->during = '\0';
    if (*steps) {
        rig_play(rig, steps, strlen(steps));
        rig_say(rig, ")");
    }
    if (rig->ended)
        rig->ended(item, answer);
    item->running--;
    return answer;
}

static inline void rig_lost(void *context)
{
    struct rig_item *item = context;

    rig_log(item, '!');
    if (item->rig->was_lost)
        item->rig->was_lost(item);
}

static inline void rig_hold(void *context)
{
    struct rig_item *item = context;

    ck_assert_int_eq(item->holds++, 0);
}

static inline void rig_drop(void *context)
{
    struct rig_item *item = context;

    ck_assert_int_eq(item->running, 0);
    ck_assert_int_eq(--item->holds, 0);
}

static inline void rig_woken(void *context)
{
    ((struct rig *)context)->woken++;
}

static inline void rig_pump(struct rig *rig)
{
    notify_tick(rig->notify);
    while (!rig->held && notify_deliver_one(rig->notify) == S_OK)
        continue;
}

static inline void rig_go_to(struct rig *rig, uint64_t until_ms)
{
    uint64_t until_us = CLOCK_START_US + until_ms * 1000;

    for (;;) {
        uint64_t now_us, due_us;

        rig_pump(rig);
        now_us = clock_now_us(rig->clock);
        due_us = notify_next_due_us(rig->notify);
        if (due_us > until_us)
            due_us = until_us;
        if (due_us <= now_us)
            return;
        ck_assert_int_eq(clock_advance_us(rig->clock, due_us - now_us), S_OK);
    }
}

/* What stands between a parenthesis and its partner. */
static inline size_t rig_inner(const char *steps)
{
    size_t depth = 0, i = 0;

    do {
        depth += steps[i] == '(';
        depth -= steps[i] == ')';
        i++;
    } while (depth > 0 && steps[i - 1]);
    return i;
}

static inline size_t rig_step(struct rig *rig, const char *step)
{
    size_t len = strcspn(step, " )");
    char *end;

    if (strncmp(step, "hold", 4) == 0) {
        rig->held = true;
    } else if (strncmp(step, "go", 2) == 0) {
        rig->held = false;
        rig_pump(rig);
    } else if (*step == '@') {
        rig_go_to(rig, strtoull(step + 1, &end, 10));
    } else if (*step == 'i' || *step == 'j') {
        notify_job_set_interval(&rig->jobs[*step == 'j'], (uint32_t)strtoull(step + 1, &end, 10));
    } else if (*step == 'l') {
        notify_job_set_repeat_limit(&rig->jobs[0], (uint32_t)strtoull(step + 1, &end, 10));
    } else if (tolower(*step) == 'x') {
        notify_flush(&rig->jobs[*step == 'X']);
    } else if (tolower(*step) == 'c') {
        notify_job_close(&rig->jobs[*step == 'C']);
    } else if (*step == '-') {
        notify_withdraw(&rig_item(rig, step[1])->item);
    } else if (*step == '=') {
        rig_item(rig, step[1])->answers = step + 3;
    } else if (*step == '(') {
        struct rig_item *item = rig_item(rig, step[1]);

        len = rig_inner(step);
        snprintf(item->during, sizeof item->during, "%.*s", (int)(len - 3), step + 2);
    } else {
        notify_post(&rig_item(rig, *step)->item);
        ck_assert_uint_eq(len, 1);
    }
    return len;
}

static inline void rig_play(struct rig *rig, const char *steps, size_t len)
{
    for (size_t i = 0; i < len;)
        if (steps[i] == ' ')
            i++;
        else
            i += rig_step(rig, steps + i);
    rig_pump(rig);
}

static inline void rig_open_with(struct rig *rig, const struct settings *settings)
{
    static const enum notify_kind kinds[] = {NOTIFY_RANGES, NOTIFY_RANGES, NOTIFY_MODIFICATION,
                                             NOTIFY_FILE,   NOTIFY_FILE,   NOTIFY_TRANSFERRED,
                                             NOTIFY_ERROR};
    static const struct notify_handler handler = {
        .deliver = rig_deliver, .hold = rig_hold, .drop = rig_drop, .lost = rig_lost};
    struct notify_config config = {
        .mode = NOTIFY_PUMP,
        .slots = {.scope = SLOTS_PROCESS, .cap = 4, .owner = "rig"},
        .settings = settings,
        .woken = rig_woken,
        .context = rig,
    };

    memset(rig, 0, sizeof *rig);
    ck_assert_int_eq(clock_new(CLOCK_MANUAL, &rig->clock), S_OK);
    config.clock = rig->clock;
    ck_assert_int_eq(notify_new(&config, &rig->notify), S_OK);
    for (unsigned i = 0; i < 2; i++) {
        notify_job_init(&rig->jobs[i], rig->notify, i + 1);
        notify_job_set_repeat_limit(&rig->jobs[i], 600);
    }
    for (unsigned i = 0; i < RIG_ITEMS; i++) {
        struct rig_item *item = &rig->items[i];

        item->rig = rig;
        item->name = rig_names[i];
        item->answers = "";
        notify_item_init(&item->item, &rig->jobs[i / 7], kinds[i % 7], &handler, item);
    }
}

static inline void rig_open(struct rig *rig, const char *choices)
{
    struct settings settings;

    settings_init(&settings);
    ck_assert_msg(settings_set_list(&settings, choices, NULL) == S_OK, "%s", choices);
    rig_open_with(rig, &settings);
}

static inline void rig_close(struct rig *rig)
{
    ck_assert_int_eq(notify_stop(rig->notify, 0), S_OK);
    ck_assert(notify_empty(rig->notify));
    for (unsigned i = 0; i < RIG_ITEMS; i++) {
        notify_post(&rig->items[i].item);
        ck_assert_int_eq(rig->items[i].holds, 0);
    }
    notify_free(rig->notify);
    clock_free(rig->clock);
}

struct rig_row {
    const char *choices; /* settings, "" for the profile kind */
    const char *steps;
    const char *calls;
};

static inline void rig_check(const struct rig_row *row)
{
    struct rig rig;

    rig_open(&rig, row->choices);
    rig_play(&rig, row->steps, strlen(row->steps));
    ck_assert_msg(strcmp(rig.log, row->calls) == 0, "%s\n  steps:  %s\n  wanted: %s\n  got:    %s",
                  row->choices, row->steps, row->calls, rig.log);
    rig_close(&rig);
}

#endif
