/* test_job_requests_random.c: random scripts of requests against an array that knows each byte by itself.
 *
 * The model keeps one letter a byte and each call that asked for it; it is too slow and too simple to be
 * wrong in the same way. After each step the sets are compared, the answers must agree, and every
 * proposal of what comes next is judged: wanted, free, as long as it may be, and there if there is any. The
 * order is judged where offsets alone decide it; test_job_requests.c has pictures for the others.
 */
#include <stdbool.h>
#include <string.h>

#include "base/hr.h"
#include "job/requests.h"
#include "suite.h"

enum { SIZE = 600, FLIGHTS = 6, STEPS_A_SCRIPT = 2000, SCRIPTS = 100 };

struct model {
    bool filled[SIZE], pending[SIZE];
    int flight[SIZE]; /* which brings it, or -1 */
};

struct script {
    uint64_t random;
    struct settings settings;
    struct requests requests;
    struct flight flights[FLIGHTS];
    bool open[FLIGHTS];
    uint64_t size; /* as the requests know it */
    uint64_t real_size;
    bool on_demand;
    unsigned step;
    struct model model;
};

static uint64_t draw(struct script *s, uint64_t below)
{
    return suite_random(&s->random) % below;
}

/* Check's own macros write to a file each time, which is too slow here. */
#define check(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("step %u: %s", s->step, #condition);                                                \
    } while (0)

/* The set as an array; what lies beyond the model is left out. */
static void spread(const struct rangeset *set, bool *out)
{
    struct range r;

    memset(out, 0, SIZE * sizeof *out);
    for (uint64_t at = 0; rangeset_find(set, at, &r); at = r.end)
        for (uint64_t i = r.start; i < r.end && i < SIZE; i++)
            out[i] = true;
}

static void compare(struct script *s)
{
    bool pending[SIZE], filled[SIZE];

    check(requests_sane(&s->requests, s->size));
    spread(&s->requests.pending, pending);
    spread(&s->requests.filled, filled);
    check(memcmp(filled, s->model.filled, sizeof filled) == 0);
    if (s->size == JOB_SIZE_UNKNOWN) /* a range to the end has no end yet */
        check(memcmp(pending, s->model.pending, s->real_size * sizeof *pending) == 0);
    else
        check(memcmp(pending, s->model.pending, sizeof pending) == 0);
    check(requests_complete(&s->requests, s->size) ==
          (s->size != JOB_SIZE_UNKNOWN && !memchr(filled, false, s->size * sizeof *filled)));
}

static struct range draw_range(struct script *s)
{
    struct range r;

    r.start = draw(s, s->real_size);
    r.end = r.start + 1 + draw(s, draw(s, 4) == 0 ? 200 : 20);
    if (r.end > s->real_size && draw(s, 20) != 0) /* seldom an illegal one */
        r.end = s->real_size;
    if (draw(s, 15) == 0)
        r.end = UINT64_MAX;
    return r;
}

static void add(struct script *s)
{
    struct range ranges[4];
    size_t count = 1 + draw(s, 4);
    bool queued, bad = false, new = false;
    HRESULT hr;

    for (size_t i = 0; i < count; i++) {
        ranges[i] = draw_range(s);
        bad |= ranges[i].end != UINT64_MAX && ranges[i].end > s->real_size;
    }
    if (s->size == JOB_SIZE_UNKNOWN && bad)
        return; /* learning the size is tested by pictures */
    hr = requests_add(&s->requests, s->size, ranges, count, &s->settings, 1, &queued);
    check(hr == (bad ? BG_E_INVALID_RANGE : S_OK));
    if (FAILED(hr))
        return;
    for (size_t i = 0; i < count; i++)
        for (uint64_t at = ranges[i].start; at < ranges[i].end && at < s->real_size; at++) {
            if (s->model.filled[at] || s->model.pending[at])
                continue;
            new |= s->model.flight[at] < 0;
            s->model.pending[at] = true;
        }
    if (s->size != JOB_SIZE_UNKNOWN)
        check(queued == new);
}

