/* multipart.c: the body of an answer with several ranges, made piece by piece while it is sent.
 *
 *     --BOUNDARY CRLF Content-Type: ... CRLF Content-Range: bytes a-b/size CRLF CRLF <bytes>     (first part)
 *     CRLF --BOUNDARY CRLF ...                                                                   (each other)
 *     CRLF --BOUNDARY-- CRLF                                                                     (the end)
 *
 * Nothing precedes the first boundary, and a part's headers stay below 180 bytes: both matter to clients that
 * read this strictly. A part's header is formatted when it is needed; formatting it again to learn its length
 * is cheaper than to keep it.
 */
#include "server/multipart.h"

#include <stdio.h>
#include <string.h>

#define HEADER_SIZE 512

void multipart_init(struct multipart *m, const struct slice *slices, size_t count, uint64_t file_size,
                    const char *boundary, const char *content_type)
{
    *m = (struct multipart){.slices = slices,
                            .count = count,
                            .file_size = file_size,
                            .boundary = boundary,
                            .content_type = content_type};
}

/* What stands before part number i; for i == count, what ends the body. Returns its length. */
static size_t format_header(const struct multipart *m, size_t i, char out[HEADER_SIZE])
{
    const char *lead = i ? "\r\n" : "";
    int n;

    if (i == m->count)
        n = snprintf(out, HEADER_SIZE, "%s--%s--\r\n", lead, m->boundary);
    else
        n = snprintf(out, HEADER_SIZE,
                     "%s--%s\r\nContent-Type: %s\r\nContent-Range: bytes %llu-%llu/%llu\r\n\r\n", lead,
                     m->boundary, m->content_type, (unsigned long long)m->slices[i].offset,
                     (unsigned long long)(m->slices[i].offset + m->slices[i].len - 1),
                     (unsigned long long)m->file_size);
    return n < HEADER_SIZE ? (size_t)n : HEADER_SIZE - 1;
}

static uint64_t slice_len(const struct multipart *m, size_t i)
{
    return i < m->count ? m->slices[i].len : 0;
}

bool multipart_length(const struct multipart *m, uint64_t *out)
{
    char header[HEADER_SIZE];

    *out = 0;
    for (size_t i = 0; i <= m->count; i++) {
        if (__builtin_add_overflow(*out, format_header(m, i, header), out) ||
            __builtin_add_overflow(*out, slice_len(m, i), out))
            return false;
    }
    return true;
}

ptrdiff_t multipart_read(struct multipart *m, uint64_t position, void *out, size_t max, content_fn *content,
                         void *context)
{
    char header[HEADER_SIZE];
    uint8_t *at = out;

    while (max > 0 && m->part <= m->count) {
        size_t header_len = format_header(m, m->part, header);
        uint64_t in_part = position - m->part_start, part_len = header_len + slice_len(m, m->part);
        size_t n;

        if (in_part == part_len) {
            m->part_start += part_len;
            m->part++;
            continue;
        }
        if (in_part < header_len) {
            n = header_len - (size_t)in_part < max ? header_len - (size_t)in_part : max;
            memcpy(at, header + in_part, n);
        } else {
            n = part_len - in_part < max ? (size_t)(part_len - in_part) : max;
            if (!content(m->slices[m->part].offset + (in_part - header_len), at, n, context))
                return -1;
        }
        at += n;
        position += n;
        max -= n;
    }
    return at - (uint8_t *)out;
}

void multipart_sent(const struct multipart *m, uint64_t position, uint64_t *sent_per_slice)
{
    char header[HEADER_SIZE];

    for (size_t i = 0; i < m->count; i++) {
        size_t header_len = format_header(m, i, header);
        uint64_t data = position > header_len ? position - header_len : 0;

        sent_per_slice[i] = data < m->slices[i].len ? data : m->slices[i].len;
        position = data - sent_per_slice[i];
    }
}
