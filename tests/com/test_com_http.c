/* test_com_http.c: HttpOptions, credentials and proxies through the interfaces, over the engine that listens:
 * what is carried over, and that nothing is left of a call that failed. */
#include "suite.h"

#include <objbase.h>
#include <string.h>
#include <wchar.h>

#include "base/hr.h"
#include "zoo.h"

static struct zoo zoo;
static IBackgroundCopyJobHttpOptions3 *http;
static IBackgroundCopyJob2 *job2;

static void open_zoo(void)
{
    zoo_open(&zoo, NULL);
    ck_assert_int_eq(
        IBackgroundCopyJob_QueryInterface(zoo.job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&http),
        S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(zoo.job, &IID_IBackgroundCopyJob2, (void **)&job2),
                     S_OK);
}

static void close_zoo(void)
{
    IBackgroundCopyJobHttpOptions3_Release(http);
    IBackgroundCopyJob2_Release(job2);
    zoo_close(&zoo);
}

START_TEST(test_headers)
{
    LPWSTR text = NULL;

    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text), S_FALSE);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, L"X: \x00e4"), S_OK);
    ck_assert_str_eq(zoo.fake_job->http.headers, "X: \xc3\xa4");
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text), S_OK);
    zoo_assert_text(text, L"X: \x00e4");
    zoo.engine->next = E_ACCESSDENIED;
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text), E_ACCESSDENIED);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, NULL), S_OK);
    ck_assert_ptr_null(zoo.fake_job->http.headers);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(http), S_OK);
    ck_assert_str_eq(zoo.engine->last, "engine_job_make_headers_write_only");
}
END_TEST

START_TEST(test_method_and_flags)
{
    LPWSTR text;
    ULONG flags = 1;

    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, &text), S_OK);
    zoo_assert_text(text, L"GET");
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, L"POST"), S_OK);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, &text), S_OK);
    zoo_assert_text(text, L"POST");
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, &flags), S_OK);
    ck_assert_uint_eq(flags, 0);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetSecurityFlags(http, 0x801), S_OK);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, &flags), S_OK);
    ck_assert_uint_eq(flags, 0x801);
}
END_TEST

START_TEST(test_credentials)
{
    WCHAR user[] = L"us\x00e9r", password[] = L"p";
    BG_AUTH_CREDENTIALS credentials = {BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM, {{user, password}}};

    ck_assert_int_eq(IBackgroundCopyJob2_SetCredentials(job2, &credentials), S_OK);
    ck_assert_int_eq(zoo.fake_job->http.target, JOB_AUTH_PROXY);
    ck_assert_int_eq(zoo.fake_job->http.scheme, JOB_AUTH_NTLM);
    ck_assert_str_eq(zoo.fake_job->http.user, "us\xc3\xa9r");
    ck_assert_str_eq(zoo.fake_job->http.password, "p");
    credentials.Credentials.Basic.UserName = credentials.Credentials.Basic.Password = NULL;
    ck_assert_int_eq(IBackgroundCopyJob2_SetCredentials(job2, &credentials), S_OK);
    ck_assert_ptr_null(zoo.fake_job->http.user);
    ck_assert_int_eq(
        IBackgroundCopyJob2_RemoveCredentials(job2, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST), S_OK);
    ck_assert_int_eq(zoo.fake_job->http.target, JOB_AUTH_SERVER);
    ck_assert_int_eq(zoo.fake_job->http.scheme, JOB_AUTH_DIGEST);
}
END_TEST

START_TEST(test_proxies)
{
    BG_JOB_PROXY_USAGE usage = BG_JOB_PROXY_USAGE_OVERRIDE;
    LPWSTR list = NULL, bypass = NULL;

    ck_assert_int_eq(IBackgroundCopyJob_GetProxySettings(zoo.job, &usage, &list, &bypass), S_OK);
    ck_assert(usage == BG_JOB_PROXY_USAGE_PRECONFIG && !list && !bypass);
    ck_assert_int_eq(
        IBackgroundCopyJob_SetProxySettings(zoo.job, BG_JOB_PROXY_USAGE_OVERRIDE, L"p:1", L"<local>"), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_GetProxySettings(zoo.job, &usage, &list, &bypass), S_OK);
    ck_assert_int_eq(usage, BG_JOB_PROXY_USAGE_OVERRIDE);
    zoo_assert_text(list, L"p:1");
    zoo_assert_text(bypass, L"<local>");
}
END_TEST

START_TEST(test_client_certificate)
{
    byte hash[20] = {7, 8, 9}, *given = NULL;
    BG_CERT_STORE_LOCATION location;
    LPWSTR store = NULL, subject = NULL;

    ck_assert_int_eq(
        IBackgroundCopyJobHttpOptions3_GetClientCertificate(http, &location, &store, &given, &subject),
        HR_BAD_STUB_DATA);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_RemoveClientCertificate(http), S_FALSE);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(
                         http, BG_CERT_STORE_LOCATION_LOCAL_MACHINE, L"MY", hash),
                     S_OK);
    ck_assert_int_eq(
        IBackgroundCopyJobHttpOptions3_GetClientCertificate(http, &location, &store, &given, &subject), S_OK);
    ck_assert_int_eq(location, BG_CERT_STORE_LOCATION_LOCAL_MACHINE);
    ck_assert_mem_eq(given, hash, 20);
    CoTaskMemFree(given);
    zoo_assert_text(store, L"MY");
    zoo_assert_text(subject, L"by hash");
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                         http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", L"Bob"),
                     S_OK);
    ck_assert_str_eq(zoo.fake_job->http.subject, "Bob");
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_RemoveClientCertificate(http), S_OK);
}
END_TEST

