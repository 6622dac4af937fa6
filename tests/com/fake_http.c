/* fake_http.c: the part of the fake engine that holds what requests are to be like: one value of each kind.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "fake_engine.h"

static HRESULT answer(struct engine_job *job, const char *function)
{
    HRESULT hr = job->engine->next;

    job->engine->last = function;
    job->engine->next = S_OK;
    return hr;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void keep(char **to, const char *text)
{
    free(*to);
    *to = copy(text);
}

void fake_http_release(struct fake_http *http)
{
    free(http->headers);
    free(http->method);
    free(http->user);
    free(http->password);
    free(http->proxies);
    free(http->bypass);
    free(http->store);
    free(http->subject);
    if (http->validator_ops)
        http->validator_ops->drop(http->validator);
}

HRESULT engine_job_set_headers(struct engine_job *job, const char *headers)
{
    HRESULT hr = answer(job, __func__);

    if (SUCCEEDED(hr))
        keep(&job->http.headers, headers);
    return hr;
}

HRESULT engine_job_headers(struct engine_job *job, char **out)
{
    HRESULT hr = answer(job, __func__);

    *out = NULL;
    if (FAILED(hr) || !job->http.headers)
        return FAILED(hr) ? hr : S_FALSE;
    *out = copy(job->http.headers);
    return S_OK;
}

void engine_job_make_headers_write_only(struct engine_job *job)
{
    job->engine->last = __func__;
}

HRESULT engine_job_set_security(struct engine_job *job, uint32_t flags)
{
    HRESULT hr = answer(job, __func__);

    if (SUCCEEDED(hr))
        job->http.security = flags;
    return hr;
}

uint32_t engine_job_security(struct engine_job *job)
{
    return job->http.security;
}

HRESULT engine_job_set_method(struct engine_job *job, const char *method)
{
    HRESULT hr = answer(job, __func__);

    if (SUCCEEDED(hr))
        keep(&job->http.method, method);
    return hr;
}

HRESULT engine_job_method(struct engine_job *job, char **out)
{
    HRESULT hr = answer(job, __func__);

    *out = FAILED(hr) ? NULL : copy(job->http.method ? job->http.method : "GET");
    return hr;
}

HRESULT engine_job_set_credentials(struct engine_job *job, enum job_auth_target target,
                                   enum job_auth_scheme scheme, const char *user, const char *password)
{
    HRESULT hr = answer(job, __func__);

    if (FAILED(hr))
        return hr;
    job->http.target = target;
    job->http.scheme = scheme;
    keep(&job->http.user, user);
    keep(&job->http.password, password);
    return S_OK;
}

HRESULT engine_job_remove_credentials(struct engine_job *job, enum job_auth_target target,
                                      enum job_auth_scheme scheme)
{
    job->http.target = target;
    job->http.scheme = scheme;
    return answer(job, __func__);
}

HRESULT engine_job_set_proxy(struct engine_job *job, enum job_proxy_usage usage, const char *proxies,
                             const char *bypass)
{
    HRESULT hr = answer(job, __func__);

    if (FAILED(hr))
        return hr;
    job->http.proxy = usage;
    keep(&job->http.proxies, proxies);
    keep(&job->http.bypass, bypass);
    return S_OK;
}

HRESULT engine_job_proxy(struct engine_job *job, struct engine_proxy *out)
{
    HRESULT hr = answer(job, __func__);

    *out = (struct engine_proxy){job->http.proxy, NULL, NULL};
    if (SUCCEEDED(hr)) {
        out->proxies = copy(job->http.proxies);
        out->bypass = copy(job->http.bypass);
    }
    return hr;
}

HRESULT engine_job_set_certificate(struct engine_job *job, uint32_t location, const char *store,
                                   const uint8_t *sha1, const char *subject)
{
    HRESULT hr = answer(job, __func__);

    if (FAILED(hr))
        return hr;
    job->http.location = location;
    keep(&job->http.store, store);
    keep(&job->http.subject, subject ? subject : "by hash");
    memset(job->http.sha1, 0x5A, sizeof job->http.sha1);
    if (sha1)
        memcpy(job->http.sha1, sha1, sizeof job->http.sha1);
    return S_OK;
}

HRESULT engine_job_remove_certificate(struct engine_job *job)
{
    HRESULT hr = answer(job, __func__);

    if (FAILED(hr) || !job->http.store)
        return FAILED(hr) ? hr : S_FALSE;
    keep(&job->http.store, NULL);
    return S_OK;
}

HRESULT engine_job_certificate(struct engine_job *job, struct engine_certificate *out)
{
    *out = (struct engine_certificate){0};
    if (!job->http.store)
        return S_FALSE;
    out->location = job->http.location;
    out->store = copy(job->http.store);
    out->subject = copy(job->http.subject);
    memcpy(out->sha1, job->http.sha1, sizeof out->sha1);
    return S_OK;
}

HRESULT engine_job_set_validator(struct engine_job *job, const struct engine_validator_ops *ops,
                                 void *validator)
{
    HRESULT hr = answer(job, __func__);

    if (FAILED(hr))
        return hr;
    if (ops)
        ops->hold(validator);
    if (job->http.validator_ops)
        job->http.validator_ops->drop(job->http.validator);
    job->http.validator_ops = ops;
    job->http.validator = validator;
    return S_OK;
}
