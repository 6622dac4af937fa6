/* certificate.c: certificates on both sides of a job's connections.
 *
 * The client's own are looked for when they are set, so that a name which fits nothing is refused at once.
 *
 * Whether a server's certificate is good enough is the client's to say after it has passed. The loop
 * may not wait for that: a new certificate becomes a question, its transfer is held by fetch, and the
 * question takes the way of all callbacks, through one of the slots (decision 22). The answer is kept with
 * the job, by server and hash. Yes: the loop lets the held transfers go on, and they find the answer here
 * when they meet the certificate again. No: the job fails for now, and the next attempt asks again.
 */
#include "engine/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hr.h"

/* What COM answers for an object whose process, or whose stub, is gone. */
#define HR_SERVER_DIED   ((HRESULT)0x80010007)
#define HR_DISCONNECTED  ((HRESULT)0x80010108)
#define HR_NOT_CONNECTED ((HRESULT)0x800401FD)
#define HR_UNAVAILABLE   ((HRESULT)0x800706BA)

struct question {
    struct list in_job;
    char *host;
    unsigned port;
    uint8_t sha256[32];
    uint32_t file;
    bool accepted;
    uint8_t *der, *chain; /* NULL once accepted */
    size_t der_len, chain_len;
};

static void question_free(struct question *question)
{
    list_remove(&question->in_job);
    free(question->host);
    free(question->der);
    free(question->chain);
    free(question);
}

void certificates_release(struct engine_job *job)
{
    struct list *node;

    while ((node = list_first(&job->questions)))
        question_free(list_entry(node, struct question, in_job));
}

/* --- the client's own */

HRESULT engine_job_set_certificate(struct engine_job *job, uint32_t location, const char *store,
                                   const uint8_t *sha1, const char *subject)
{
    struct engine *engine = job->engine;
    struct fetch_certificate_query query = {engine->certificates, location, store, sha1, subject};
    struct fetch_client_certificate found;
    struct job_certificate certificate;
    HRESULT hr = job_check_certificate_names(store, subject);

    if (SUCCEEDED(hr))
        hr = fetch_certificate_find(&query, &found);
    if (FAILED(hr))
        return hr;
    certificate = (struct job_certificate){
        .location = location, .store = store, .subject = found.subject, .path = found.path};
    memcpy(certificate.sha1, found.sha1, sizeof certificate.sha1);
    mutex_lock(&engine->lock);
    hr = job_set_certificate(&job->job, &certificate, engine_filetime(engine));
    effects_apply(job);
    mutex_unlock(&engine->lock);
    fetch_client_certificate_release(&found);
    return hr;
}

HRESULT engine_job_remove_certificate(struct engine_job *job)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_certificate(&job->job, NULL, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_certificate(struct engine_job *job, struct engine_certificate *out)
{
    const struct job_certificate *certificate;

    *out = (struct engine_certificate){0};
    LOCK_SCOPE(&job->engine->lock);
    certificate = job->job.http.certificate;
    if (!certificate)
        return S_FALSE;
    out->location = certificate->location;
    memcpy(out->sha1, certificate->sha1, sizeof out->sha1);
    out->store = strdup(certificate->store);
    out->subject = strdup(certificate->subject);
    if (out->store && out->subject)
        return S_OK;
    free(out->store);
    free(out->subject);
    *out = (struct engine_certificate){0};
    return E_OUTOFMEMORY;
}

/* --- who is asked */

/* Under the lock; the caller lets the old one go after it. Whatever was answered is forgotten. */
static void put_validator(struct engine_job *job, const struct engine_validator_ops *ops, void *validator)
{
    job->validator_ops = ops;
    job->validator = validator;
    job->validator_turn++;
    if (ops)
        ops->hold(validator);
    certificates_release(job);
}

HRESULT engine_job_set_validator(struct engine_job *job, const struct engine_validator_ops *ops,
                                 void *validator)
{
    const struct engine_validator_ops *old_ops;
    void *old;
    HRESULT hr;

    mutex_lock(&job->engine->lock);
    old_ops = job->validator_ops;
    old = job->validator;
    hr = job_set_asks_certificates(&job->job, ops != NULL, engine_filetime(job->engine));
    if (SUCCEEDED(hr))
        put_validator(job, ops, validator);
    effects_apply(job);
    mutex_unlock(&job->engine->lock);
    if (SUCCEEDED(hr) && old_ops)
        old_ops->drop(old);
    return hr;
}

void certificates_release_final(struct engine_job *job)
{
    const struct engine_validator_ops *ops;
    void *validator;

    mutex_lock(&job->engine->lock);
    ops = job->validator_ops;
    validator = job->validator;
    put_validator(job, NULL, NULL);
    mutex_unlock(&job->engine->lock);
    if (ops)
        ops->drop(validator);
}

/* --- questions */

static struct question *find(struct engine_job *job, const char *host, unsigned port, const uint8_t *sha256)
{
    list_for_each(node, &job->questions)
    {
        struct question *q = list_entry(node, struct question, in_job);

        if (q->port == port && strcmp(q->host, host) == 0 && memcmp(q->sha256, sha256, sizeof q->sha256) == 0)
            return q;
    }
    return NULL;
}

static struct question *first_open(struct engine_job *job)
{
    list_for_each(node, &job->questions)
    {
        struct question *q = list_entry(node, struct question, in_job);

        if (!q->accepted)
            return q;
    }
    return NULL;
}

static uint8_t *copy_bytes(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len);

    if (copy)
        memcpy(copy, bytes, len);
    return copy;
}

