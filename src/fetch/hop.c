/* hop.c: see hop.h.
 *
 * Headers, credentials and method are for the origin of the URL that the client named; another origin gets
 * the default headers and no credentials (decision 27). Its own challenge stays unanswered, too: it could
 * have been chosen by whoever wrote the redirect.
 *
 * Credentials wait for a challenge, as BITS' do: of those that fit it the strongest scheme is used, so each
 * scheme can have an entry of its own, and a server that asks for none sees none. What worked is remembered,
 * and the next request of the same options sends it at once. A scheme that takes several steps (Digest, NTLM,
 * Negotiate) is libcurl's to play.
 */
#include "fetch/hop.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/secret.h"
#include "fetch/errors.h"
#include "fetch/proxy.h"

static const char *const default_lines[] = {"Accept-Encoding: identity", "Connection: Keep-Alive"};

#define DEFAULT_LINES (sizeof default_lines / sizeof default_lines[0])

/* --- options --- */

static HRESULT append(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (!longer)
        return E_OUTOFMEMORY;
    *list = longer;
    return S_OK;
}

HRESULT hop_default_headers(struct curl_slist **out)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; SUCCEEDED(hr) && i < DEFAULT_LINES; i++)
        hr = append(out, default_lines[i]);
    return hr;
}

/* Whether `headers` has a line of the name that `line` has. */
static bool replaced(const char *headers, const char *line)
{
    size_t name = strcspn(line, ":") + 1;

    for (const char *at = headers; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncasecmp(at, line, name) == 0)
            return true;
    }
    return false;
}

/* libcurl wants a header without a value as "Name;", else it sends none. */
static HRESULT append_own(struct curl_slist **list, const char *line, size_t len)
{
    CLEANUP(secret_free_at) char *copy = strndup(line, len);
    char *value;

    if (!copy)
        return E_OUTOFMEMORY;
    value = strchr(copy, ':');
    if (value && value[1 + strspn(value + 1, " \t")] == '\0')
        strcpy(value, ";");
    return append(list, copy);
}

static HRESULT make_headers(const char *own, struct curl_slist **out)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; SUCCEEDED(hr) && i < DEFAULT_LINES; i++)
        if (!own || !replaced(own, default_lines[i]))
            hr = append(out, default_lines[i]);
    while (SUCCEEDED(hr) && own && *own) {
        size_t len = strcspn(own, "\r\n");

        hr = len > 0 ? append_own(out, own, len) : S_OK;
        own += len;
        own += strspn(own, "\r\n");
    }
    return hr;
}

/* NULL stays NULL. False: out of memory. */
static bool copy_text(const char *in, char **out)
{
    *out = in ? strdup(in) : NULL;
    return !in || *out;
}

static HRESULT copy_credentials(struct fetch_options *o, const struct fetch_options_config *config)
{
    if (config->credential_count == 0)
        return S_OK;
    o->credentials = calloc(config->credential_count, sizeof *o->credentials);
    if (!o->credentials)
        return E_OUTOFMEMORY;
    o->credential_count = config->credential_count;
    for (size_t i = 0; i < o->credential_count; i++) {
        const struct fetch_credential *from = &config->credentials[i];
        struct credential *to = &o->credentials[i];

        to->target = from->target;
        to->scheme = from->scheme;
        if (!copy_text(from->user ? from->user : "", &to->user) ||
            !copy_text(from->password ? from->password : "", &to->password))
            return E_OUTOFMEMORY;
    }
    return S_OK;
}

