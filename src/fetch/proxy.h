/* proxy.h: which proxy a request goes through, by the client's two lists. Pure.
 *
 * proxies: entries with spaces or semicolons between them, "[http=|https=][http://|https://]host[:port]"; one
 * with a scheme before '=' is for such URLs only. bypass: "[http://|https://]pattern[:port]", a pattern being
 * a host with any number of '*', or "<local>": every host whose name has no dot.
 */
#ifndef OPENBITS_FETCH_PROXY_H
#define OPENBITS_FETCH_PROXY_H

#include "openbits_types.h"

struct proxy_target {
    const char *scheme, *host; /* host: of IPv6 with its brackets */
    unsigned port;
};

/* *out is the caller's (free): "http://host:port". S_FALSE: none, ask the server itself; *out is NULL.
 * BG_E_INVALID_PROXY_INFO: one of the lists cannot be read, whichever entry; E_OUTOFMEMORY. bypass
 * NULL: none. */
HRESULT proxy_choose(const char *proxies, const char *bypass, const struct proxy_target *target, char **out);

#endif