/* E_OUTOFMEMORY. Under the lock. */
static HRESULT add_question(struct engine_job *job, uint32_t file,
                            const struct fetch_certificate *certificate)
{
    struct question *q = calloc(1, sizeof *q);

    if (!q)
        return E_OUTOFMEMORY;
    list_push_back(&job->questions, &q->in_job);
    q->port = certificate->port;
    q->file = file;
    q->host = strdup(certificate->host);
    q->der = copy_bytes(certificate->der, certificate->der_len);
    q->der_len = certificate->der_len;
    q->chain = copy_bytes(certificate->chain, certificate->chain_len);
    q->chain_len = certificate->chain_len;
    memcpy(q->sha256, certificate->sha256, sizeof q->sha256);
    if (q->host && q->der && q->chain)
        return S_OK;
    question_free(q);
    return E_OUTOFMEMORY;
}

HRESULT certificate_came(struct transfer *transfer, const struct fetch_certificate *certificate)
{
    struct engine_job *job = transfer->job;
    struct question *q;
    HRESULT hr = S_OK;

    LOCK_SCOPE(&job->engine->lock);
    if (transfer->dead)
        return E_ABORT;
    if (!job->validator_ops)
        return BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    q = find(job, certificate->host, certificate->port, certificate->sha256);
    if (q && q->accepted)
        return S_OK;
    if (!q)
        hr = add_question(job, transfer->file, certificate);
    if (FAILED(hr))
        return hr;
    transfer->held = true;
    notify_post(&job->certificate_item);
    return E_PENDING;
}

/* What a refusal is in the job's error. */
static HRESULT refusal(HRESULT hr)
{
    switch (hr) {
    case HR_SERVER_DIED:
    case HR_DISCONNECTED:
    case HR_NOT_CONNECTED:
    case HR_UNAVAILABLE:
        return BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    default:
        return hr;
    }
}

/* Under the lock. */
static void answered(struct engine_job *job, struct question *q, HRESULT hr)
{
    if (SUCCEEDED(hr)) {
        q->accepted = true;
        free(q->der);
        free(q->chain);
        q->der = q->chain = NULL;
        job->certificates_accepted = true;
    } else {
        job->certificate_error = (struct job_error){refusal(hr), JOB_CONTEXT_CERTIFICATE_CALLBACK, q->file};
        question_free(q);
    }
    effects_add_work(job);
    loop_wake(job->engine);
}

/* What is asked, taken out of the lock: the question itself may be gone when the answer comes. */
struct asked {
    struct fetch_certificate certificate;
    char *host;
    uint8_t *der, *chain;
    uint32_t file;
};

static void asked_release(struct asked *asked)
{
    free(asked->host);
    free(asked->der);
    free(asked->chain);
}