static bool free_pending(const struct script *s, uint64_t at)
{
    return s->model.pending[at] && s->model.flight[at] < 0;
}

/* Whether a proposal may be started: all of it is wanted and nobody brings it, but for a flight that is
 * shortened for it. */
static void judge_piece(struct script *s, struct range r, const struct flight *shorten, bool pending)
{
    check(r.start < r.end && r.end <= s->size);
    for (uint64_t at = r.start; at < r.end; at++) {
        int by = s->model.flight[at];

        check(!s->model.filled[at]);
        check(s->model.pending[at] == pending || !pending);
        check(by < 0 || (shorten && &s->flights[by] == shorten));
    }
}

static void start(struct script *s, struct range r, struct flight *shorten)
{
    int i = 0;

    while (i < FLIGHTS && s->open[i])
        i++;
    if (i == FLIGHTS)
        return;
    if (shorten) {
        for (uint64_t at = r.start; at < shorten->end; at++)
            s->model.flight[at] = -1;
        requests_shorten(&s->requests, shorten, r.start);
    }
    ck_assert_int_eq(requests_start(&s->requests, &s->flights[i], r), S_OK);
    s->open[i] = true;
    for (uint64_t at = r.start; at < r.end; at++)
        s->model.flight[at] = i;
}

static void next(struct script *s)
{
    uint64_t max_len = 1 + draw(s, 100);
    struct flight *shorten;
    struct range r;
    bool any = false, by_offset = s->settings.chosen[SETTING_A10] == SETTING_A10_BY_OFFSET;

    if (s->size == JOB_SIZE_UNKNOWN)
        return;
    for (uint64_t at = 0; at < s->size; at++)
        any |= free_pending(s, at);
    if (requests_next(&s->requests, s->size, max_len, &s->settings, 1, &r, &shorten)) {
        check(any);
        check(r.end - r.start <= max_len);
        check(!shorten); /* nothing here is as far as that */
        judge_piece(s, r, shorten, true);
        /* As long as it can be. */
        check(r.end - r.start == max_len || r.end == s->size || !free_pending(s, r.end));
        for (uint64_t at = 0; by_offset && at < r.start; at++)
            check(!free_pending(s, at));
        start(s, r, shorten);
        return;
    }
    check(!any);
    if (s->on_demand)
        return;
    for (uint64_t at = 0; at < s->size; at++)
        any |= !s->model.filled[at] && s->model.flight[at] < 0;
    check(requests_next_missing(&s->requests, s->size, max_len, &r) == any);
    if (!any)
        return;
    check(r.end - r.start <= max_len);
    judge_piece(s, r, NULL, false);
    /* The first from the position on, or from 0. */
    for (uint64_t at = r.start >= s->requests.position ? s->requests.position : 0; at < r.start; at++)
        check(s->model.filled[at] || s->model.flight[at] >= 0);
    if (r.start < s->requests.position)
        for (uint64_t at = s->requests.position; at < s->size; at++)
            check(s->model.filled[at] || s->model.flight[at] >= 0);
    start(s, r, NULL);
}

static int draw_open(struct script *s)
{
    int from = (int)draw(s, FLIGHTS);

    for (int i = 0; i < FLIGHTS; i++)
        if (s->open[(from + i) % FLIGHTS])
            return (from + i) % FLIGHTS;
    return -1;
}

static void fill(struct script *s)
{
    int i = draw_open(s);
    struct flight *flight;
    uint64_t to;

    if (i < 0)
        return;
    flight = &s->flights[i];
    to = flight->pos + draw(s, flight->end - flight->pos + 1);
    for (uint64_t at = flight->pos; at < to; at++) {
        s->model.filled[at] = true;
        s->model.pending[at] = false;
        s->model.flight[at] = -1;
    }
    ck_assert_int_eq(requests_filled(&s->requests, flight, to), S_OK);
}

