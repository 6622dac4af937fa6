/* job_http.c: what a job's requests are to be like: IBackgroundCopyJobHttpOptions to 3, and the credentials
 * and proxies of IBackgroundCopyJob and Job2. job/http_options.h does all the judging.
 *
 * Headers and passwords are wiped wherever a copy of them ends here.
 */
#include "com/objects.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/secret.h"
#include "base/utf.h"
#include "com/text.h"

#define SECRET CLEANUP(secret_free_at)

/* NULL stays NULL. */
static HRESULT narrow(LPCWSTR in, char **out)
{
    *out = NULL;
    return in ? utf_narrow(in, out, NULL) : S_OK;
}

/* --- headers, method, security */

HRESULT com_job_SetCustomHeaders(struct com_job *self, LPCWSTR RequestHeaders)
{
    SECRET char *headers = NULL;
    HRESULT hr = narrow(RequestHeaders, &headers);

    return FAILED(hr) ? hr : engine_job_set_headers(self->object.job, headers);
}

HRESULT com_job_GetCustomHeaders(struct com_job *self, LPWSTR *pRequestHeaders)
{
    SECRET char *headers = NULL;
    HRESULT hr = engine_job_headers(self->object.job, &headers);

    return hr == S_OK ? com_text_out(headers, pRequestHeaders) : hr;
}

HRESULT com_job_MakeCustomHeadersWriteOnly(struct com_job *self)
{
    engine_job_make_headers_write_only(self->object.job);
    return S_OK;
}

HRESULT com_job_SetSecurityFlags(struct com_job *self, ULONG Flags)
{
    return engine_job_set_security(self->object.job, Flags);
}

HRESULT com_job_GetSecurityFlags(struct com_job *self, ULONG *pFlags)
{
    *pFlags = engine_job_security(self->object.job);
    return S_OK;
}

HRESULT com_job_SetHttpMethod(struct com_job *self, LPCWSTR method)
{
    AUTOFREE char *text = NULL;
    HRESULT hr = narrow(method, &text);

    return FAILED(hr) ? hr : engine_job_set_method(self->object.job, text);
}

HRESULT com_job_GetHttpMethod(struct com_job *self, LPWSTR *method)
{
    AUTOFREE char *text = NULL;
    HRESULT hr = engine_job_method(self->object.job, &text);

    return FAILED(hr) ? hr : com_text_out(text, method);
}

/* --- credentials */

HRESULT com_job_SetCredentials(struct com_job *self, BG_AUTH_CREDENTIALS *credentials)
{
    SECRET char *user = NULL;
    SECRET char *password = NULL;
    HRESULT hr = narrow(credentials->Credentials.Basic.UserName, &user);

    if (SUCCEEDED(hr))
        hr = narrow(credentials->Credentials.Basic.Password, &password);
    if (FAILED(hr))
        return hr;
    return engine_job_set_credentials(self->object.job, (enum job_auth_target)credentials->Target,
                                      (enum job_auth_scheme)credentials->Scheme, user, password);
}

HRESULT com_job_RemoveCredentials(struct com_job *self, BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme)
{
    return engine_job_remove_credentials(self->object.job, (enum job_auth_target)Target,
                                         (enum job_auth_scheme)Scheme);
}

/* --- proxies */

HRESULT com_job_SetProxySettings(struct com_job *self, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList,
                                 const WCHAR *ProxyBypassList)
{
    AUTOFREE char *proxies = NULL;
    AUTOFREE char *bypass = NULL;
    HRESULT hr = narrow(ProxyList, &proxies);

    if (SUCCEEDED(hr))
        hr = narrow(ProxyBypassList, &bypass);
    if (FAILED(hr))
        return hr;
    return engine_job_set_proxy(self->object.job, (enum job_proxy_usage)ProxyUsage, proxies, bypass);
}

HRESULT com_job_GetProxySettings(struct com_job *self, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList,
                                 LPWSTR *pProxyBypassList)
{
    struct engine_proxy proxy;
    HRESULT hr = engine_job_proxy(self->object.job, &proxy);

    if (FAILED(hr))
        return hr;
    hr = com_text_out(proxy.proxies, pProxyList);
    if (SUCCEEDED(hr))
        hr = com_text_out(proxy.bypass, pProxyBypassList);
    if (SUCCEEDED(hr)) {
        *pProxyUsage = (BG_JOB_PROXY_USAGE)proxy.usage;
    } else {
        CoTaskMemFree(*pProxyList);
        *pProxyList = NULL;
    }
    free(proxy.proxies);
    free(proxy.bypass);
    return hr;
}
