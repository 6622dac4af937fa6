/* fetch.h: HTTP range requests by libcurl's multi interface; the only room that knows curl.
 *
 * What comes back through the sink has been proved (decision 24): a 206 whose Content-Range and total agree
 * with what was asked, or a 200 with a known length for a request without Range; the version is the
 * expected one; no content coding. Anything else is an HRESULT and not one byte. The whole table is in
 * proof.h. Results, besides S_OK and S_FALSE (source.h):
 *
 *   BG_E_HTTP_ERROR_nnn            the server's status is an error (a redirect that may not be followed too)
 *   BG_E_MISSING_FILE_SIZE         no length where one is needed
 *   BG_E_INSUFFICIENT_RANGE_SUPPORT  200 for a Range, or Content-Range missing or wrong
 *   BG_E_INVALID_RANGE             416 and the total says that the range lies outside
 *   BG_E_REMOTE_FILE_CHANGED       412, or size, Last-Modified or ETag are not the expected ones
 *   BG_E_INVALID_SERVER_RESPONSE   a content coding, or a body that contradicts its headers
 *   HR_WINHTTP_NAME, _CANNOT_CONNECT, _TIMEOUT, _CONNECTION, _SECURE_FAILURE, _CLIENT_CERT
 *                                  the network; _CONNECTION also for a body that ended too early
 *   HR_WINHTTP_INVALID_RESPONSE    what came is not HTTP
 *   E_OUTOFMEMORY                  memory
 */
#ifndef OPENBITS_FETCH_FETCH_H
#define OPENBITS_FETCH_FETCH_H

#include "fetch/source.h"
#include "trace/trace.h"

struct fetch_config {
    struct trace *trace;        /* NULL: none; borrowed until free */
    const char *user_agent;     /* NULL: "Microsoft BITS/7.8" */
    const char *ca_file;        /* NULL: the system's */
    unsigned max_connections;   /* kept alive at most; 0: 16 */
    uint32_t connect_timeout_s; /* 0: 30 */
    uint32_t stall_timeout_s;   /* 0: 60; less than one byte a second for so long is HR_WINHTTP_TIMEOUT */
};

/* libcurl is initialised once a process (decision 11). E_OUTOFMEMORY, E_FAIL if libcurl cannot start. */
HRESULT fetch_new(const struct fetch_config *config, struct fetch_source **out);

#endif
