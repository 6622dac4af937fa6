/* http1.h: HTTP/1.1 on a listening socket, by libmicrohttpd; the only file pair that knows it. */
#ifndef OPENBITS_SERVER_HTTP1_H
#define OPENBITS_SERVER_HTTP1_H

#include "server/hold.h"
#include "server/log.h"
#include "server/resource.h"

struct http1;

/* All borrowed until http1_stop, but for the socket: it is taken in any case. threads is at least 1.
 * E_OUTOFMEMORY or E_FAIL. */
HRESULT http1_start(int listen_fd, unsigned threads, const struct site *site, struct hold *hold,
                    struct log *log, struct http1 **out);

/* Ends all connections and waits for the threads. hold_end comes before. NULL is allowed. */
void http1_stop(struct http1 *h);

#endif
