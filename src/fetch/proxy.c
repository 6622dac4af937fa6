/* proxy.c: see proxy.h. Both lists are read to their end before anything is chosen, so that a list is wrong
 * for every URL or for none.
 *
 * Credentials in an entry are refused: they have a call of their own, which keeps them out of texts that a
 * client may read back.
 */
#include "fetch/proxy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hr.h"

/* Of a proxy without one: libcurl would take 1080. */
#define HTTP_PORT  80
#define HTTPS_PORT 443

#define SEPARATORS "; \t\r\n"

struct entry {
    const char *only; /* "http=" or "https=" stood before it; NULL */
    const char *scheme;
    const char *host; /* as in the list */
    size_t host_len;
    unsigned port; /* 0: none given */
};

static const char *const schemes[] = {"http", "https"};

/* The scheme that stands at *at with `mark` after it, *at behind them; NULL: none does. */
static const char *take_scheme(const char **at, const char *end, const char *mark)
{
    size_t mark_len = strlen(mark);

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i]);

        if ((size_t)(end - *at) >= len + mark_len && strncasecmp(*at, schemes[i], len) == 0 &&
            memcmp(*at + len, mark, mark_len) == 0) {
            *at += len + mark_len;
            return schemes[i];
        }
    }
    return NULL;
}

static bool take_port(const char *at, const char *end, unsigned *out)
{
    *out = 0;
    if (at == end)
        return true;
    if (*at++ != ':' || at == end || end - at > 5)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        *out = *out * 10 + (unsigned)(*at - '0');
    }
    return *out > 0 && *out <= 65535;
}

static bool is_host_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

/* The end of the host at `at`; NULL: there is none. wild: '*' is one of its characters. */
static const char *host_end(const char *at, const char *end, bool wild)
{
    const char *start = at;

    if (at < end && *at == '[') {
        const char *close = memchr(at, ']', (size_t)(end - at));

        if (!close || close - at < 3)
            return NULL;
        for (at++; at < close; at++)
            if (!strchr("0123456789abcdefABCDEF:.", *at) && !(wild && *at == '*'))
                return NULL;
        return close + 1;
    }
    while (at < end && (is_host_char(*at) || (wild && *at == '*')))
        at++;
    return at > start ? at : NULL;
}

static bool parse_entry(const char *at, size_t len, bool wild, struct entry *out)
{
    const char *end = at + len, *host;

    *out = (struct entry){.only = wild ? NULL : take_scheme(&at, end, "=")};
    out->scheme = take_scheme(&at, end, "://");
    if (end > at && end[-1] == '/') /* "http://proxy:8080/" is often written */
        end--;
    host = host_end(at, end, wild);
    if (!host)
        return false;
    out->host = at;
    out->host_len = (size_t)(host - at);
    return take_port(host, end, &out->port);
}

/* `*` stands for any number of characters. */
static bool matches(const char *pattern, size_t len, const char *text)
{
    size_t i = 0, star = SIZE_MAX;
    const char *retry = text;

    while (*text) {
        if (i < len && pattern[i] == '*') {
            star = i++;
            retry = text;
        } else if (i < len && strncasecmp(&pattern[i], text, 1) == 0) {
            i++;
            text++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (i < len && pattern[i] == '*')
        i++;
    return i == len;
}

static bool is_local(const char *host)
{
    return !strchr(host, '.') && host[0] != '[';
}

/* The next entry from *at, len bytes; NULL: the end. */
static const char *next_entry(const char **at, size_t *len)
{
    const char *entry = *at + strspn(*at, SEPARATORS);

    *len = strcspn(entry, SEPARATORS);
    *at = entry + *len;
    return *len > 0 ? entry : NULL;
}

static HRESULT check_bypass(const char *bypass, const struct proxy_target *target, bool *bypassed)
{
    const char *text;
    struct entry entry;
    size_t len;

    *bypassed = false;
    while (bypass && (text = next_entry(&bypass, &len))) {
        if (len == 7 && strncasecmp(text, "<local>", 7) == 0) {
            *bypassed |= is_local(target->host);
            continue;
        }
        if (!parse_entry(text, len, true, &entry))
            return BG_E_INVALID_PROXY_INFO;
        if ((!entry.scheme || strcmp(entry.scheme, target->scheme) == 0) &&
            (entry.port == 0 || entry.port == target->port) &&
            matches(entry.host, entry.host_len, target->host))
            *bypassed = true;
    }
    return S_OK;
}

HRESULT proxy_choose(const char *proxies, const char *bypass, const struct proxy_target *target, char **out)
{
    struct entry entry, chosen = {0};
    const char *text;
    bool bypassed;
    size_t len, size;
    HRESULT hr = check_bypass(bypass, target, &bypassed);

    *out = NULL;
    if (FAILED(hr))
        return hr;
    if (proxies[strspn(proxies, SEPARATORS)] == '\0')
        return BG_E_INVALID_PROXY_INFO;
    while ((text = next_entry(&proxies, &len))) {
        if (!parse_entry(text, len, false, &entry))
            return BG_E_INVALID_PROXY_INFO;
        if (!chosen.host && (!entry.only || strcmp(entry.only, target->scheme) == 0))
            chosen = entry;
    }
    if (bypassed || !chosen.host)
        return S_FALSE;
    if (!chosen.scheme)
        chosen.scheme = "http";
    if (chosen.port == 0)
        chosen.port = strcmp(chosen.scheme, "https") == 0 ? HTTPS_PORT : HTTP_PORT;
    size = chosen.host_len + sizeof "https://:65535";
    *out = malloc(size);
    if (!*out)
        return E_OUTOFMEMORY;
    snprintf(*out, size, "%s://%.*s:%u", chosen.scheme, (int)chosen.host_len, chosen.host, chosen.port);
    return S_OK;
}
