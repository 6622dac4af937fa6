/* url.h: which URLs are fetched, and where a redirect leads. */
#ifndef OPENBITS_FETCH_URL_H
#define OPENBITS_FETCH_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "openbits_types.h"

/* E_INVALIDARG: cannot be parsed, has no host, is neither http nor https; E_OUTOFMEMORY. */
HRESULT url_check(const char *url);

enum url_follow_flags {
    URL_FOLLOW_TO_HTTP = 1, /* from https too */
};

/* Where location (len bytes, as the header gave it) leads from base, without a fragment; *out is the
 * caller's (free). S_FALSE: it may not be followed: not http(s), from https to http, not a URL.
 * E_OUTOFMEMORY. Without S_OK *out is NULL. flags: enum url_follow_flags. */
HRESULT url_follow(const char *base, const char *location, size_t len, unsigned flags, char **out);

/* Scheme, host and port agree. False too if memory is short, or one of them cannot be parsed. */
bool url_same_origin(const char *a, const char *b);

struct url_parts {
    char *scheme, *host; /* host: of IPv6 with its brackets */
    unsigned port;       /* the scheme's, if the URL has none */
};

/* E_INVALIDARG, E_OUTOFMEMORY. */
HRESULT url_parts_init(struct url_parts *parts, const char *url);
void url_parts_release(struct url_parts *parts);

/* A copy without user, password, query and fragment, for traces; NULL if memory is short. */
char *url_public(const char *url);

#endif
