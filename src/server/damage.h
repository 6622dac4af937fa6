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
    DAMAGE_END_GARBAGE,    /* bytes that are no chunk where one is due, then an orderly close */
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

/* Which answer it is for. */
struct damage_plan {
    struct damage damage;
    uint64_t start;       /* where in the stream the answer's first byte is */
    uint64_t body_length; /* of the proper answer; 0 for one without a body */
};

enum damage_state {
    DAMAGE_PASS, /* not within an answer with a plan */
    DAMAGE_HEAD,
    DAMAGE_BODY,
    DAMAGE_DROP,   /* the rest of a body that has ended for the client */
    DAMAGE_CLOSED, /* nothing passes any more */
    DAMAGE_RESET,
};

/* The answers of one connection. */
struct damage_stream {
    enum damage_state state;
    struct damage_plan plan;
    uint64_t position, body_position; /* what came in so far: altogether, and of this body */
    char *head;                       /* owned, as far as it came */
    size_t head_len;
    char *out; /* owned: what is to go to the client; whoever sends it takes it off */
    size_t out_len, out_size;
    bool failed; /* memory was short, or a head too long */
};

/* All zero is a new one. */
void damage_stream_release(struct damage_stream *s);

/* The next byte is the first of this answer: plan->start is s->position. */
void damage_stream_begin(struct damage_stream *s, const struct damage_plan *plan);

/* Takes all; what comes after DAMAGE_CLOSED or DAMAGE_RESET is dropped. */
void damage_stream_feed(struct damage_stream *s, const char *bytes, size_t len);

#endif