/* --- who is asked */

struct validator {
    IBackgroundCopyServerCertificateValidationCallback face;
    int refs;
    bool lacks; /* the interface */
    IBackgroundCopyJob *job;
    HRESULT answer;
};

static HRESULT STDMETHODCALLTYPE v_QueryInterface(IBackgroundCopyServerCertificateValidationCallback *This,
                                                  REFIID riid, void **out)
{
    struct validator *validator = (struct validator *)This;

    *out = NULL;
    if (validator->lacks || !IsEqualGUID(riid, &IID_IBackgroundCopyServerCertificateValidationCallback))
        return E_NOINTERFACE;
    validator->refs++;
    *out = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE v_AddRef(IBackgroundCopyServerCertificateValidationCallback *This)
{
    return (ULONG)++((struct validator *)This)->refs;
}

static ULONG STDMETHODCALLTYPE v_Release(IBackgroundCopyServerCertificateValidationCallback *This)
{
    return (ULONG)--((struct validator *)This)->refs;
}

static HRESULT STDMETHODCALLTYPE v_Validate(IBackgroundCopyServerCertificateValidationCallback *This,
                                            IBackgroundCopyJob *job, IBackgroundCopyFile *file,
                                            DWORD certLength, const BYTE certData[], DWORD certEncodingType,
                                            DWORD certStoreLength, const BYTE certStoreData[])
{
    LPWSTR name;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyJob_GetId(job, &id), S_OK);
    ck_assert(IsEqualGUID(&id, &zoo.fake_job->id));
    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(file, &name), S_OK);
    CoTaskMemFree(name);
    ck_assert_uint_eq(certLength, 3);
    ck_assert_mem_eq(certData, "DER", 3);
    ck_assert_uint_eq(certEncodingType, 1);
    ck_assert_uint_eq(certStoreLength, 5);
    ck_assert_mem_eq(certStoreData, "CHAIN", 5);
    return ((struct validator *)This)->answer;
}

static IBackgroundCopyServerCertificateValidationCallbackVtbl validator_vtbl = {
    .QueryInterface = v_QueryInterface,
    .AddRef = v_AddRef,
    .Release = v_Release,
    .ValidateServerCertificate = v_Validate,
};

START_TEST(test_validator)
{
    struct validator validator = {.face = {&validator_vtbl}, .refs = 1, .answer = E_ACCESSDENIED};
    const struct fetch_certificate certificate = {
        .der = (const uint8_t *)"DER", .der_len = 3, .chain = (const uint8_t *)"CHAIN", .chain_len = 5};
    IUnknown *given = (IUnknown *)&validator.face;

    validator.lacks = true;
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, given),
                     E_NOINTERFACE);
    validator.lacks = false;
    zoo.engine->next = BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, given),
                     BG_E_READ_ONLY_WHEN_JOB_ACTIVE);
    ck_assert_int_eq(validator.refs, 1);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, given),
                     S_OK);
    ck_assert_int_eq(validator.refs, 2);
    ck_assert_int_eq(zoo.fake_job->http.validator_ops->validate(zoo.fake_job->http.validator, zoo.fake_job, 1,
                                                                &certificate),
                     E_ACCESSDENIED);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, NULL),
                     S_OK);
    ck_assert_int_eq(validator.refs, 1);
}
END_TEST

START_TEST(test_null_is_refused)
{
    BG_CERT_STORE_LOCATION location;
    LPWSTR text;
    byte *hash;

    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, NULL), HR_NULL_REF_POINTER);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, NULL), HR_NULL_REF_POINTER);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, NULL), HR_NULL_REF_POINTER);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(
                         http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", NULL),
                     HR_NULL_REF_POINTER);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_GetClientCertificate(http, &location, &text, &hash, NULL),
                     HR_NULL_REF_POINTER);
    ck_assert_int_eq(IBackgroundCopyJob2_SetCredentials(job2, NULL), E_INVALIDARG);
    ck_assert_int_eq(IBackgroundCopyJob_GetProxySettings(zoo.job, NULL, &text, &text), E_INVALIDARG);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com http");
    TCase *tcase = tcase_create("options");

    tcase_add_checked_fixture(tcase, open_zoo, close_zoo);
    tcase_add_test(tcase, test_headers);
    tcase_add_test(tcase, test_method_and_flags);
    tcase_add_test(tcase, test_credentials);
    tcase_add_test(tcase, test_proxies);
    tcase_add_test(tcase, test_client_certificate);
    tcase_add_test(tcase, test_validator);
    tcase_add_test(tcase, test_null_is_refused);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
