/* http1.h: HTTP/1.1 on connections that the front gives it, by libmicrohttpd. */
#ifndef OPENBITS_SERVER_HTTP1_H
#define OPENBITS_SERVER_HTTP1_H

#include <sys/socket.h>

#include "server/link.h"
#include "server/service.h"

struct http1;

/* service is borrowed until http1_stop. threads is at least 1. E_OUTOFMEMORY or E_FAIL. */
HRESULT http1_start(unsigned threads, struct service *service, struct http1 **out);

/* A connection to be served. Takes fd, which does not block, and link (NULL: it is not relayed) in any case.
 */
void http1_add(struct http1 *h, int fd, const struct sockaddr *address, socklen_t address_len,
               struct link *link);

/* Ends all connections and waits for the threads. hold_end, stall_end and front_close come before. NULL is
 * allowed. */
void http1_stop(struct http1 *h);

#endif
