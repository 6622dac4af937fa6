/* test_job_http.c: section I of the contract, as far as it needs no network: what is refused, with which
 * code, and what a job's requests are like afterwards. */
#include <stdlib.h>
#include <string.h>

#include "job_fixture.h"

/* --- headers */

static const struct {
    const char *headers;
    HRESULT hr;
} headers[] = {
    {"Accept-Encoding: gzip, deflate", S_OK}, /* the sample's: no final CRLF */
    {"A: 1\r\nB: 2\r\n", S_OK},
    {"A:\r\n", S_OK},
    {"A:b", S_OK},
    {"A: tab\there, \xc3\xa4", S_OK},
    {"!#$%&'*+-.^_`|~09: x", S_OK},
    {"Authorization: Bearer x\r\nCookie: y\r\nConnection: close", S_OK},
    {"Rangefinder: 7", S_OK},
    {"", S_OK},

    /* smuggling */
    {"A: 1\nB: 2", E_INVALIDARG},
    {"A: 1\rB: 2", E_INVALIDARG},
    {"A: 1\r\r\nB: 2", E_INVALIDARG},
    {"A: 1\n\r\nB: 2", E_INVALIDARG},
    {"A: 1\r\n\r\nGET / HTTP/1.1", E_INVALIDARG},
    {"A: 1\r\n B: folded", E_INVALIDARG},
    {"A: 1\r\n\tfolded", E_INVALIDARG},
    {"\r\nA: 1", E_INVALIDARG},
    {"A: \x01", E_INVALIDARG},
    {"A: \x7f", E_INVALIDARG},

    /* no header */
    {"A", E_INVALIDARG},
    {": x", E_INVALIDARG},
    {"A : x", E_INVALIDARG},
    {"A B: x", E_INVALIDARG},
    {"\xc3\xa4: x", E_INVALIDARG},
    {"A;", E_INVALIDARG},

    /* the transfer's own */
    {"Host: other", E_INVALIDARG},
    {"hOsT: other", E_INVALIDARG},
    {"Range: bytes=0-1", E_INVALIDARG},
    {"If-Range: \"x\"", E_INVALIDARG},
    {"If-None-Match: *", E_INVALIDARG},
    {"If-Modified-Since: x", E_INVALIDARG},
    {"If-Match: *", E_INVALIDARG},
    {"If-Unmodified-Since: x", E_INVALIDARG},
    {"Content-Length: 5", E_INVALIDARG},
    {"Transfer-Encoding: chunked", E_INVALIDARG},
    {"Expect: 100-continue", E_INVALIDARG},
    {"Upgrade: h2c", E_INVALIDARG},
    {"TE: trailers", E_INVALIDARG},
    {"A: 1\r\nHost: other", E_INVALIDARG},
};

START_TEST(test_headers)
{
    const char *text;
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_headers(&f.job, "Old: 1", NOW), S_OK);
    ck_assert_msg(job_set_headers(&f.job, headers[_i].headers, NOW + 1) == headers[_i].hr, "\"%s\"",
                  headers[_i].headers);
    ck_assert_int_eq(job_get_headers(&f.job, &text), S_OK);
    ck_assert_str_eq(text, headers[_i].hr == S_OK ? headers[_i].headers : "Old: 1");
    ck_assert_uint_eq(f.job.http.version, headers[_i].hr == S_OK ? 2 : 1);
    fixture_release(&f);
}
END_TEST

START_TEST(test_headers_limit)
{
    size_t longest = 16383; /* and the NUL */
    char *text = calloc(1, longest + 2);
    struct fixture f;

    fixture_init(&f, NULL);
    memset(text, 'x', longest);
    text[1] = ':';
    ck_assert_int_eq(job_set_headers(&f.job, text, NOW), S_OK);
    text[longest] = 'x';
    ck_assert_int_eq(job_set_headers(&f.job, text, NOW), BG_E_STRING_TOO_LONG);
    free(text);
    fixture_release(&f);
}
END_TEST

