/* url.h: which URLs are fetched, and where a redirect leads. */
#ifndef OPENBITS_FETCH_URL_H
#define OPENBITS_FETCH_URL_H

#include <stddef.h>

#include "openbits_types.h"

/* E_INVALIDARG: cannot be parsed, has no host, is neither http nor https; E_OUTOFMEMORY. */
HRESULT url_check(const char *url);

/* Where location (len bytes, as the header gave it) leads from base, without a fragment; *out is the
 * caller's (free). S_FALSE: it may not be followed: not http(s), from https to http, not a URL.
 * E_OUTOFMEMORY. Without S_OK *out is NULL. */
HRESULT url_follow(const char *base, const char *location, size_t len, char **out);

/* A copy without user, password, query and fragment, for traces; NULL if memory is short. */
char *url_public(const char *url);

#endif
