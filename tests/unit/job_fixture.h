/* job_fixture.h: a job to try things on, and ranges as pictures. */
#ifndef OPENBITS_TESTS_JOB_FIXTURE_H
#define OPENBITS_TESTS_JOB_FIXTURE_H

#include <string.h>

#include "base/hr.h"
#include "job/job.h"
#include "suite.h"

#define NOW 1000 /* a FILETIME */

/* Each step of a picture is so many bytes. */
#define CELL 100

struct fixture {
    struct settings settings;
    struct job_limits limits;
    struct job job;
    uint64_t us; /* the engine's time */
};

static inline void fixture_init(struct fixture *f, const struct job_table *table)
{
    static const GUID id = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};

    settings_init(&f->settings);
    f->limits = (struct job_limits){.request_bytes = 8 << 20, .flights = 16};
    f->us = 0;
    ck_assert_int_eq(job_init(&f->job, &id, JOB_DOWNLOAD, "test", table ? table : &job_default_table, NOW),
                     S_OK);
}

static inline void fixture_release(struct fixture *f)
{
    job_release(&f->job);
}

static inline void fixture_choose(struct fixture *f, const char *name, const char *value)
{
    ck_assert_msg(settings_set(&f->settings, name, value) == S_OK, "%s=%s", name, value);
}

static inline void fixture_add_file(struct fixture *f)
{
    struct job_new_file file = {"http://a/b", "/tmp/b", NULL};

    ck_assert_int_eq(job_add_files(&f->job, &file, 1, 0, &f->settings, NOW), S_OK);
}

static inline HRESULT fixture_set(struct fixture *f, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    return job_set(&f->job, property, &value, &f->settings, NOW + 1);
}

/* The size of a file, as if the server had said it. */
static inline void fixture_known(struct fixture *f, uint32_t file, uint64_t size)
{
    ck_assert_int_eq(job_file_known(&f->job, file, size, "\"1\"", "then", 7, NOW + 2), S_OK);
}

static inline HRESULT fixture_fail(struct fixture *f, HRESULT hr, uint32_t file)
{
    struct job_error error = {.hr = hr, .context = JOB_CONTEXT_NONE, .file = file};

    return job_fail(&f->job, &error, &f->settings, f->us, NOW + 3);
}

/* A job with one file, brought into a state the way an engine would. */
static inline void fixture_bring(struct fixture *f, enum job_state state)
{
    struct job *job = &f->job;
    struct flight flight;

    if (job->file_count == 0)
        fixture_add_file(f);
    if (state == JOB_SUSPENDED)
        return;
    if (state == JOB_CANCELLED || state == JOB_ACKNOWLEDGED) {
        ck_assert(SUCCEEDED(state == JOB_CANCELLED ? job_cancel(job, NOW + 1) : job_complete(job, NOW + 1)));
        return;
    }
    ck_assert_int_eq(job_resume(job, &f->settings, NOW + 1), S_OK);
    if (state == JOB_QUEUED)
        return;
    ck_assert_int_eq(job_move(job, JOB_EVENT_SCHEDULED, NOW + 1), S_OK);
    if (state == JOB_CONNECTING)
        return;
    ck_assert_int_eq(job_move(job, JOB_EVENT_CONNECTED, NOW + 1), S_OK);
    if (state == JOB_TRANSFERRING)
        return;
    if (state == JOB_ERROR || state == JOB_TRANSIENT_ERROR) {
        ck_assert_int_eq(fixture_fail(f, state == JOB_ERROR ? BG_E_HTTP_ERROR_404 : BG_E_HTTP_ERROR_503, 0),
                         S_OK);
        return;
    }
    ck_assert_int_eq(state, JOB_TRANSFERRED);
    fixture_known(f, 0, CELL);
    ck_assert_int_eq(job_flight_start(job, 0, &flight, (struct range){0, CELL}, JOB_PLAN_RANGE), S_OK);
    ck_assert_int_eq(job_flight_filled(job, 0, &flight, CELL, NOW + 2), S_OK);
    job_flight_end(job, 0, &flight);
    ck_assert_int_eq(job_move(job, JOB_EVENT_FINISHED, NOW + 2), S_OK);
}

/* Draws a set: a letter where a cell is whole in it, '+' in part, '.' not. */
static inline const char *draw(const struct rangeset *set, size_t cells, char letter)
{
    static char picture[4][64];
    static unsigned turn;
    char *out = picture[turn++ % 4];

    ck_assert_uint_lt(cells, sizeof picture[0]);
    for (size_t i = 0; i < cells; i++) {
        struct range r = {i * CELL, (i + 1) * CELL};

        out[i] = rangeset_covers(set, r) ? letter : rangeset_intersects(set, r) ? '+' : '.';
    }
    out[cells] = '\0';
    return out;
}

#endif