START_TEST(test_headers_are_there_gone_and_hidden)
{
    const char *text = "";
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_get_headers(&f.job, &text), S_FALSE);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(job_set_headers(&f.job, "A: 1", NOW + 1), S_OK);
    ck_assert_uint_eq(f.job.modified_100ns, NOW + 1);
    ck_assert_uint_ne(job_take_changes(&f.job) & JOB_CHANGED, 0);
    ck_assert(job_headers_have(f.job.http.headers, "a"));
    ck_assert(!job_headers_have(f.job.http.headers, "B"));
    ck_assert(!job_headers_have(NULL, "A"));
    ck_assert_int_eq(job_set_headers(&f.job, NULL, NOW), S_OK);
    ck_assert_int_eq(job_get_headers(&f.job, &text), S_FALSE);

    ck_assert_int_eq(job_set_headers(&f.job, "A: 1", NOW), S_OK);
    job_make_headers_write_only(&f.job, NOW);
    ck_assert_int_eq(job_get_headers(&f.job, &text), E_ACCESSDENIED);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(job_set_headers(&f.job, "B: 2", NOW), S_OK); /* they can still be written */
    ck_assert_int_eq(job_get_headers(&f.job, &text), E_ACCESSDENIED);
    fixture_release(&f);
}
END_TEST

/* --- the method */

START_TEST(test_method)
{
    static const struct {
        const char *method;
        HRESULT hr;
        const char *now;
    } rows[] = {
        {"GET", S_OK, "GET"},
        {"POST", S_OK, "POST"},
        {"get", S_OK, "get"},
        {"M-SEARCH", S_OK, "M-SEARCH"},
        {"", E_INVALIDARG, "GET"},
        {"A B", E_INVALIDARG, "GET"},
        {"A\r\nB", E_INVALIDARG, "GET"},
        {"HEAD", E_INVALIDARG, "GET"},
        {"CONNECT", E_INVALIDARG, "GET"},
        {"TRACE", E_INVALIDARG, "GET"},
    };
    struct fixture f;
    bool custom = strcmp(rows[_i].now, "GET") != 0;

    fixture_init(&f, NULL);
    ck_assert_msg(job_set_method(&f.job, rows[_i].method, NOW) == rows[_i].hr, "\"%s\"", rows[_i].method);
    ck_assert_str_eq(job_method(&f.job), rows[_i].now);
    ck_assert_uint_eq(f.job.number[JOB_PRIORITY], custom ? JOB_FOREGROUND : JOB_NORMAL);
    ck_assert_int_eq(fixture_set(&f, JOB_PRIORITY, JOB_LOW),
                     custom ? BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD : S_OK);
    fixture_release(&f);
}
END_TEST

START_TEST(test_method_excludes_the_rest)
{
    static const struct range some = {0, 10};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    ck_assert_int_eq(fixture_set(&f, JOB_ON_DEMAND_MODE, 1), S_OK);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), BG_E_UNSUPPORTED_JOB_CONFIGURATION);
    ck_assert_int_eq(job_set_method(&f.job, "GET", NOW), S_OK);
    ck_assert_int_eq(fixture_set(&f, JOB_ON_DEMAND_MODE, 0), S_OK);
    ck_assert_int_eq(fixture_set(&f, JOB_DYNAMIC_CONTENT, 1), S_OK);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), BG_E_UNSUPPORTED_JOB_CONFIGURATION);
    ck_assert_int_eq(fixture_set(&f, JOB_DYNAMIC_CONTENT, 0), S_OK);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), S_OK);

    ck_assert_int_eq(fixture_set(&f, JOB_ON_DEMAND_MODE, 1), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
    ck_assert_int_eq(fixture_set(&f, JOB_DYNAMIC_CONTENT, 1), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &some, 1, &f.settings, NOW),
                     BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);

    ck_assert_int_eq(job_set_method(&f.job, "GET", NOW), S_OK); /* and everything is as before */
    ck_assert_int_eq(fixture_set(&f, JOB_PRIORITY, JOB_LOW), S_OK);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &some, 1, &f.settings, NOW), S_OK);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), BG_E_UNSUPPORTED_JOB_CONFIGURATION);
    fixture_release(&f);
}
END_TEST

START_TEST(test_method_after_resume)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_QUEUED);
    ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW), S_OK);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
    ck_assert_int_eq(job_set_method(&f.job, "GET", NOW), S_OK);
    fixture_release(&f);
}
END_TEST

static enum job_plan_kind plan_kind(struct fixture *f)
{
    struct job_plan plan;

    job_plan(&f->job, &f->limits, &f->settings, 0, &plan);
    return plan.kind;
}

