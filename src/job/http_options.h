/* http_options.h: what a client wants of a job's requests: headers, method, security, credentials, proxies
 * (section I of the contract).
 *
 * Part of struct job. It is judged here and only carried by others: the engine makes fetch's options of it,
 * anew when `version` has changed. A job that sets nothing has nothing but zeroes here.
 */
#ifndef OPENBITS_JOB_HTTP_OPTIONS_H
#define OPENBITS_JOB_HTTP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct job;

/* The values of BG_JOB_PROXY_USAGE, BG_AUTH_TARGET, BG_AUTH_SCHEME, BG_SSL_* and BG_HTTP_REDIRECT_POLICY_*;
 * com asserts that. */
enum job_proxy_usage {
    JOB_PROXY_PRECONFIG,
    JOB_PROXY_NONE,
    JOB_PROXY_OVERRIDE,
    JOB_PROXY_AUTODETECT,
};

enum job_auth_target {
    JOB_AUTH_SERVER = 1,
    JOB_AUTH_PROXY,
};

enum job_auth_scheme {
    JOB_AUTH_BASIC = 1,
    JOB_AUTH_DIGEST,
    JOB_AUTH_NTLM,
    JOB_AUTH_NEGOTIATE,
    JOB_AUTH_PASSPORT, /* can be set; no server asks for it any more */
};

enum job_security {
    JOB_SECURITY_CHECK_CRL = 0x01,
    JOB_SECURITY_ANY_NAME = 0x02,
    JOB_SECURITY_ANY_DATE = 0x04,
    JOB_SECURITY_ANY_CA = 0x08,
    JOB_SECURITY_ANY_USAGE = 0x10,
    JOB_REDIRECTS_MASK = 0x700,
    JOB_REDIRECTS_SILENT = 0x000,
    JOB_REDIRECTS_REPORTED = 0x100,
    JOB_REDIRECTS_REFUSED = 0x200,
    JOB_REDIRECTS_TO_HTTP = 0x800, /* from https too; not of the mask */
};

/* One a pair of target and scheme. */
struct job_credential {
    struct job_credential *next;
    enum job_auth_target target;
    enum job_auth_scheme scheme;
    char *user, *password; /* NULL, both: those of the process (NTLM and Negotiate) */
};

struct job_certificate {
    uint32_t location; /* BG_CERT_STORE_LOCATION */
    const char *store, *subject, *path;
    uint8_t sha1[20];
};

struct job_http {
    uint64_t version; /* differs from what it was whenever something below has changed */
    char *headers;    /* as the client gave them; NULL: none */
    bool headers_write_only;
    char *method;      /* NULL: GET */
    uint32_t security; /* enum job_security */
    struct job_credential *credentials;
    enum job_proxy_usage proxy;
    char *proxies, *proxy_bypass;        /* NULL: none */
    struct job_certificate *certificate; /* of the client; its texts are in the same block; NULL: none */
    bool asks_certificates;              /* about those of servers */
};

void job_http_release(struct job_http *http);

/* Every setter: BG_E_INVALID_STATE in a final state, after its argument was judged;
 * E_OUTOFMEMORY. A failure changes nothing. Texts are UTF-8, copied. */

/* NULL removes. BG_E_STRING_TOO_LONG: over 16,384 UTF-16 units with the final NUL. E_INVALIDARG: not
 * lines "Name: value" with CRLF between them, or a name that the transfer itself must fill in (Host, Range,
 * lengths, conditions: docs/deviations.md has the list). */
HRESULT job_set_headers(struct job *job, const char *headers, uint64_t now_100ns);
/* *out is borrowed. S_FALSE: none, *out is NULL; E_ACCESSDENIED: write-only. */
HRESULT job_get_headers(const struct job *job, const char **out);
/* In any state, and for ever. */
void job_make_headers_write_only(struct job *job, uint64_t now_100ns);
/* Whether they have a line of this name. headers NULL: no. */
bool job_headers_have(const char *headers, const char *name);

/* enum job_security. E_NOTIMPL: an unknown bit or policy. The check of revocation lists, if it is
 * new, voids what came of unfinished files; the caller has ended all flights before. */
HRESULT job_set_security(struct job *job, uint32_t flags, uint64_t now_100ns);

/* E_INVALIDARG: no method, or one whose answer is no file (CONNECT, HEAD, TRACE);
 * BG_E_UNSUPPORTED_JOB_CONFIGURATION: the job is on demand or dynamic, or ranges were asked for;
 * BG_E_READ_ONLY_PROPERTY_AFTER_RESUME. */
HRESULT job_set_method(struct job *job, const char *method, uint64_t now_100ns);
/* Never NULL; borrowed. */
const char *job_method(const struct job *job);

/* BG_E_INVALID_AUTH_TARGET, BG_E_INVALID_AUTH_SCHEME, BG_E_USERNAME_TOO_LARGE,
 * BG_E_PASSWORD_TOO_LARGE, E_INVALIDARG. */
HRESULT job_set_credentials(struct job *job, enum job_auth_target target, enum job_auth_scheme scheme,
                            const char *user, const char *password, uint64_t now_100ns);
/* S_FALSE: there was no such entry. */
HRESULT job_remove_credentials(struct job *job, enum job_auth_target target, enum job_auth_scheme scheme,
                               uint64_t now_100ns);

/* E_NOTIMPL, E_INVALIDARG, BG_E_PROXY_LIST_TOO_LARGE, BG_E_PROXY_BYPASS_LIST_TOO_LARGE. What
 * the lists say is judged when they are used. */
HRESULT job_set_proxy(struct job *job, enum job_proxy_usage usage, const char *proxies, const char *bypass,
                      uint64_t now_100ns);

/* BG_E_STRING_TOO_LONG: 256 UTF-16 units and more; subject NULL: it is found by another way. */
HRESULT job_check_certificate_names(const char *store, const char *subject);
/* Everything is copied. NULL removes; S_FALSE: there was none. */
HRESULT job_set_certificate(struct job *job, const struct job_certificate *certificate, uint64_t now_100ns);

/* BG_E_READ_ONLY_WHEN_JOB_ACTIVE: only while SUSPENDED, ERROR or TRANSFERRED. */
HRESULT job_set_asks_certificates(struct job *job, bool asks, uint64_t now_100ns);

/* What belongs to the former owner alone is gone: headers, credentials, certificate. */
void job_http_forget_owner(struct job *job);

#endif
