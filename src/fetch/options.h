/* options.h: what a client wants of its requests beside the bytes: headers, method, redirects, credentials,
 * proxies.
 *
 * Made once and shared by all requests of a job by a count; nothing in it changes but what the servers have
 * taught (`learned`), which belongs to the source's thread. A request without options pays nothing for them.
 */
#ifndef OPENBITS_FETCH_OPTIONS_H
#define OPENBITS_FETCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "openbits_types.h"

struct fetch_options;

enum fetch_option_flags {
    FETCH_REFUSE_REDIRECTS = 1 << 0, /* done says the status; the answer says where it leads */
    FETCH_ALLOW_DOWNGRADE = 1 << 1,  /* a redirect may lead from https to http */
    FETCH_KEEP_CODING = 1 << 2,      /* a Content-Encoding is no reason to refuse: its octets are the file */
    FETCH_TLS_ANY_NAME = 1 << 3,     /* what is forgiven of a server's certificate ... */
    FETCH_TLS_ANY_DATE = 1 << 4,
    FETCH_TLS_ANY_CA = 1 << 5,
    FETCH_TLS_ANY_USAGE = 1 << 6,
    FETCH_TLS_CHECK_CRL = 1 << 7, /* ... and what is asked of it: not to be in a list of revoked ones */
    FETCH_TLS_ASK = 1 << 8,       /* the sink's certificate function is asked */
};

enum fetch_proxy_usage {
    FETCH_PROXY_ENVIRONMENT,
    FETCH_PROXY_NONE,
    FETCH_PROXY_LIST,
};

enum fetch_auth_target {
    FETCH_AUTH_SERVER,
    FETCH_AUTH_PROXY,
    FETCH_AUTH_TARGETS,
};

enum fetch_auth_scheme { /* the strongest last */
                         FETCH_AUTH_NONE,
                         FETCH_AUTH_BASIC,
                         FETCH_AUTH_DIGEST,
                         FETCH_AUTH_NTLM,
                         FETCH_AUTH_NEGOTIATE,
};

struct fetch_credential {
    enum fetch_auth_target target;
    enum fetch_auth_scheme scheme;
    const char *user, *password; /* NULL: those of the process */
};

struct fetch_options_config {
    unsigned flags;      /* enum fetch_option_flags */
    const char *headers; /* "Name: value" with CRLF between, judged by the caller; NULL: none */
    const char *method;  /* of FETCH_WHOLE; NULL: GET */
    enum fetch_proxy_usage proxy;
    const char *proxies, *proxy_bypass; /* FETCH_PROXY_LIST; proxy.h has the syntax */
    const struct fetch_credential *credentials;
    size_t credential_count;
    const char *client_certificate; /* a PEM file with certificate and key, shown to home only; or NULL */
    const char *crl_file;           /* FETCH_TLS_CHECK_CRL: PEM */
};

/* Everything is copied. E_OUTOFMEMORY. */
HRESULT fetch_options_new(const struct fetch_options_config *config, struct fetch_options **out);
void fetch_options_hold(struct fetch_options *options);
/* Any thread; NULL is allowed. */
void fetch_options_drop(struct fetch_options *options);

#endif