/* One request tells size and bytes; what fails is an error at once, and Resume starts from the beginning. */
START_TEST(test_life_with_a_method)
{
    struct flight flight;
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_method(&f.job, "POST", NOW), S_OK);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(plan_kind(&f), JOB_PLAN_UNSIZED);
    fixture_known(&f, 0, 1000);
    ck_assert_int_eq(job_flight_start(&f.job, 0, &flight, (struct range){0, 1000}, JOB_PLAN_WHOLE), S_OK);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &flight, 300, NOW + 3), S_OK);
    job_flight_end(&f.job, 0, &flight);

    ck_assert_int_eq(fixture_fail(&f, BG_E_HTTP_ERROR_503, 0), S_OK); /* else worth a retry */
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 4), S_OK);
    ck_assert_uint_eq(rangeset_count(&f.job.files[0]->requests.filled), 0);
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_SCHEDULED, NOW + 5), S_OK);
    ck_assert_int_eq(plan_kind(&f), JOB_PLAN_UNSIZED);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

/* --- security flags and redirects */

START_TEST(test_security)
{
    static const struct {
        uint32_t flags;
        HRESULT hr;
    } rows[] = {
        {0, S_OK},          {0x1F, S_OK},        {0x100, S_OK},
        {0x200, S_OK},      {0x800, S_OK},       {0xB1F & ~0x300u, S_OK},
        {0x900, S_OK},      {0xA00, S_OK},       {0x20, E_NOTIMPL},
        {0x80, E_NOTIMPL},  {0x300, E_NOTIMPL},  {0x400, E_NOTIMPL},
        {0x700, E_NOTIMPL}, {0x1000, E_NOTIMPL}, {0x80000000u, E_NOTIMPL},
    };
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_security(&f.job, 0x11, NOW), S_OK);
    ck_assert_msg(job_set_security(&f.job, rows[_i].flags, NOW) == rows[_i].hr, "0x%x", rows[_i].flags);
    ck_assert_uint_eq(f.job.http.security, rows[_i].hr == S_OK ? rows[_i].flags : 0x11);
    fixture_release(&f);
}
END_TEST

START_TEST(test_revocation_check_voids_what_came_unchecked)
{
    struct flight flight;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    fixture_known(&f, 0, 1000);
    ck_assert_int_eq(job_flight_start(&f.job, 0, &flight, (struct range){0, 1000}, JOB_PLAN_RANGE), S_OK);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &flight, 300, NOW + 3), S_OK);
    job_flight_end(&f.job, 0, &flight);
    ck_assert_int_eq(job_set_security(&f.job, JOB_SECURITY_ANY_NAME, NOW + 4), S_OK);
    ck_assert_uint_eq(rangeset_length(&f.job.files[0]->requests.filled), 300);
    ck_assert_int_eq(job_set_security(&f.job, JOB_SECURITY_CHECK_CRL, NOW + 4), S_OK);
    ck_assert_uint_eq(rangeset_length(&f.job.files[0]->requests.filled), 0);
    ck_assert_int_eq(plan_kind(&f), JOB_PLAN_SIZE);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_refused_redirect)
{
    static const struct {
        int status;
        const char *a22;
        HRESULT shown;
    } rows[] = {
        {301, "http-status", BG_E_HTTP_ERROR_301}, {307, "http-status", BG_E_HTTP_ERROR_307},
        {308, "http-status", (HRESULT)0x80190134}, {302, "win32", (HRESULT)0x8007012E},
        {308, "win32", (HRESULT)0x80070134},
    };
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A22", rows[_i].a22);
    ck_assert_int_eq(job_set_security(&f.job, JOB_REDIRECTS_REFUSED, NOW), S_OK);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(fixture_fail(&f, (HRESULT)(0x80190000u + (unsigned)rows[_i].status), 0), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(f.job.error.hr, rows[_i].shown);
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_REMOTE_FILE);
    fixture_release(&f);
}
END_TEST

START_TEST(test_redirected_file_remembers_what_the_client_called_it)
{
    struct job_file *file;
    char longest[2300];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    file = f.job.files[0];
    ck_assert_int_eq(job_file_redirected(&f.job, 0, "http://a/b", NOW), S_OK);
    ck_assert_ptr_null(file->given_name);
    ck_assert_int_eq(job_file_redirected(&f.job, 0, "http://c/d", NOW), S_OK);
    ck_assert_int_eq(job_file_redirected(&f.job, 0, "https://e/f", NOW + 7), S_OK);
    ck_assert_str_eq(file->remote_name, "https://e/f");
    ck_assert_str_eq(file->given_name, "http://a/b");
    ck_assert_uint_eq(f.job.modified_100ns, NOW + 7);

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memcpy(longest, "http://g/", 9);
    ck_assert_int_eq(job_file_redirected(&f.job, 0, longest, NOW), S_OK); /* no name */
    ck_assert_str_eq(file->remote_name, "https://e/f");

    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://h/i", NOW), S_OK);
    ck_assert_ptr_null(file->given_name);
    fixture_release(&f);
}
END_TEST

