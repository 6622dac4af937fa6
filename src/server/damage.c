/* damage.c: what is done to the bytes of one answer on their way to the client.
 *
 * A head is collected until it is complete, changed and sent on; of a body only positions are counted.
 * Garbage is put where a chunk's length is due: in a body with Content-Length nobody could tell it from
 * content.
 */
#define _GNU_SOURCE
#include "server/damage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void damage_init(struct damage *d)
{
    *d = (struct damage){.end_at = DAMAGE_NEVER};
}

bool damage_is_none(const struct damage *d)
{
    return d->length == DAMAGE_LENGTH_KEPT && d->end == DAMAGE_END_NONE;
}

void damage_stream_release(struct damage_stream *s)
{
    free(s->head);
    free(s->out);
    *s = (struct damage_stream){0};
}

static void put(struct damage_stream *s, const char *bytes, size_t len)
{
    if (s->out_size - s->out_len < len) {
        size_t size = s->out_len + len + 4096;
        char *out = realloc(s->out, size);

        if (!out) {
            s->failed = true;
            return;
        }
        s->out = out;
        s->out_size = size;
    }
    memcpy(s->out + s->out_len, bytes, len);
    s->out_len += len;
}

__attribute__((format(printf, 2, 3))) static void putf(struct damage_stream *s, const char *format, ...)
{
    char text[128];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0)
        put(s, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

static bool has_chunks(const struct damage_stream *s)
{
    return s->plan.damage.length == DAMAGE_LENGTH_CHUNKED || s->plan.damage.length == DAMAGE_LENGTH_REPLACED;
}

/* One line of the head, CRLF included, that says the length. */
static void put_length_line(struct damage_stream *s, const char *line, size_t len)
{
    unsigned long long other = s->plan.damage.other_length;

    switch (s->plan.damage.length) {
    case DAMAGE_LENGTH_KEPT:
        put(s, line, len);
        break;
    case DAMAGE_LENGTH_OTHER:
        putf(s, "Content-Length: %llu\r\n", other);
        break;
    case DAMAGE_LENGTH_TWICE:
        put(s, line, len);
        putf(s, "Content-Length: %llu\r\n", other);
        break;
    case DAMAGE_LENGTH_NEGATIVE:
        putf(s, "Content-Length: -1\r\n");
        break;
    case DAMAGE_LENGTH_CHUNKED:
        put(s, line, len);
        putf(s, "Transfer-Encoding: chunked\r\n");
        break;
    case DAMAGE_LENGTH_REPLACED:
        putf(s, "Transfer-Encoding: chunked\r\n");
        break;
    }
}

static void put_head(struct damage_stream *s)
{
    static const char name[] = "Content-Length:";

    for (size_t at = 0; at < s->head_len;) {
        const char *line = s->head + at, *end = memchr(line, '\n', s->head_len - at);
        size_t len = end ? (size_t)(end - line) + 1 : s->head_len - at;

        if (len >= sizeof name && strncasecmp(line, name, sizeof name - 1) == 0)
            put_length_line(s, line, len);
        else
            put(s, line, len);
        at += len;
    }
}

/* The client's body ends here, before or after the proper one does. */
static void end_body(struct damage_stream *s)
{
    static const char garbage[] = "\x16\x03\x01lskdu018973t09sylgasjkfg1][]'./.sdlv\r\n\xff\xfe\r\n";

    switch (s->plan.damage.end) {
    case DAMAGE_END_NONE:
        s->state = DAMAGE_PASS;
        break;
    case DAMAGE_END_LAST_CHUNK:
        put(s, "0\r\n\r\n", 5);
        s->state = s->body_position < s->plan.body_length ? DAMAGE_DROP : DAMAGE_PASS;
        break;
    case DAMAGE_END_RESET:
        s->state = DAMAGE_RESET;
        break;
    case DAMAGE_END_GARBAGE:
        put(s, garbage, sizeof garbage - 1);
        s->state = DAMAGE_CLOSED;
        break;
    case DAMAGE_END_CLOSE:
        s->state = DAMAGE_CLOSED;
        break;
    }
}

/* Where the next change of state is due: the body's end, or the fault's. */
static void check_end(struct damage_stream *s)
{
    if (s->body_position == s->plan.damage.end_at && s->plan.damage.end != DAMAGE_END_NONE) {
        end_body(s);
        return;
    }
    if (s->body_position < s->plan.body_length)
        return;
    if (has_chunks(s) && s->plan.body_length && s->plan.damage.end != DAMAGE_END_LAST_CHUNK)
        put(s, "0\r\n\r\n", 5);
    end_body(s);
}

void damage_stream_begin(struct damage_stream *s, const struct damage_plan *plan)
{
    if (s->state == DAMAGE_CLOSED || s->state == DAMAGE_RESET)
        return;
    s->plan = *plan;
    s->head_len = 0;
    s->body_position = 0;
    s->state = damage_is_none(&plan->damage) ? DAMAGE_PASS : DAMAGE_HEAD;
}

/* Returns how much of it is the head's. */
static size_t feed_head(struct damage_stream *s, const char *bytes, size_t len)
{
    size_t before = s->head_len, from = before < 3 ? 0 : before - 3, room = DAMAGE_HEAD_MAX - before;
    const char *end;
    size_t taken = len < room ? len : room;

    if (!s->head)
        s->head = malloc(DAMAGE_HEAD_MAX);
    if (!s->head || taken == 0) {
        s->failed = true;
        return len;
    }
    memcpy(s->head + before, bytes, taken);
    s->head_len += taken;
    end = memmem(s->head + from, s->head_len - from, "\r\n\r\n", 4);
    if (!end)
        return taken;
    s->head_len = (size_t)(end - s->head) + 4;
    put_head(s);
    s->state = DAMAGE_BODY;
    check_end(s);
    return s->head_len - before;
}

static size_t feed_body(struct damage_stream *s, const char *bytes, size_t len)
{
    uint64_t end = s->plan.body_length;
    size_t n;

    if (s->state == DAMAGE_BODY && s->plan.damage.end != DAMAGE_END_NONE && s->plan.damage.end_at < end)
        end = s->plan.damage.end_at;
    n = end - s->body_position < len ? (size_t)(end - s->body_position) : len;
    if (s->state == DAMAGE_BODY) {
        if (has_chunks(s))
            putf(s, "%zx\r\n", n);
        put(s, bytes, n);
        if (has_chunks(s))
            put(s, "\r\n", 2);
    }
    s->body_position += n;
    if (s->state == DAMAGE_BODY)
        check_end(s);
    else if (s->body_position == s->plan.body_length)
        s->state = DAMAGE_PASS;
    return n;
}

void damage_stream_feed(struct damage_stream *s, const char *bytes, size_t len)
{
    while (len > 0 && !s->failed) {
        size_t n = len;

        switch (s->state) {
        case DAMAGE_PASS:
            put(s, bytes, len);
            break;
        case DAMAGE_HEAD:
            n = feed_head(s, bytes, len);
            break;
        case DAMAGE_BODY:
        case DAMAGE_DROP:
            n = feed_body(s, bytes, len);
            break;
        case DAMAGE_CLOSED:
        case DAMAGE_RESET:
            break;
        }
        s->position += n;
        bytes += n;
        len -= n;
    }
}
