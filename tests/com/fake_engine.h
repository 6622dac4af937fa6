/* fake_engine.h: an engine for tests of com: it does nothing by itself, counts every hold, says what com
 * asked for last, and answers what the test wants.
 *
 * One thread at a time, except for holds. It implements the whole of engine/engine.h that com uses.
 */
#ifndef OPENBITS_TESTS_COM_FAKE_ENGINE_H
#define OPENBITS_TESTS_COM_FAKE_ENGINE_H

#include <stdatomic.h>

#include "engine/engine.h"

enum { FAKE_JOBS = 8, FAKE_FILES = 8, FAKE_RANGES = 8 };

struct fake_http { /* fake_http.c */
    char *headers, *method, *user, *password, *proxies, *bypass;
    uint32_t security;
    enum job_auth_target target;
    enum job_auth_scheme scheme;
    enum job_proxy_usage proxy;
    uint32_t location;
    char *store, *subject;
    uint8_t sha1[FETCH_CERTIFICATE_HASH_LEN];
    const struct engine_validator_ops *validator_ops;
    void *validator;
};

void fake_http_release(struct fake_http *http);

struct engine_job {
    struct engine *engine;
    GUID id;
    struct check_job check;
    atomic_int holds; /* of handles; 0 is the engine's own life */
    char *text[JOB_PROPERTY_COUNT];
    uint64_t number[JOB_PROPERTY_COUNT];
    GUID guid[JOB_PROPERTY_COUNT];
    struct engine_job_status status;
    struct engine_file_status file[FAKE_FILES];
    char *remote[FAKE_FILES], *local[FAKE_FILES];
    const char *headers; /* of each file's last answer; NULL: none */
    struct range filled[FAKE_RANGES];
    size_t filled_count;
    struct job_error error;
    struct fake_http http;
    const struct engine_client_ops *ops;
    void *client;
    unsigned answers;
};

struct engine {
    atomic_int handles; /* held by com's objects and the test */
    struct trace *trace;
    struct check *check; /* NULL, or a test's, taken over */
    struct engine_job jobs[FAKE_JOBS];
    size_t job_count;

    HRESULT next;     /* if not S_OK: what the next call that can fail answers, once */
    const char *last; /* the function that was called last */
    struct range ranges[FAKE_RANGES];
    size_t range_count;
    uint64_t offset;
    uint32_t file;
    uint64_t now_us;
    char setting[64];
    char text[2][64]; /* what a name was changed from and to */
    bool administrator, valid;
};

/* One handle is held; trace_path may be NULL. */
struct engine *fake_engine_new(const char *trace_path);

/* Asserts that the test's handle is the only one left, and no job is held. */
void fake_engine_free(struct engine *engine);

#endif