/* --- credentials */

static char *repeat(size_t count)
{
    char *text = calloc(1, count + 1);

    memset(text, 'p', count);
    return text;
}

START_TEST(test_credentials)
{
    static const struct {
        int target, scheme;
        const char *user, *password;
        HRESULT hr;
    } rows[] = {
        {1, 1, "u", "p", S_OK},
        {2, 2, "", "", S_OK},
        {1, 5, "u", "p", S_OK},
        {1, 3, NULL, NULL, S_OK}, /* those of the process */
        {2, 4, NULL, NULL, S_OK},
        {1, 1, NULL, NULL, E_INVALIDARG},
        {1, 2, "u", NULL, E_INVALIDARG},
        {1, 3, NULL, "p", E_INVALIDARG},
        {1, 5, NULL, NULL, E_INVALIDARG},
        {0, 1, "u", "p", BG_E_INVALID_AUTH_TARGET},
        {3, 1, "u", "p", BG_E_INVALID_AUTH_TARGET},
        {1, 0, "u", "p", BG_E_INVALID_AUTH_SCHEME},
        {1, 6, "u", "p", BG_E_INVALID_AUTH_SCHEME},
        {0, 0, NULL, NULL, BG_E_INVALID_AUTH_TARGET},
    };
    struct fixture f;
    HRESULT hr;

    fixture_init(&f, NULL);
    hr = job_set_credentials(&f.job, (enum job_auth_target)rows[_i].target,
                             (enum job_auth_scheme)rows[_i].scheme, rows[_i].user, rows[_i].password, NOW);
    ck_assert_msg(hr == rows[_i].hr, "0x%08x", (unsigned)hr);
    ck_assert((f.job.http.credentials != NULL) == (hr == S_OK));
    fixture_release(&f);
}
END_TEST

START_TEST(test_credentials_limits)
{
    char *user = repeat(301), *password = repeat(65537);
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_credentials(&f.job, JOB_AUTH_SERVER, JOB_AUTH_BASIC, user, "p", NOW),
                     BG_E_USERNAME_TOO_LARGE);
    user[300] = '\0';
    ck_assert_int_eq(job_set_credentials(&f.job, JOB_AUTH_SERVER, JOB_AUTH_BASIC, user, password, NOW),
                     BG_E_PASSWORD_TOO_LARGE);
    password[65536] = '\0';
    ck_assert_int_eq(job_set_credentials(&f.job, JOB_AUTH_SERVER, JOB_AUTH_BASIC, user, password, NOW), S_OK);
    free(user);
    free(password);
    fixture_release(&f);
}
END_TEST

static unsigned credential_count(const struct fixture *f)
{
    unsigned count = 0;

    for (const struct job_credential *c = f->job.http.credentials; c; c = c->next)
        count++;
    return count;
}

START_TEST(test_one_entry_a_pair)
{
    struct fixture f;

    fixture_init(&f, NULL);
    for (int target = 1; target <= 2; target++)
        for (int scheme = 1; scheme <= 5; scheme++)
            for (int again = 0; again < 2; again++)
                ck_assert_int_eq(job_set_credentials(&f.job, (enum job_auth_target)target,
                                                     (enum job_auth_scheme)scheme, again ? "new" : "old", "p",
                                                     NOW),
                                 S_OK);
    ck_assert_uint_eq(credential_count(&f), 10);
    for (const struct job_credential *c = f.job.http.credentials; c; c = c->next)
        ck_assert_str_eq(c->user, "new");

    ck_assert_int_eq(job_remove_credentials(&f.job, JOB_AUTH_PROXY, JOB_AUTH_NTLM, NOW), S_OK);
    ck_assert_int_eq(job_remove_credentials(&f.job, JOB_AUTH_PROXY, JOB_AUTH_NTLM, NOW), S_FALSE);
    ck_assert_int_eq(job_remove_credentials(&f.job, (enum job_auth_target)3, JOB_AUTH_NTLM, NOW),
                     BG_E_INVALID_AUTH_TARGET);
    ck_assert_int_eq(job_remove_credentials(&f.job, JOB_AUTH_PROXY, (enum job_auth_scheme)9, NOW),
                     BG_E_INVALID_AUTH_SCHEME);
    ck_assert_uint_eq(credential_count(&f), 9);
    job_http_forget_owner(&f.job);
    ck_assert_uint_eq(credential_count(&f), 0);
    fixture_release(&f);
}
END_TEST

