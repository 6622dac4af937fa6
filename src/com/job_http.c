/* job_http.c: what a job's requests are to be like: IBackgroundCopyJobHttpOptions to 3, and the credentials
 * and proxies of IBackgroundCopyJob and Job2. job/http_options.h does all the judging.
 *
 * Headers and passwords are wiped wherever a copy of them ends here.
 */
#include "com/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/secret.h"
#include "base/utf.h"
#include "com/text.h"
#include "com/validator.h"

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

/* --- certificates */

HRESULT com_job_SetClientCertificateByID(struct com_job *self, BG_CERT_STORE_LOCATION StoreLocation,
                                         LPCWSTR StoreName, byte *pCertHashBlob)
{
    AUTOFREE char *store = NULL;
    HRESULT hr = narrow(StoreName, &store);

    if (FAILED(hr))
        return hr;
    return engine_job_set_certificate(self->object.job, (uint32_t)StoreLocation, store, pCertHashBlob, NULL);
}

HRESULT com_job_SetClientCertificateByName(struct com_job *self, BG_CERT_STORE_LOCATION StoreLocation,
                                           LPCWSTR StoreName, LPCWSTR SubjectName)
{
    AUTOFREE char *store = NULL;
    AUTOFREE char *subject = NULL;
    HRESULT hr = narrow(StoreName, &store);

    if (SUCCEEDED(hr))
        hr = narrow(SubjectName, &subject);
    if (FAILED(hr))
        return hr;
    return engine_job_set_certificate(self->object.job, (uint32_t)StoreLocation, store, NULL, subject);
}

HRESULT com_job_RemoveClientCertificate(struct com_job *self)
{
    return engine_job_remove_certificate(self->object.job);
}

HRESULT com_job_GetClientCertificate(struct com_job *self, BG_CERT_STORE_LOCATION *pStoreLocation,
                                     LPWSTR *pStoreName, byte **ppCertHashBlob, LPWSTR *pSubjectName)
{
    struct engine_certificate certificate;
    HRESULT hr = engine_job_certificate(self->object.job, &certificate);

    if (hr != S_OK)
        return hr == S_FALSE ? HR_BAD_STUB_DATA : hr; /* */
    hr = com_text_out(certificate.store, pStoreName);
    if (SUCCEEDED(hr))
        hr = com_text_out(certificate.subject, pSubjectName);
    if (SUCCEEDED(hr)) {
        *ppCertHashBlob = CoTaskMemAlloc(sizeof certificate.sha1);
        hr = *ppCertHashBlob ? S_OK : E_OUTOFMEMORY;
    }
    if (SUCCEEDED(hr)) {
        memcpy(*ppCertHashBlob, certificate.sha1, sizeof certificate.sha1);
        *pStoreLocation = (BG_CERT_STORE_LOCATION)certificate.location;
    } else {
        CoTaskMemFree(*pStoreName);
        CoTaskMemFree(*pSubjectName);
        *pStoreName = *pSubjectName = NULL;
    }
    free(certificate.store);
    free(certificate.subject);
    return hr;
}

HRESULT com_job_SetServerCertificateValidationInterface(struct com_job *self,
                                                        IUnknown *certValidationCallback)
{
    struct com_validator *validator;
    HRESULT hr;

    if (!certValidationCallback)
        return engine_job_set_validator(self->object.job, NULL, NULL);
    hr = com_validator_new(certValidationCallback, &validator);
    if (FAILED(hr))
        return hr;
    hr = engine_job_set_validator(self->object.job, &com_validator_ops, validator);
    com_validator_ops.drop(validator);
    return hr;
}
