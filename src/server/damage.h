/* damage.h: what is done to the bytes of one answer on their way to the client, beyond what a proper server
 * would send. Pure: bytes in, bytes out.
 *
 * The answer that comes in is a proper one with Content-Length, or without a body; what is said of lengths is
 * said by changing its head, and its body may be cut, framed as chunks, or followed by other things.
 */
#ifndef OPENBITS_SERVER_DAMAGE_H
#define OPENBITS_SERVER_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAMAGE_NEVER    UINT64_MAX
#define DAMAGE_HEAD_MAX 65536

enum damage_length {
    DAMAGE_LENGTH_KEPT,
    DAMAGE_LENGTH_OTHER,    /* Content-Length says other_length */
    DAMAGE_LENGTH_TWICE,    /* and once more, with other_length */
    DAMAGE_LENGTH_NEGATIVE, /* -1 */
    DAMAGE_LENGTH_CHUNKED,  /* kept, beside Transfer-Encoding: chunked, which the body has */
    DAMAGE_LENGTH_REPLACED, /* by Transfer-Encoding: chunked */
};

enum damage_end {
    DAMAGE_END_NONE,
    DAMAGE_END_RESET,      /* RST */
    DAMAGE_END_GARBAGE,    /* bytes that are no HTTP, then an orderly close */
    DAMAGE_END_LAST_CHUNK, /* the last chunk, although more was to come; the connection stays */
    DAMAGE_END_CLOSE,      /* an orderly close */
};

/* What is to be done; damage_init is nothing. */
struct damage {
    enum damage_length length;
    uint64_t other_length;
    enum damage_end end;
    uint64_t end_at; /* of the body; DAMAGE_NEVER: after its last byte */
};

void damage_init(struct damage *d);
bool damage_is_none(const struct damage *d);

#endif
