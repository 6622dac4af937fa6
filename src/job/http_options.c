/* http_options.c: see http_options.h. Every refusal of section I of the contract that needs no network.
 *
 * Custom headers are judged as lines, strictly: what fetch puts on the wire must be the lines that the client
 * wrote and no others, so a CR or LF that is not a line's end is refused, as is a folded line, which two
 * servers may read in two ways. Names that decide what a byte of the answer means are the transfer's own.
 */
#include "job/http_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/secret.h"
#include "base/utf.h"
#include "job/rules.h"

#define HEADERS_MAX  16384 /* UTF-16 units, with the final NUL */
#define USER_MAX     300
#define PASSWORD_MAX 65536
#define PROXY_MAX    32000 /* */
#define METHOD_MAX   64
#define STORE_MAX    256 /* with the final NUL */

static void credential_free(struct job_credential *credential)
{
    secret_free(credential->user);
    secret_free(credential->password);
    free(credential);
}

static void free_credentials(struct job_http *http)
{
    while (http->credentials) {
        struct job_credential *first = http->credentials;

        http->credentials = first->next;
        credential_free(first);
    }
}

void job_http_release(struct job_http *http)
{
    free_credentials(http);
    secret_free(http->headers);
    free(http->method);
    free(http->proxies);
    free(http->proxy_bypass);
    free(http->certificate);
    *http = (struct job_http){.version = http->version + 1};
}

/* Something is different from now on. */
static void note(struct job *job, uint64_t now_100ns)
{
    job->http.version++;
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED;
}

/* NULL stays NULL. False: out of memory. */
static bool copy_text(const char *in, char **out)
{
    *out = in ? strdup(in) : NULL;
    return !in || *out;
}

/* --- headers and method: what RFC 9110 calls a token */

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_len(const char *text)
{
    size_t len = 0;

    while (is_token_char(text[len]))
        len++;
    return len;
}

/* Names that say which bytes are asked for and how a message is framed, and conditions that would turn an
 * answer into none. */