/* --- proxies */

START_TEST(test_proxy)
{
    static const struct {
        int usage;
        const char *list, *bypass;
        HRESULT hr;
    } rows[] = {
        {0, NULL, NULL, S_OK},         {1, NULL, NULL, S_OK},        {3, NULL, NULL, S_OK},
        {2, "p:1", NULL, S_OK},        {2, "p:1", "*.local", S_OK},  {2, "what ever :", "", S_OK},
        {2, NULL, NULL, E_INVALIDARG}, {2, NULL, "b", E_INVALIDARG}, {0, "p", NULL, E_INVALIDARG},
        {1, NULL, "b", E_INVALIDARG},  {3, "p", "b", E_INVALIDARG},  {4, NULL, NULL, E_NOTIMPL},
        {-1, NULL, NULL, E_NOTIMPL},
    };
    struct fixture f;
    HRESULT hr;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_proxy(&f.job, JOB_PROXY_OVERRIDE, "old", "older", NOW), S_OK);
    hr = job_set_proxy(&f.job, (enum job_proxy_usage)rows[_i].usage, rows[_i].list, rows[_i].bypass, NOW);
    ck_assert_msg(hr == rows[_i].hr, "0x%08x", (unsigned)hr);
    if (FAILED(hr)) {
        ck_assert_str_eq(f.job.http.proxies, "old");
        ck_assert_str_eq(f.job.http.proxy_bypass, "older");
    } else {
        ck_assert_int_eq((int)f.job.http.proxy, rows[_i].usage);
        ck_assert((f.job.http.proxies != NULL) == (rows[_i].list != NULL));
        ck_assert((f.job.http.proxy_bypass != NULL) == (rows[_i].bypass != NULL));
    }
    fixture_release(&f);
}
END_TEST

START_TEST(test_proxy_limits)
{
    char *list = repeat(32001);
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_set_proxy(&f.job, JOB_PROXY_OVERRIDE, list, NULL, NOW), BG_E_PROXY_LIST_TOO_LARGE);
    ck_assert_int_eq(job_set_proxy(&f.job, JOB_PROXY_OVERRIDE, "p", list, NOW),
                     BG_E_PROXY_BYPASS_LIST_TOO_LARGE);
    list[32000] = '\0';
    ck_assert_int_eq(job_set_proxy(&f.job, JOB_PROXY_OVERRIDE, list, list, NOW), S_OK);
    free(list);
    fixture_release(&f);
}
END_TEST

/* --- certificates */

START_TEST(test_certificate)
{
    const struct job_certificate certificate = {3, "MY", "Bob", "/x/b.pem", {1, 2}};
    char *name = repeat(256);
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_check_certificate_names(name, NULL), BG_E_STRING_TOO_LONG);
    ck_assert_int_eq(job_check_certificate_names("MY", name), BG_E_STRING_TOO_LONG);
    name[255] = '\0';
    ck_assert_int_eq(job_check_certificate_names(name, name), S_OK);
    free(name);
    ck_assert_int_eq(job_set_certificate(&f.job, NULL, NOW), S_FALSE);
    ck_assert_int_eq(job_set_certificate(&f.job, &certificate, NOW), S_OK);
    ck_assert_str_eq(f.job.http.certificate->store, "MY");
    ck_assert_str_eq(f.job.http.certificate->subject, "Bob");
    ck_assert_str_eq(f.job.http.certificate->path, "/x/b.pem");
    ck_assert_uint_eq(f.job.http.certificate->sha1[1], 2);
    ck_assert_int_eq(job_set_certificate(&f.job, NULL, NOW), S_OK);
    ck_assert_ptr_null(f.job.http.certificate);
    fixture_release(&f);
}
END_TEST

