/* url.c: URLs by libcurl's own parser, so that what is checked is what is fetched.
 *
 * A redirect never brings credentials of its own: whoever writes Location would choose what we say to the
 * next server. Those of the URL that was asked for go along only to its own origin.
 */
#include "fetch/url.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

static void curlu_free_at(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void curl_free_at(char **text)
{
    curl_free(*text);
}

static bool is_web(const char *scheme)
{
    return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

HRESULT url_check(const char *url)
{
    CLEANUP(curlu_free_at) CURLU *u = curl_url();
    CLEANUP(curl_free_at) char *scheme = NULL;

    if (!u)
        return E_OUTOFMEMORY;
    switch (curl_url_set(u, CURLUPART_URL, url, 0)) {
    case CURLUE_OK:
        break;
    case CURLUE_OUT_OF_MEMORY:
        return E_OUTOFMEMORY;
    default:
        return E_INVALIDARG;
    }
    if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return E_OUTOFMEMORY;
    return is_web(scheme) ? S_OK : E_INVALIDARG;
}

/* Scheme, host and port agree; false too if memory is short, which only withholds credentials. */
static bool same_origin(CURLU *a, CURLU *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        CLEANUP(curl_free_at) char *x = NULL;
        CLEANUP(curl_free_at) char *y = NULL;

        if (curl_url_get(a, parts[i], &x, CURLU_DEFAULT_PORT) != CURLUE_OK ||
            curl_url_get(b, parts[i], &y, CURLU_DEFAULT_PORT) != CURLUE_OK || strcasecmp(x, y) != 0)
            return false;
    }
    return true;
}

/* to gets what from has of it, or nothing. */
static bool copy_credential(CURLU *to, CURLU *from, CURLUPart part)
{
    CLEANUP(curl_free_at) char *value = NULL;

    (void)curl_url_get(from, part, &value, 0); /* what is not there stays NULL, and is removed from to */
    return curl_url_set(to, part, value, 0) == CURLUE_OK;
}

bool url_same_origin(const char *a, const char *b)
{
    CLEANUP(curlu_free_at) CURLU *x = curl_url();
    CLEANUP(curlu_free_at) CURLU *y = curl_url();

    if (strcmp(a, b) == 0)
        return true;
    return x && y && curl_url_set(x, CURLUPART_URL, a, 0) == CURLUE_OK &&
           curl_url_set(y, CURLUPART_URL, b, 0) == CURLUE_OK && same_origin(x, y);
}

HRESULT url_parts_init(struct url_parts *parts, const char *url)
{
    CLEANUP(curlu_free_at) CURLU *u = curl_url();
    CLEANUP(curl_free_at) char *scheme = NULL;
    CLEANUP(curl_free_at) char *host = NULL;
    CLEANUP(curl_free_at) char *port = NULL;

    *parts = (struct url_parts){0};
    if (!u)
        return E_OUTOFMEMORY;
    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        return E_INVALIDARG;
    if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return E_OUTOFMEMORY;
    *parts = (struct url_parts){strdup(scheme), strdup(host), (unsigned)strtoul(port, NULL, 10)};
    if (parts->scheme && parts->host)
        return S_OK;
    url_parts_release(parts);
    return E_OUTOFMEMORY;
}

void url_parts_release(struct url_parts *parts)
{
    free(parts->scheme);
    free(parts->host);
    *parts = (struct url_parts){0};
}

HRESULT url_follow(const char *base, const char *location, size_t len, unsigned flags, char **out)
{
    CLEANUP(curlu_free_at) CURLU *none = curl_url();
    CLEANUP(curlu_free_at) CURLU *from = curl_url();
    CLEANUP(curlu_free_at) CURLU *to = NULL;
    CLEANUP(curl_free_at) char *old_scheme = NULL;
    CLEANUP(curl_free_at) char *scheme = NULL;
    CLEANUP(curl_free_at) char *whole = NULL;
    AUTOFREE char *target = strndup(location, len);
    CURLU *giver;

    *out = NULL;
    if (!none || !from || !target || curl_url_set(from, CURLUPART_URL, base, 0) != CURLUE_OK)
        return E_OUTOFMEMORY;
    to = curl_url_dup(from);
    if (!to)
        return E_OUTOFMEMORY;
    /* Relative to what it held; CURLU_URLENCODE since servers send spaces and bytes above 127 as they are. */
    switch (curl_url_set(to, CURLUPART_URL, target, CURLU_URLENCODE)) {
    case CURLUE_OK:
        break;
    case CURLUE_OUT_OF_MEMORY:
        return E_OUTOFMEMORY;
    default:
        return S_FALSE;
    }
    if (curl_url_get(from, CURLUPART_SCHEME, &old_scheme, 0) != CURLUE_OK ||
        curl_url_get(to, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return E_OUTOFMEMORY;
    if (!is_web(scheme))
        return S_FALSE;
    if (strcmp(old_scheme, "https") == 0 && strcmp(scheme, "https") != 0 && !(flags & URL_FOLLOW_TO_HTTP))
        return S_FALSE;

    giver = same_origin(from, to) ? from : none;
    if (!copy_credential(to, giver, CURLUPART_USER) || !copy_credential(to, giver, CURLUPART_PASSWORD) ||
        curl_url_set(to, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
        curl_url_get(to, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        return E_OUTOFMEMORY;
    *out = strdup(whole);
    return *out ? S_OK : E_OUTOFMEMORY;
}

char *url_public(const char *url)
{
    static const CURLUPart secrets[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                        CURLUPART_FRAGMENT};
    CLEANUP(curlu_free_at) CURLU *u = curl_url();
    CLEANUP(curl_free_at) char *whole = NULL;

    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        return NULL;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (curl_url_set(u, secrets[i], NULL, 0) != CURLUE_OK)
            return NULL;
    return curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK ? strdup(whole) : NULL;
}
