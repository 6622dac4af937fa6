/* http.c: what a client wants of a job's requests, between the rules in job/http_options.c and the options
 * that fetch takes.
 *
 * fetch's options are made once and used by all requests of a job until the client changes something; then
 * the loop makes new ones before the next start. Requests under way keep those that they began with.
 */
#include "engine/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/hr.h"

/* --- the loop's side */

static unsigned flags_of(struct engine_job *job)
{
    static const struct {
        enum job_security security;
        enum fetch_option_flags flag;
    } same[] = {
        {JOB_REDIRECTS_TO_HTTP, FETCH_ALLOW_DOWNGRADE}, {JOB_SECURITY_CHECK_CRL, FETCH_TLS_CHECK_CRL},
        {JOB_SECURITY_ANY_NAME, FETCH_TLS_ANY_NAME},    {JOB_SECURITY_ANY_DATE, FETCH_TLS_ANY_DATE},
        {JOB_SECURITY_ANY_CA, FETCH_TLS_ANY_CA},        {JOB_SECURITY_ANY_USAGE, FETCH_TLS_ANY_USAGE},
    };
    const struct job_http *http = &job->job.http;
    unsigned flags = 0;

    if ((http->security & JOB_REDIRECTS_MASK) == JOB_REDIRECTS_REFUSED)
        flags |= FETCH_REFUSE_REDIRECTS;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (http->security & same[i].security)
            flags |= same[i].flag;
    if (http->asks_certificates)
        flags |= FETCH_TLS_ASK;
    switch (settings_choice(&job->engine->shared.settings, SETTING_A24, job->job.key, 0)) {
    case SETTING_A24_STORE_IF_ASKED:
        if (job_headers_have(http->headers, "Accept-Encoding"))
            flags |= FETCH_KEEP_CODING;
        break;
    case SETTING_A24_IGNORE:
        flags |= FETCH_KEEP_CODING;
        break;
    default:
        break;
    }
    return flags;
}

static enum fetch_proxy_usage proxy_of(enum job_proxy_usage usage)
{
    switch (usage) {
    case JOB_PROXY_NONE:
        return FETCH_PROXY_NONE;
    case JOB_PROXY_OVERRIDE:
        return FETCH_PROXY_LIST;
    default: /* nothing detects proxies here: AUTODETECT is what the environment says */
        return FETCH_PROXY_ENVIRONMENT;
    }
}

static size_t credentials_of(const struct job_http *http, struct fetch_credential *out, size_t room)
{
    static const enum fetch_auth_scheme schemes[] = {
        [JOB_AUTH_BASIC] = FETCH_AUTH_BASIC,   [JOB_AUTH_DIGEST] = FETCH_AUTH_DIGEST,
        [JOB_AUTH_NTLM] = FETCH_AUTH_NTLM,     [JOB_AUTH_NEGOTIATE] = FETCH_AUTH_NEGOTIATE,
        [JOB_AUTH_PASSPORT] = FETCH_AUTH_NONE,
    };
    size_t count = 0;

    for (const struct job_credential *c = http->credentials; c && count < room; c = c->next)
        if (schemes[c->scheme] != FETCH_AUTH_NONE)
            out[count++] = (struct fetch_credential){
                .target = c->target == JOB_AUTH_PROXY ? FETCH_AUTH_PROXY : FETCH_AUTH_SERVER,
                .scheme = schemes[c->scheme],
                .user = c->user,
                .password = c->password,
            };
    return count;
}

/* Nothing that a request without options would not do by itself. */
static bool is_plain(const struct job_http *http, unsigned flags)
{
    return flags == 0 && !http->headers && !http->method && !http->credentials && !http->certificate &&
           proxy_of(http->proxy) == FETCH_PROXY_ENVIRONMENT;
}

HRESULT http_options(struct engine_job *job, struct fetch_options **out)
{
    enum { PAIRS = 2 * JOB_AUTH_PASSPORT };
    const struct job_http *http = &job->job.http;
    unsigned flags = flags_of(job);
    struct fetch_credential credentials[PAIRS];
    struct fetch_options_config config = {
        .flags = flags,
        .headers = http->headers,
        .method = http->method,
        .proxy = proxy_of(http->proxy),
        .proxies = http->proxies,
        .proxy_bypass = http->proxy_bypass,
        .credentials = credentials,
        .client_certificate = http->certificate ? http->certificate->path : NULL,
        .crl_file = job->engine->crl_file,
    };
    struct fetch_options *made;
    HRESULT hr;

    *out = job->options;
    if (job->options_version == http->version && job->options_flags == flags)
        return S_OK;
    made = NULL;
    if (!is_plain(http, flags)) {
        config.credential_count = credentials_of(http, credentials, PAIRS);
        hr = fetch_options_new(&config, &made);
        if (FAILED(hr))
            return hr;
    }
    fetch_options_drop(job->options);
    *out = job->options = made;
    job->options_version = http->version;
    job->options_flags = flags;
    return S_OK;
}

/* --- the client's side */

HRESULT engine_job_set_headers(struct engine_job *job, const char *headers)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_headers(&job->job, headers, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_headers(struct engine_job *job, char **out)
{
    const char *headers;
    HRESULT hr;

    *out = NULL;
    LOCK_SCOPE(&job->engine->lock);
    hr = job_get_headers(&job->job, &headers);
    if (hr != S_OK)
        return hr;
    *out = strdup(headers);
    return *out ? S_OK : E_OUTOFMEMORY;
}

void engine_job_make_headers_write_only(struct engine_job *job)
{
    LOCK_SCOPE(&job->engine->lock);
    job_make_headers_write_only(&job->job, engine_filetime(job->engine));
}

HRESULT engine_job_set_security(struct engine_job *job, uint32_t flags)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    if (flags & ~job->job.http.security & JOB_SECURITY_CHECK_CRL)
        transfer_detach_all(job);
    hr = job_set_security(&job->job, flags, engine_filetime(job->engine));
    files_forget_void(job);
    effects_apply(job);
    return hr;
}

uint32_t engine_job_security(struct engine_job *job)
{
    LOCK_SCOPE(&job->engine->lock);
    return job->job.http.security;
}

HRESULT engine_job_set_method(struct engine_job *job, const char *method)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_method(&job->job, method, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_method(struct engine_job *job, char **out)
{
    LOCK_SCOPE(&job->engine->lock);
    *out = strdup(job_method(&job->job));
    return *out ? S_OK : E_OUTOFMEMORY;
}

HRESULT engine_job_set_credentials(struct engine_job *job, enum job_auth_target target,
                                   enum job_auth_scheme scheme, const char *user, const char *password)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_credentials(&job->job, target, scheme, user, password, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_remove_credentials(struct engine_job *job, enum job_auth_target target,
                                      enum job_auth_scheme scheme)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_remove_credentials(&job->job, target, scheme, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_set_proxy(struct engine_job *job, enum job_proxy_usage usage, const char *proxies,
                             const char *bypass)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_proxy(&job->job, usage, proxies, bypass, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_proxy(struct engine_job *job, struct engine_proxy *out)
{
    const struct job_http *http = &job->job.http;

    *out = (struct engine_proxy){JOB_PROXY_PRECONFIG, NULL, NULL};
    LOCK_SCOPE(&job->engine->lock);
    if (http->proxies && !(out->proxies = strdup(http->proxies)))
        return E_OUTOFMEMORY;
    if (http->proxy_bypass && !(out->bypass = strdup(http->proxy_bypass))) {
        free(out->proxies);
        out->proxies = NULL;
        return E_OUTOFMEMORY;
    }
    out->usage = http->proxy;
    return S_OK;
}