static bool is_ours(const char *name, size_t len)
{
    static const char *const names[] = {
        "Content-Length",
        "Expect",
        "Host",
        "HTTP2-Settings",
        "If-Match",
        "If-Range",
        "If-None-Match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "Keep-Alive",
        "Proxy-Connection",
        "Range",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

/* The length of a legal line without its end; 0: it is not one. */
static size_t header_len(const char *line)
{
    size_t name = token_len(line), len;

    if (name == 0 || line[name] != ':' || is_ours(line, name))
        return 0;
    for (len = name + 1; line[len] && line[len] != '\r' && line[len] != '\n'; len++)
        if (((unsigned char)line[len] < 0x20 && line[len] != '\t') || line[len] == 0x7F)
            return 0;
    return len;
}

static HRESULT check_headers(const char *headers)
{
    const char *line = headers;

    if (utf_utf16_units(headers) >= HEADERS_MAX)
        return BG_E_STRING_TOO_LONG;
    while (*line) {
        size_t len = header_len(line);

        if (len == 0)
            return E_INVALIDARG;
        line += len;
        if (!*line)
            return S_OK; /* the last line's end may be missing */
        if (line[0] != '\r' || line[1] != '\n')
            return E_INVALIDARG;
        line += 2;
    }
    return S_OK;
}

bool job_headers_have(const char *headers, const char *name)
{
    size_t len = strlen(name);

    for (const char *line = headers; line && *line;) {
        if (strncasecmp(line, name, len) == 0 && line[len] == ':')
            return true;
        line = strchr(line, '\n');
        line += line ? 1 : 0;
    }
    return false;
}

HRESULT job_set_headers(struct job *job, const char *headers, uint64_t now_100ns)
{
    HRESULT hr = headers ? check_headers(headers) : S_OK;
    char *copy;

    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (!copy_text(headers, &copy))
        return E_OUTOFMEMORY;
    secret_free(job->http.headers);
    job->http.headers = copy;
    note(job, now_100ns);
    return S_OK;
}

HRESULT job_get_headers(const struct job *job, const char **out)
{
    *out = NULL;
    if (job->http.headers_write_only)
        return E_ACCESSDENIED;
    *out = job->http.headers;
    return *out ? S_OK : S_FALSE;
}

void job_make_headers_write_only(struct job *job, uint64_t now_100ns)
{
    job->http.headers_write_only = true;
    job->touched_100ns = job->modified_100ns = now_100ns;
}

static HRESULT check_method(const char *method)
{
    static const char *const no_file[] = {"CONNECT", "HEAD", "TRACE"};
    size_t len = token_len(method);

    if (len == 0 || method[len] || len > METHOD_MAX)
        return E_INVALIDARG;
    for (size_t i = 0; i < sizeof no_file / sizeof no_file[0]; i++)
        if (strcmp(method, no_file[i]) == 0)
            return E_INVALIDARG;
    return S_OK;
}

static bool any_ranges_asked(const struct job *job)
{
    for (size_t i = 0; i < job->file_count; i++)
        if (job->files[i]->ranges_asked)
            return true;
    return false;
}

HRESULT job_set_method(struct job *job, const char *method, uint64_t now_100ns)
{
    bool is_default = strcmp(method, "GET") == 0;
    HRESULT hr = check_method(method);
    char *copy = NULL;

    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (is_default && !job->http.method)
        return S_OK;
    if (job->resumed_once)
        return BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
    if (!is_default) {
        if (job->number[JOB_ON_DEMAND_MODE] || job->number[JOB_DYNAMIC_CONTENT] || any_ranges_asked(job))
            return BG_E_UNSUPPORTED_JOB_CONFIGURATION;
        if (!copy_text(method, &copy))
            return E_OUTOFMEMORY;
        job->number[JOB_PRIORITY] = JOB_FOREGROUND;
    }
    free(job->http.method);
    job->http.method = copy;
    note(job, now_100ns);
    job->changes |= JOB_CHANGED_WORK;
    return S_OK;
}

const char *job_method(const struct job *job)
{
    return job->http.method ? job->http.method : "GET";
}

/* --- security */

/* What came without a look at revocation lists does not count once they are to be looked at. */
static void start_over_unchecked(struct job *job)
{
    for (size_t i = job->first_unfinished; i < job->file_count; i++) {
        struct job_file *file = job->files[i];

        if (!file->finished && rangeset_count(&file->requests.filled) > 0)
            job_file_start_over(file);
    }
    job->changes |= JOB_CHANGED_WORK;
}

HRESULT job_set_security(struct job *job, uint32_t flags, uint64_t now_100ns)
{
    static const uint32_t known = JOB_SECURITY_CHECK_CRL | JOB_SECURITY_ANY_NAME | JOB_SECURITY_ANY_DATE |
                                  JOB_SECURITY_ANY_CA | JOB_SECURITY_ANY_USAGE | JOB_REDIRECTS_MASK |
                                  JOB_REDIRECTS_TO_HTTP;

    if (flags & ~known || (flags & JOB_REDIRECTS_MASK) > JOB_REDIRECTS_REFUSED)
        return E_NOTIMPL;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (flags & ~job->http.security & JOB_SECURITY_CHECK_CRL)
        start_over_unchecked(job);
    job->http.security = flags;
    note(job, now_100ns);
    return S_OK;
}

/* --- credentials */

static HRESULT check_pair(enum job_auth_target target, enum job_auth_scheme scheme)
{
    if (target != JOB_AUTH_SERVER && target != JOB_AUTH_PROXY)
        return BG_E_INVALID_AUTH_TARGET;
    if (scheme < JOB_AUTH_BASIC || scheme > JOB_AUTH_PASSPORT)
        return BG_E_INVALID_AUTH_SCHEME;
    return S_OK;
}

/* Where the pair's entry hangs, or where one would be added. */
static struct job_credential **find_credential(struct job_http *http, enum job_auth_target target,
                                               enum job_auth_scheme scheme)
{
    struct job_credential **at = &http->credentials;

    while (*at && ((*at)->target != target || (*at)->scheme != scheme))
        at = &(*at)->next;
    return at;
}

HRESULT job_set_credentials(struct job *job, enum job_auth_target target, enum job_auth_scheme scheme,
                            const char *user, const char *password, uint64_t now_100ns)
{
    bool can_be_implicit = scheme == JOB_AUTH_NTLM || scheme == JOB_AUTH_NEGOTIATE;
    HRESULT hr = check_pair(target, scheme);
    struct job_credential *made, **at;

    if (FAILED(hr))
        return hr;
    if (!user != !password || (!user && !can_be_implicit))
        return E_INVALIDARG;
    if (user && utf_utf16_units(user) > USER_MAX)
        return BG_E_USERNAME_TOO_LARGE;
    if (password && utf_utf16_units(password) > PASSWORD_MAX)
        return BG_E_PASSWORD_TOO_LARGE;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    made = calloc(1, sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    if (!copy_text(user, &made->user) || !copy_text(password, &made->password)) {
        credential_free(made);
        return E_OUTOFMEMORY;
    }
    made->target = target;
    made->scheme = scheme;
    at = find_credential(&job->http, target, scheme);
    if (*at) {
        struct job_credential *old = *at;

        made->next = old->next;
        credential_free(old);
    }
    *at = made;
    note(job, now_100ns);
    return S_OK;
}

HRESULT job_remove_credentials(struct job *job, enum job_auth_target target, enum job_auth_scheme scheme,
                               uint64_t now_100ns)
{
    struct job_credential **at, *old;
    HRESULT hr = check_pair(target, scheme);

    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    at = find_credential(&job->http, target, scheme);
    old = *at;
    if (!old)
        return S_FALSE;
    *at = old->next;
    credential_free(old);
    note(job, now_100ns);
    return S_OK;
}

/* --- proxies */

HRESULT job_set_proxy(struct job *job, enum job_proxy_usage usage, const char *proxies, const char *bypass,
                      uint64_t now_100ns)
{
    char *new_proxies, *new_bypass;

    if ((unsigned)usage > JOB_PROXY_AUTODETECT)
        return E_NOTIMPL;
    if (usage == JOB_PROXY_OVERRIDE ? !proxies : proxies || bypass)
        return E_INVALIDARG;
    if (proxies && utf_utf16_units(proxies) > PROXY_MAX)
        return BG_E_PROXY_LIST_TOO_LARGE;
    if (bypass && utf_utf16_units(bypass) > PROXY_MAX)
        return BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (!copy_text(proxies, &new_proxies))
        return E_OUTOFMEMORY;
    if (!copy_text(bypass, &new_bypass)) {
        free(new_proxies);
        return E_OUTOFMEMORY;
    }
    free(job->http.proxies);
    free(job->http.proxy_bypass);
    job->http.proxy = usage;
    job->http.proxies = new_proxies;
    job->http.proxy_bypass = new_bypass;
    note(job, now_100ns);
    return S_OK;
}

/* --- certificates */

HRESULT job_check_certificate_names(const char *store, const char *subject)
{
    if (utf_utf16_units(store) >= STORE_MAX || (subject && utf_utf16_units(subject) >= STORE_MAX))
        return BG_E_STRING_TOO_LONG;
    return S_OK;
}

/* Appends the text at *at; *at behind its end. */
static const char *put_text(char **at, const char *text)
{
    char *here = *at;

    *at = stpcpy(here, text) + 1;
    return here;
}

HRESULT job_set_certificate(struct job *job, const struct job_certificate *certificate, uint64_t now_100ns)
{
    struct job_certificate *copy = NULL;
    char *text;

    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (!certificate && !job->http.certificate)
        return S_FALSE;
    if (certificate) {
        copy = malloc(sizeof *copy + strlen(certificate->store) + strlen(certificate->subject) +
                      strlen(certificate->path) + 3);
        if (!copy)
            return E_OUTOFMEMORY;
        *copy = *certificate;
        text = (char *)(copy + 1);
        copy->store = put_text(&text, certificate->store);
        copy->subject = put_text(&text, certificate->subject);
        copy->path = put_text(&text, certificate->path);
    }
    free(job->http.certificate);
    job->http.certificate = copy;
    note(job, now_100ns);
    return S_OK;
}

HRESULT job_set_asks_certificates(struct job *job, bool asks, uint64_t now_100ns)
{
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (job_state_is_active(job->state))
        return BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
    job->http.asks_certificates = asks;
    note(job, now_100ns);
    return S_OK;
}

void job_http_forget_owner(struct job *job)
{
    free(TAKE(job->http.certificate));
    free_credentials(&job->http);
    secret_free(TAKE(job->http.headers));
    job->http.headers_write_only = false;
    job->http.version++;
}