static HRESULT make_share(struct fetch_options *o)
{
    o->share = curl_share_init();
    if (!o->share)
        return E_OUTOFMEMORY;
    return curl_share_setopt(o->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK ? S_OK : E_FAIL;
}

HRESULT fetch_options_new(const struct fetch_options_config *config, struct fetch_options **out)
{
    struct fetch_options *o = calloc(1, sizeof *o);
    HRESULT hr;

    *out = NULL;
    if (!o)
        return E_OUTOFMEMORY;
    refcount_init(&o->refs);
    o->flags = config->flags;
    o->proxy = config->proxy;
    hr = make_headers(config->headers, &o->headers);
    if (SUCCEEDED(hr) && tls_is_special(o))
        hr = make_share(o);
    if (SUCCEEDED(hr))
        hr = copy_credentials(o, config);
    if (SUCCEEDED(hr) &&
        (!copy_text(config->method, &o->method) || !copy_text(config->proxies, &o->proxies) ||
         !copy_text(config->proxy_bypass, &o->proxy_bypass) ||
         !copy_text(config->client_certificate, &o->client_certificate) ||
         !copy_text(config->crl_file ? config->crl_file : "", &o->crl_file)))
        hr = E_OUTOFMEMORY;
    if (FAILED(hr)) {
        fetch_options_drop(o);
        return hr;
    }
    *out = o;
    return S_OK;
}

void fetch_options_hold(struct fetch_options *options)
{
    refcount_get(&options->refs);
}

void fetch_options_drop(struct fetch_options *options)
{
    struct fetch_options *o = options;

    if (!o || refcount_put(&o->refs) > 0)
        return;
    for (size_t i = 0; i < o->credential_count; i++) {
        secret_free(o->credentials[i].user);
        secret_free(o->credentials[i].password);
    }
    free(o->credentials);
    for (struct curl_slist *line = o->headers; line; line = line->next)
        secret_wipe(line->data, strlen(line->data));
    curl_slist_free_all(o->headers);
    for (int i = 0; i < FETCH_AUTH_TARGETS; i++)
        free(o->learned[i].peer);
    if (o->share)
        curl_share_cleanup(o->share);
    free(o->client_certificate);
    free(o->crl_file);
    free(o->method);
    free(o->proxies);
    free(o->proxy_bypass);
    free(o);
}

/* --- credentials --- */

static const struct credential *find(const struct fetch_options *options, enum fetch_auth_target target,
                                     enum fetch_auth_scheme scheme)
{
    for (size_t i = 0; i < options->credential_count; i++)
        if (options->credentials[i].target == target && options->credentials[i].scheme == scheme)
            return &options->credentials[i];
    return NULL;
}

static unsigned long curl_auth(enum fetch_auth_scheme scheme)
{
    switch (scheme) {
    case FETCH_AUTH_BASIC:
        return CURLAUTH_BASIC;
    case FETCH_AUTH_DIGEST:
        return CURLAUTH_DIGEST;
    case FETCH_AUTH_NTLM:
        return CURLAUTH_NTLM;
    case FETCH_AUTH_NEGOTIATE:
        return CURLAUTH_NEGOTIATE;
    default:
        return CURLAUTH_NONE;
    }
}

/* The handle answers with this from now on; NULL: with nothing. */
static HRESULT arm(struct hop *hop, CURL *easy, enum fetch_auth_target target, const struct credential *with)
{
    static const struct {
        CURLoption user, password, schemes;
    } options[FETCH_AUTH_TARGETS] = {
        [FETCH_AUTH_SERVER] = {CURLOPT_USERNAME, CURLOPT_PASSWORD, CURLOPT_HTTPAUTH},
        [FETCH_AUTH_PROXY] = {CURLOPT_PROXYUSERNAME, CURLOPT_PROXYPASSWORD, CURLOPT_PROXYAUTH},
    };
    enum fetch_auth_scheme scheme = with ? with->scheme : FETCH_AUTH_NONE;
    CURLcode bad;

    if (!with && hop->armed[target] == FETCH_AUTH_NONE)
        return S_OK;
    bad = curl_easy_setopt(easy, options[target].user, with ? with->user : NULL);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(easy, options[target].password, with ? with->password : NULL);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(easy, options[target].schemes, with ? curl_auth(scheme) : CURLAUTH_BASIC);
    hop->armed[target] = scheme;
    return hr_from_curl(bad);
}

static enum fetch_auth_target target_of(int status)
{
    return status == 407 ? FETCH_AUTH_PROXY : FETCH_AUTH_SERVER;
}

HRESULT hop_challenged(struct hop *hop, CURL *easy, int status)
{
    enum fetch_auth_target target = target_of(status);
    long offered = 0;

    if ((status != 401 && status != 407) || hop->armed[target] != FETCH_AUTH_NONE ||
        (target == FETCH_AUTH_SERVER && !hop->is_home))
        return S_FALSE;
    if (curl_easy_getinfo(easy,
                          target == FETCH_AUTH_PROXY ? CURLINFO_PROXYAUTH_AVAIL : CURLINFO_HTTPAUTH_AVAIL,
                          &offered) != CURLE_OK)
        return S_FALSE;
    for (int scheme = FETCH_AUTH_NEGOTIATE; scheme > FETCH_AUTH_NONE; scheme--) {
        const struct credential *with = find(hop->options, target, (enum fetch_auth_scheme)scheme);

        if (with && (unsigned long)offered & curl_auth(with->scheme)) {
            hop->answer = with;
            return S_OK;
        }
    }
    return S_FALSE;
}

bool hop_may_go_on(const struct hop *hop, int status)
{
    return (status == 401 || status == 407) && hop->armed[target_of(status)] > FETCH_AUTH_BASIC;
}

static void learn(struct hop *hop, enum fetch_auth_target target, const char *peer)
{
    char *copy;

    if (hop->armed[target] == FETCH_AUTH_NONE || hop->options->learned[target].scheme == hop->armed[target])
        return;
    copy = strdup(peer);
    if (!copy)
        return; /* the next request waits for its challenge, too */
    free(hop->options->learned[target].peer);
    hop->options->learned[target].peer = copy;
    hop->options->learned[target].scheme = hop->armed[target];
}

void hop_accepted(struct hop *hop, const char *url)
{
    learn(hop, FETCH_AUTH_SERVER, url);
    learn(hop, FETCH_AUTH_PROXY, hop->proxy ? hop->proxy : "");
}

static HRESULT arm_learned(struct hop *hop, CURL *easy, const char *url)
{
    const struct fetch_options *o = hop->options;
    const struct credential *server = NULL, *proxy = NULL;
    HRESULT hr;

    if (hop->is_home && o->learned[FETCH_AUTH_SERVER].scheme != FETCH_AUTH_NONE &&
        url_same_origin(o->learned[FETCH_AUTH_SERVER].peer, url))
        server = find(o, FETCH_AUTH_SERVER, o->learned[FETCH_AUTH_SERVER].scheme);
    if (o->learned[FETCH_AUTH_PROXY].scheme != FETCH_AUTH_NONE &&
        strcmp(o->learned[FETCH_AUTH_PROXY].peer, hop->proxy ? hop->proxy : "") == 0)
        proxy = find(o, FETCH_AUTH_PROXY, o->learned[FETCH_AUTH_PROXY].scheme);
    hr = arm(hop, easy, FETCH_AUTH_SERVER, server);
    return FAILED(hr) ? hr : arm(hop, easy, FETCH_AUTH_PROXY, proxy);
}

/* --- hops --- */

HRESULT hop_begin(struct hop *hop, struct fetch_options *options, const char *home, const char *url)
{
    *hop = (struct hop){.options = options, .method = options->method};
    hop->home = strdup(home ? home : url);
    if (!hop->home)
        return E_OUTOFMEMORY;
    fetch_options_hold(options);
    return S_OK;
}

void hop_end(struct hop *hop)
{
    if (hop->home)
        fetch_options_drop(hop->options);
    free(hop->home);
    free(hop->proxy);
    url_parts_release(&hop->parts);
    *hop = (struct hop){0};
}

void hop_redirected(struct hop *hop, int status)
{
    if (status == 303 ||
        ((status == 301 || status == 302) && hop->method && strcmp(hop->method, "POST") == 0))
        hop->method = NULL;
}

static HRESULT choose_proxy(struct hop *hop, CURL *easy, const char *url)
{
    const struct fetch_options *o = hop->options;
    CURLcode bad;
    HRESULT hr;

    if (o->proxy == FETCH_PROXY_ENVIRONMENT)
        return S_OK;
    free(TAKE(hop->proxy));
    if (o->proxy == FETCH_PROXY_LIST) {
        CLEANUP(url_parts_release) struct url_parts parts;

        hr = url_parts_init(&parts, url);
        if (SUCCEEDED(hr))
            hr = proxy_choose(o->proxies, o->proxy_bypass,
                              &(struct proxy_target){parts.scheme, parts.host, parts.port}, &hop->proxy);
        if (FAILED(hr))
            return hr;
    }
    /* "" asks no proxy, whatever the environment says. */
    bad = curl_easy_setopt(easy, CURLOPT_PROXY, hop->proxy ? hop->proxy : "");
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    return hr_from_curl(bad);
}

static HRESULT prepare_tls(struct hop *hop, CURL *easy, const char *url)
{
    HRESULT hr = S_OK;

    if (hop->options->flags & FETCH_TLS_ASK) {
        url_parts_release(&hop->parts);
        hr = url_parts_init(&hop->parts, url);
        hop->tls.host = hop->parts.host;
        hop->tls.port = hop->parts.port;
    }
    hop->tls.options = hop->options;
    return FAILED(hr) ? hr : tls_prepare(easy, &hop->tls, hop->is_home);
}

HRESULT hop_prepare(struct hop *hop, CURL *easy, const char *url)
{
    HRESULT hr;

    if (hop->answer) { /* nothing else has changed */
        const struct credential *answer = TAKE(hop->answer);

        return arm(hop, easy, answer->target, answer);
    }
    hop->is_home = url_same_origin(hop->home, url);
    hr = choose_proxy(hop, easy, url);
    if (SUCCEEDED(hr))
        hr = arm_learned(hop, easy, url);
    return FAILED(hr) ? hr : prepare_tls(hop, easy, url);
}
