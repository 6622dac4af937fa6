/* test_job_oom.c: a job when memory is short.
 *
 * The room and the range sets are compiled once more for this program with malloc and its kin renamed to the
 * functions below (job.mk). Allocations are counted; the one chosen fails. A failed call must leave the job
 * as it was, so that the same call made again with memory has the same effect; what must not fail does not.
 */
#include <stdbool.h>
#include <string.h>

#include "job_fixture.h"

void *oom_malloc(size_t size);
void *oom_calloc(size_t count, size_t size);
void *oom_realloc(void *old, size_t size);
char *oom_strdup(const char *text);
void oom_free(void *p);

static long fail_at; /* 0: never; or which allocation from now on: 1 is the next */
static long held;    /* blocks */
static unsigned fails;

static bool failing(void)
{
    if (fail_at != 0 && --fail_at == 0) {
        fails++;
        return true;
    }
    return false;
}

void *oom_malloc(size_t size)
{
    void *p = failing() ? NULL : malloc(size);

    held += p != NULL;
    return p;
}

void *oom_calloc(size_t count, size_t size)
{
    void *p = failing() ? NULL : calloc(count, size);

    held += p != NULL;
    return p;
}

void *oom_realloc(void *old, size_t size)
{
    void *p = failing() ? NULL : realloc(old, size);

    held += p != NULL && old == NULL;
    return p;
}

char *oom_strdup(const char *text)
{
    char *p = failing() ? NULL : strdup(text);

    held += p != NULL;
    return p;
}

void oom_free(void *p)
{
    held -= p != NULL;
    free(p);
}

/* --- a script of every call that allocates; each is tried again when it fails */

enum { SIZE = 100000, FLIGHTS = 3 };

struct script {
    struct fixture f;
    struct flight flights[FLIGHTS];
    bool open[FLIGHTS];
    unsigned refused;
    unsigned step;
};

static void check_sane(struct script *s)
{
    if (!job_sane(&s->f.job))
        ck_abort_msg("allocation fails, step %u: the job is not sane", s->step);
}

/* Makes the call again when it fails, and sees that the failure left no trace. */
#define try(s, call)                                                                                         \
    do {                                                                                                     \
        uint64_t pending_ = pending_of(s), filled_ = filled_of(s);                                           \
        size_t files_ = (s)->f.job.file_count;                                                               \
        HRESULT hr_ = (call);                                                                                \
        (s)->step++;                                                                                         \
        check_sane(s);                                                                                       \
        if (FAILED(hr_)) {                                                                                   \
            ck_assert_int_eq(hr_, E_OUTOFMEMORY);                                                            \
            ck_assert_uint_eq(pending_, pending_of(s));                                                      \
            ck_assert_uint_eq(filled_, filled_of(s));                                                        \
            ck_assert_uint_eq(files_, (s)->f.job.file_count);                                                \
            (s)->refused++;                                                                                  \
            ck_assert_int_eq(call, S_OK);                                                                    \
            check_sane(s);                                                                                   \
        }                                                                                                    \
    } while (0)

static uint64_t pending_of(const struct script *s)
{
    return s->f.job.file_count ? rangeset_length(&s->f.job.files[0]->requests.pending) : 0;
}

static uint64_t filled_of(const struct script *s)
{
    return s->f.job.file_count ? rangeset_length(&s->f.job.files[0]->requests.filled) : 0;
}

static HRESULT set_text(struct script *s, const char *text)
{
    struct job_value value = {.type = JOB_VALUE_TEXT, .text = text};

    return job_set(&s->f.job, JOB_DESCRIPTION, &value, &s->f.settings, NOW + 1);
}

static HRESULT request(struct script *s, unsigned n)
{
    struct range ranges[20];
    size_t count = n % 3 ? 1 : 20;

    for (size_t i = 0; i < count; i++) {
        ranges[i].start = (n * 977u + i * 4001u) % (SIZE - 100);
        ranges[i].end = n % 7 ? ranges[i].start + 50 : ranges[i].start + 4000;
        if (ranges[i].end > SIZE)
            ranges[i].end = UINT64_MAX;
    }
    return job_request_ranges(&s->f.job, 0, ranges, count, &s->f.settings, NOW + 1);
}

static void start_flights(struct script *s)
{
    for (int i = 0; i < FLIGHTS; i++) {
        struct job_plan plan;

        if (s->open[i])
            continue;
        job_plan(&s->f.job, &s->f.limits, &s->f.settings, 0, &plan);
        if (plan.kind != JOB_PLAN_RANGE)
            return;
        try(s, job_flight_start(&s->f.job, 0, &s->flights[i], plan.range, plan.kind));
        s->open[i] = true;
    }
}

static void fly(struct script *s, unsigned n)
{
    start_flights(s);
    for (int i = 0; i < FLIGHTS; i++) {
        struct flight *flight = &s->flights[i];
        uint64_t middle = flight->pos + (flight->end - flight->pos) / 2;

        if (!s->open[i])
            continue;
        try(s, job_flight_filled(&s->f.job, 0, flight, middle, NOW + 2));
        ck_assert_uint_eq(flight->pos, middle);
        if ((n + (unsigned)i) % 2) {
            job_flight_end(&s->f.job, 0, flight);
            s->open[i] = false;
            check_sane(s);
        }
    }
}