START_TEST(test_who_is_asked_changes_only_while_paused)
{
    static const HRESULT answers[JOB_STATE_COUNT] = {
        [JOB_QUEUED] = BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        [JOB_CONNECTING] = BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        [JOB_TRANSFERRING] = BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        [JOB_SUSPENDED] = S_OK,
        [JOB_ERROR] = S_OK,
        [JOB_TRANSIENT_ERROR] = BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        [JOB_TRANSFERRED] = S_OK,
        [JOB_ACKNOWLEDGED] = BG_E_INVALID_STATE,
        [JOB_CANCELLED] = BG_E_INVALID_STATE,
    };
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, (enum job_state)_i);
    ck_assert_int_eq(job_set_asks_certificates(&f.job, true, NOW + 9), answers[_i]);
    ck_assert(f.job.http.asks_certificates == (answers[_i] == S_OK));
    fixture_release(&f);
}
END_TEST

START_TEST(test_refused_certificate)
{
    static const struct {
        HRESULT hr;
        enum job_state state;
    } rows[] = {{E_ACCESSDENIED, JOB_TRANSIENT_ERROR},
                {E_FAIL, JOB_TRANSIENT_ERROR},
                {BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, JOB_ERROR}};
    struct job_error error = {rows[_i].hr, JOB_CONTEXT_CERTIFICATE_CALLBACK, 0};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_CONNECTING);
    ck_assert_int_eq(job_fail(&f.job, &error, &f.settings, 0, NOW + 3), S_OK);
    ck_assert_int_eq(f.job.state, rows[_i].state);
    ck_assert_int_eq(f.job.error.hr, rows[_i].hr);
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_CERTIFICATE_CALLBACK);
    fixture_release(&f);
}
END_TEST

/* --- all of them */

START_TEST(test_final_states_refuse)
{
    static const struct job_certificate certificate = {0, "MY", "Bob", "/x", {0}};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, _i == 0 ? JOB_CANCELLED : JOB_ACKNOWLEDGED);
    ck_assert_int_eq(job_set_headers(&f.job, "A: 1", NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_headers(&f.job, NULL, NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_method(&f.job, "GET", NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_security(&f.job, 0, NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_credentials(&f.job, JOB_AUTH_SERVER, JOB_AUTH_BASIC, "u", "p", NOW),
                     BG_E_INVALID_STATE);
    ck_assert_int_eq(job_remove_credentials(&f.job, JOB_AUTH_SERVER, JOB_AUTH_BASIC, NOW),
                     BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_proxy(&f.job, JOB_PROXY_NONE, NULL, NULL, NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_certificate(&f.job, &certificate, NOW), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_set_certificate(&f.job, NULL, NOW), BG_E_INVALID_STATE);
    ck_assert_uint_eq(f.job.http.version, 0);
    fixture_release(&f);
}
END_TEST

#define ROWS(a) (int)(sizeof a / sizeof a[0])

int main(void)
{
    Suite *suite = suite_create("job_http");
    TCase *tcase = tcase_create("options");

    tcase_add_loop_test(tcase, test_headers, 0, ROWS(headers));
    tcase_add_test(tcase, test_headers_limit);
    tcase_add_test(tcase, test_headers_are_there_gone_and_hidden);
    tcase_add_loop_test(tcase, test_method, 0, 10);
    tcase_add_test(tcase, test_method_excludes_the_rest);
    tcase_add_test(tcase, test_method_after_resume);
    tcase_add_test(tcase, test_life_with_a_method);
    tcase_add_loop_test(tcase, test_security, 0, 15);
    tcase_add_test(tcase, test_revocation_check_voids_what_came_unchecked);
    tcase_add_loop_test(tcase, test_refused_redirect, 0, 5);
    tcase_add_test(tcase, test_redirected_file_remembers_what_the_client_called_it);
    tcase_add_loop_test(tcase, test_credentials, 0, 14);
    tcase_add_test(tcase, test_credentials_limits);
    tcase_add_test(tcase, test_one_entry_a_pair);
    tcase_add_loop_test(tcase, test_proxy, 0, 13);
    tcase_add_test(tcase, test_proxy_limits);
    tcase_add_test(tcase, test_certificate);
    tcase_add_loop_test(tcase, test_who_is_asked_changes_only_while_paused, 0, JOB_STATE_COUNT);
    tcase_add_loop_test(tcase, test_refused_certificate, 0, 3);
    tcase_add_loop_test(tcase, test_final_states_refuse, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
