/* http2.h: HTTP/2 on one connection, by nghttp2; the only file pair that knows it.
 *
 * Belongs to the front's thread, like a relay. Faults that damage HTTP/1.1's bytes do not strike here; an
 * answer that is cut ends in RST_STREAM.
 */
#ifndef OPENBITS_SERVER_HTTP2_H
#define OPENBITS_SERVER_HTTP2_H

#include "server/relay.h"

struct http2;

/* Takes the channel in any case. NULL: memory is short. */
struct http2 *http2_new(const struct relay_home *home, struct channel client);
/* The end of the connection; what holds or stalls still hold up must have been let go. */
void http2_free(struct http2 *h);

/* Something that was held up may have been let go: the next step looks. */
void http2_note_wake(struct http2 *h);

/* As relay_step; RELAY_IS_OVER comes when no answer is held up any more. */
enum relay_result http2_step(struct http2 *h);

#endif