static void run(struct script *s)
{
    struct job_new_file files[] = {{"http://a/1", "/tmp/1", NULL}, {"http://a/2", "/tmp/2", NULL}};

    memset(s, 0, sizeof *s);
    settings_init(&s->f.settings);
    s->f.limits = (struct job_limits){.request_bytes = 3000, .flights = FLIGHTS + 1};
    for (;;) {
        HRESULT hr = job_init(&s->f.job, &(GUID){0}, JOB_DOWNLOAD, "test", &job_default_table, NOW);

        if (SUCCEEDED(hr))
            break;
        ck_assert_int_eq(hr, E_OUTOFMEMORY);
        s->refused++;
    }
    try(s, set_text(s, "text"));
    try(s, job_set_command_line(&s->f.job, "/a", "/a b", NOW));
    try(s, job_add_files(&s->f.job, files, 2, 0, &s->f.settings, NOW));
    for (unsigned n = 0; n < 30; n++)
        try(s, request(s, n));
    try(s, job_file_known(&s->f.job, 0, SIZE, "\"1\"", "then", 0, NOW));
    try(s, job_file_headers(&s->f.job, 0, "A: b\r\n"));
    fixture_bring(&s->f, JOB_TRANSFERRING);
    for (unsigned n = 0; n < 60; n++) {
        try(s, request(s, n * 13));
        fly(s, n);
    }
    for (int i = 0; i < FLIGHTS; i++)
        if (s->open[i])
            job_flight_end(&s->f.job, 0, &s->flights[i]);
    check_sane(s);
}

START_TEST(test_each_allocation_fails_once)
{
    struct script *s = calloc(1, sizeof *s);
    struct job_file *file;
    uint64_t filled, pending;
    unsigned refused = 0, survived = 0;
    long total;

    fail_at = 1000000;
    run(s);
    total = 1000000 - fail_at;
    ck_assert_int_gt(total, 100);
    filled = filled_of(s);
    pending = pending_of(s);
    ck_assert_uint_gt(filled, SIZE / 4);
    ck_assert_uint_gt(pending, 0);
    job_release(&s->f.job);
    ck_assert_int_eq(held, 0);

    for (long nth = 1; nth <= total; nth++) {
        fails = 0;
        fail_at = nth;
        run(s);
        ck_assert_uint_eq(fails, 1);
        /* With memory back, everything is as if it had never been short. */
        file = s->f.job.files[0];
        ck_assert_uint_eq(rangeset_length(&file->requests.filled), filled);
        ck_assert(!file->requests.stale || nth > total - 10);
        refused += s->refused;
        survived += s->refused == 0;
        fail_at = 0;
        job_release(&s->f.job);
        ck_assert_int_eq(held, 0);
    }
    ck_assert_uint_gt(refused, 50);
    ck_assert_uint_gt(survived, 0);
    free(s);
}
END_TEST

/* Bytes are filled though they could not be taken out of what is pending: nobody fetches them again, the job
 * is not kept waiting for them, and they leave as soon as there is memory. */
START_TEST(test_filled_bytes_that_stay_pending_do_no_harm)
{
    struct flight flight, *shorten;
    struct requests requests;
    struct settings settings;
    bool seen = false;
    struct range r;

    settings_init(&settings);
    for (long nth = 1; nth < 20 && !seen; nth++) {
        requests_init(&requests);
        for (uint64_t at = 0; at < 4000; at++) /* full leaves, so that a cut needs a new one */
            ck_assert_int_eq(requests_add(&requests, 100000, &(struct range){at * 20, at * 20 + 10}, 1,
                                          &settings, 1, NULL),
                             S_OK);
        for (uint64_t at = 0; at < 4000 && !seen; at += 1) {
            ck_assert_int_eq(requests_start(&requests, &flight, (struct range){at * 20 + 4, at * 20 + 6}),
                             S_OK);
            fail_at = nth;
            fails = 0;
            if (FAILED(requests_filled(&requests, &flight, flight.end)))
                ck_assert_int_eq(requests_filled(&requests, &flight, flight.end), S_OK);
            fail_at = 0;
            requests_end(&requests, &flight);
            ck_assert(requests_sane(&requests, 100000));
            seen = requests.stale;
        }
        if (seen) {
            struct range filled;

            ck_assert(rangeset_find(&requests.filled, flight.pos - 2, &filled));
            fail_at = 1; /* still none: the clean-up fails as well */
            ck_assert(requests_next(&requests, 100000, 1000, &settings, 1, &r, &shorten));
            ck_assert(!rangeset_intersects(&requests.filled, r));
            fail_at = 0;
            ck_assert(requests_next(&requests, 100000, 1000, &settings, 1, &r, &shorten));
            ck_assert(!requests.stale);
            ck_assert(requests_sane(&requests, 100000));
        }
        requests_release(&requests);
        ck_assert_int_eq(held, 0);
    }
    ck_assert(seen);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job, memory short");
    TCase *oom = tcase_create("oom");

    tcase_set_timeout(oom, 60);
    tcase_add_test(oom, test_each_allocation_fails_once);
    tcase_add_test(oom, test_filled_bytes_that_stay_pending_do_no_harm);
    suite_add_tcase(suite, oom);
    return suite_main(suite);
}
