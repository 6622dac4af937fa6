/* body.c: the bytes of one answer, read at rising positions. */
#include <config.h>

#include "server/body.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void body_release(struct body *b)
{
    free(b->slices);
    *b = (struct body){0};
}

void body_set_text(struct body *b, const char *text)
{
    b->kind = BODY_TEXT;
    b->length = (uint64_t)snprintf(b->text, sizeof b->text, "%s", text);
    if (b->length >= sizeof b->text)
        b->length = sizeof b->text - 1;
}

/* A boundary must not be in the content. A client cannot make it be there without knowing it beforehand, so
 * the time and a counter go through the content's own mixer. */
static void make_boundary(char *out, size_t size)
{
    static atomic_uint_fast64_t counter;
    struct timespec now;
    uint64_t words[2];

    clock_gettime(CLOCK_REALTIME, &now);
    server_content((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30, atomic_fetch_add(&counter, 1) * 16,
                   words, sizeof words);
    snprintf(out, size, "%016llx%016llx", (unsigned long long)words[0], (unsigned long long)words[1]);
}

bool body_set_slices(struct body *b, struct resource *resource, struct slice *slices, size_t count,
                     const char *content_type)
{
    b->resource = resource;
    b->slices = slices;
    b->slice_count = count;
    if (count <= 1) {
        b->kind = BODY_SLICE;
        b->length = count ? slices[0].len : 0;
        return true;
    }
    return body_make_parts(b, content_type, NULL);
}

bool body_make_parts(struct body *b, const char *content_type, const char *boundary)
{
    b->kind = BODY_PARTS;
    if (boundary)
        snprintf(b->boundary, sizeof b->boundary, "%s", boundary);
    else
        make_boundary(b->boundary, sizeof b->boundary);
    multipart_init(&b->multipart, b->slices, b->slice_count, b->resource->size, b->boundary, content_type);
    return body_measure(b);
}

bool body_measure(struct body *b)
{
    return multipart_length(&b->multipart, &b->length) && b->length <= INT64_MAX;
}

static bool read_resource(uint64_t offset, void *out, size_t len, void *context)
{
    return resource_read(context, offset, out, len);
}

ptrdiff_t body_read(struct body *b, uint64_t position, void *out, size_t max)
{
    uint64_t left = b->length - position;
    size_t n = left < max ? (size_t)left : max;

    switch (b->kind) {
    case BODY_TEXT:
        memcpy(out, b->text + position, n);
        return (ptrdiff_t)n;
    case BODY_SLICE:
        if (n && !resource_read(b->resource, b->slices[0].offset + position, out, n))
            return -1;
        return (ptrdiff_t)n;
    case BODY_PARTS:
        return multipart_read(&b->multipart, position, out, n, read_resource, b->resource);
    case BODY_NONE:
        break;
    }
    return 0;
}

void body_sent(const struct body *b, uint64_t position, uint64_t *sent)
{
    if (b->kind == BODY_PARTS)
        multipart_sent(&b->multipart, position, sent);
    else if (b->slice_count)
        sent[0] = position;
}