/* False: there is no question, or no memory for it; then the transfer waits for the next post. */
static bool take_question(struct engine_job *job, struct asked *out)
{
    struct question *q = first_open(job);

    *out = (struct asked){0};
    if (!q || !job->validator_ops || !job_state_is_active(job->job.state))
        return false;
    out->host = strdup(q->host);
    out->der = copy_bytes(q->der, q->der_len);
    out->chain = copy_bytes(q->chain, q->chain_len);
    out->file = q->file;
    if (!out->host || !out->der || !out->chain) {
        answered(job, q, E_OUTOFMEMORY);
        return false;
    }
    out->certificate = (struct fetch_certificate){.host = out->host,
                                                  .port = q->port,
                                                  .der = out->der,
                                                  .der_len = q->der_len,
                                                  .chain = out->chain,
                                                  .chain_len = q->chain_len};
    memcpy(out->certificate.sha256, q->sha256, sizeof q->sha256);
    return true;
}

static const char method[] = "ValidateServerCertificate";

static struct trace_line *trace_phase(struct engine_job *job, const char *phase, unsigned slot)
{
    struct trace_line *line = trace_begin(job->engine->trace, "callback");

    trace_text(line, "phase", phase);
    trace_guid(line, "job", &job->job.id);
    trace_text(line, "method", method);
    trace_number(line, "slot", slot);
    return line;
}

static enum notify_answer run_certificate(void *context, unsigned slot)
{
    struct engine_job *job = context;
    struct engine *engine = job->engine;
    CLEANUP(asked_release) struct asked asked;
    const struct engine_validator_ops *ops;
    struct watched_call watched = {0};
    struct trace_line *line;
    struct question *q;
    uint64_t turn, started_us;
    void *validator;
    bool wanted, more;
    HRESULT hr;

    mutex_lock(&engine->lock);
    wanted = take_question(job, &asked);
    ops = job->validator_ops;
    validator = job->validator;
    turn = job->validator_turn;
    if (wanted) {
        ops->hold(validator);
        checks_call_begin(&watched, job, method);
    }
    mutex_unlock(&engine->lock);
    if (!wanted)
        return NOTIFY_SKIPPED;

    line = trace_phase(job, "start", slot);
    trace_number(line, "file", asked.file);
    trace_end(line);
    started_us = clock_monotonic_us();
    hr = ops->validate(validator, job, asked.file, &asked.certificate);
    checks_call_end(job, &watched);
    line = trace_phase(job, "end", slot);
    trace_hr(line, "hr", hr);
    trace_number(line, "dur_us", clock_monotonic_us() - started_us);
    trace_end(line);
    ops->drop(validator);

    mutex_lock(&engine->lock);
    q = turn == job->validator_turn ? find(job, asked.host, asked.certificate.port, asked.certificate.sha256)
                                    : NULL;
    if (q && !q->accepted)
        answered(job, q, hr);
    more = first_open(job) != NULL;
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    if (more)
        notify_post(&job->certificate_item);
    return NOTIFY_DONE;
}

static void hold_job(void *context)
{
    refcount_get(&((struct engine_job *)context)->refs);
}

static void drop_job(void *context)
{
    engine_unref_job(context);
}

const struct notify_handler deliver_certificate = {
    .deliver = run_certificate, .hold = hold_job, .drop = drop_job};

/* --- the loop's side */

/* A transfer that waits for an answer, now no longer; NULL: there is none. Under the lock. */
static struct transfer *take_held(struct engine_job *job)
{
    list_for_each(node, &job->transfers)
    {
        struct transfer *transfer = list_entry(node, struct transfer, in_job);

        if (transfer->held) {
            transfer->held = false;
            return transfer;
        }
    }
    job->certificates_accepted = false;
    return NULL;
}

void certificate_work(struct engine_job *job)
{
    struct engine *engine = job->engine;
    struct transfer *transfer;

    do {
        transfer = NULL;
        mutex_lock(&engine->lock);
        if (FAILED(job->certificate_error.hr)) {
            struct job_error error = job->certificate_error;

            job->certificate_error = (struct job_error){.hr = S_OK};
            if (job->job.state == JOB_CONNECTING || job->job.state == JOB_TRANSFERRING)
                transfer_fail(job, &error);
        } else if (job->certificates_accepted) {
            transfer = take_held(job);
        }
        mutex_unlock(&engine->lock);
        /* One that this thread started and has not ended; a dead one is cancelled later. */
        if (transfer && transfer->request)
            engine->source->ops->go_on(engine->source, transfer->request);
    } while (transfer);
}