static void end(struct script *s, int i)
{
    if (i < 0)
        return;
    for (uint64_t at = s->flights[i].pos; at < s->flights[i].end; at++)
        s->model.flight[at] = -1;
    requests_end(&s->requests, &s->flights[i]);
    s->open[i] = false;
}

static void end_all(struct script *s)
{
    for (int i = 0; i < FLIGHTS; i++)
        if (s->open[i])
            end(s, i);
}

static void shorten(struct script *s)
{
    int i = draw_open(s);
    uint64_t to;

    if (i < 0 || s->flights[i].end - s->flights[i].pos < 2)
        return;
    to = s->flights[i].pos + 1 + draw(s, s->flights[i].end - s->flights[i].pos - 1);
    for (uint64_t at = to; at < s->flights[i].end; at++)
        s->model.flight[at] = -1;
    requests_shorten(&s->requests, &s->flights[i], to);
}

static void learn(struct script *s)
{
    if (s->size != JOB_SIZE_UNKNOWN)
        return;
    ck_assert_int_eq(requests_size_known(&s->requests, s->real_size), S_OK);
    s->size = s->real_size;
}

/* The remote file changes, keeping its size. */
static void start_over(struct script *s)
{
    end_all(s);
    requests_void(&s->requests);
    memset(s->model.filled, 0, sizeof s->model.filled);
    s->size = JOB_SIZE_UNKNOWN;
}

static void set_position(struct script *s)
{
    uint64_t offset = draw(s, s->real_size + 2);
    HRESULT hr = requests_set_position(&s->requests, s->size, offset, s->on_demand);

    check(hr == (offset >= s->size ? BG_E_INVALID_RANGE : S_OK));
}

static void step(struct script *s)
{
    unsigned what = (unsigned)draw(s, 1000);

    if (what < 150)
        add(s);
    else if (what < 500)
        next(s);
    else if (what < 750)
        fill(s);
    else if (what < 900)
        end(s, draw_open(s));
    else if (what < 930)
        shorten(s);
    else if (what < 960)
        set_position(s);
    else if (what < 963)
        start_over(s);
    else if (what < 970)
        s->on_demand = !s->on_demand;
    else
        learn(s);
}

static const char *const orders[] = {"newest-first", "fifo",           "by-offset",
                                     "shuffled",     "position-first", "random"};

START_TEST(test_random_scripts_agree_with_the_model)
{
    uint64_t seed = suite_seed();

    for (unsigned n = 0; n < SCRIPTS; n++) {
        struct script *s = calloc(1, sizeof *s);

        s->random = seed + n;
        settings_init(&s->settings);
        ck_assert_int_eq(settings_set(&s->settings, "A10", orders[n % (sizeof orders / sizeof *orders)]),
                         S_OK);
        requests_init(&s->requests);
        s->size = n % 2 ? JOB_SIZE_UNKNOWN : SIZE;
        s->real_size = n % 2 ? 1 + draw(s, SIZE) : SIZE;
        s->on_demand = n % 3;
        memset(s->model.flight, -1, sizeof s->model.flight);
        for (s->step = 0; s->step < STEPS_A_SCRIPT; s->step++) {
            step(s);
            compare(s);
        }
        /* Left alone, the machine brings everything that was asked for, and nothing else on demand. */
        end_all(s);
        learn(s);
        s->on_demand = true;
        while (rangeset_count(&s->requests.pending) > 0) {
            next(s);
            fill(s);
            if (draw(s, 3) == 0)
                end(s, draw_open(s));
            compare(s);
        }
        end_all(s);
        requests_release(&s->requests);
        free(s);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job requests, random");
    TCase *model = tcase_create("model");

    tcase_set_timeout(model, 120);
    tcase_add_test(model, test_random_scripts_agree_with_the_model);
    suite_add_tcase(suite, model);
    return suite_main(suite);
}
