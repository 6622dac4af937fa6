/* hop.h: what the options of a request mean for one hop of it: which of them go to this server, and how.
 *
 * Private to fetch. Only requests that have options come here; their handle is not used again.
 */
#ifndef OPENBITS_FETCH_HOP_H
#define OPENBITS_FETCH_HOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/refcount.h"
#include "fetch/certificate.h"
#include "fetch/options.h"
#include "fetch/tls.h"
#include "fetch/url.h"

struct fetch_request;

struct credential {
    enum fetch_auth_target target;
    enum fetch_auth_scheme scheme;
    char *user, *password;
};

struct fetch_options {
    struct refcount refs;
    unsigned flags;             /* enum fetch_option_flags */
    struct curl_slist *headers; /* the default ones and the client's, which replace those of their names */
    char *method;
    enum fetch_proxy_usage proxy;
    char *proxies, *proxy_bypass;
    struct credential *credentials;
    size_t credential_count;
    char *client_certificate, *crl_file;
    CURLSH *share; /* connections of these options alone; NULL: they are like everybody's */

    /* Which challenge was met last, so that the next request need not wait for it. The source's thread. */
    struct {
        enum fetch_auth_scheme scheme; /* FETCH_AUTH_NONE: nothing is known */
        char *peer;                    /* a URL of the server; the proxy as hop.c chose it */
    } learned[FETCH_AUTH_TARGETS];
};

/* Part of a request: how the options apply to the hop under way. */
struct hop {
    struct fetch_options *options;   /* held */
    char *home;                      /* the URL whose origin the options were given for */
    char *proxy;                     /* of the list; "" is the environment's or none */
    const char *method;              /* NULL: GET or HEAD */
    bool is_home;                    /* this hop's server is of that origin */
    const struct credential *answer; /* the next hop is this one once more, with these; or NULL */
    enum fetch_auth_scheme armed[FETCH_AUTH_TARGETS];
    struct url_parts parts; /* of this hop's URL, if tls wants to know */
    struct tls_context tls;
};

/* R-533's header set, beside what libcurl sends by itself: Host, User-Agent and "Accept: * / *".
 * E_OUTOFMEMORY: *out is what there is of it. */
HRESULT hop_default_headers(struct curl_slist **out);

/* home NULL: url is. E_OUTOFMEMORY. */
HRESULT hop_begin(struct hop *hop, struct fetch_options *options, const char *home, const char *url);
void hop_end(struct hop *hop);

/* Sets in the handle what this hop's URL needs. BG_E_INVALID_PROXY_INFO, E_OUTOFMEMORY. */
HRESULT hop_prepare(struct hop *hop, CURL *easy, const char *url);

/* Follows a redirect of this status: what becomes of the method. */
void hop_redirected(struct hop *hop, int status);

/* The server (401) or proxy (407) wants credentials. S_OK: there are some that were not tried, and the next
 * hop_prepare will set them. S_FALSE: there are none. Sets nothing in the handle: libcurl is at work. */
HRESULT hop_challenged(struct hop *hop, CURL *easy, int status);

/* Whether libcurl may answer this status by itself, since its scheme takes several steps. */
bool hop_may_go_on(const struct hop *hop, int status);

/* The answer is one that credentials cannot better: they were right, if any were needed. */
void hop_accepted(struct hop *hop, const char *url);

#endif
