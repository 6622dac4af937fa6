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

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Boundary and type are bounded by who makes them. */
#define HEADER_SIZE (1024 + 2 * MULTIPART_EXTRA_MAX)

void multipart_init(struct multipart *m, const struct slice *slices, size_t count, uint64_t file_size,
                    const char *boundary, const char *content_type)
{
    *m = (struct multipart){.slices = slices,
                            .count = count,
                            .file_size = file_size,
                            .boundary = boundary,
                            .content_type = content_type};
}

/* Appends at n; returns the new end. */
__attribute__((format(printf, 3, 4))) static size_t put(char out[HEADER_SIZE], size_t n, const char *format,
                                                        ...)
{
    va_list args;
    int more;

    va_start(args, format);
    more = vsnprintf(out + n, HEADER_SIZE - n, format, args);
    va_end(args);
    return more < 0 ? n : n + (size_t)more < HEADER_SIZE ? n + (size_t)more : HEADER_SIZE - 1;
}

/* What stands before part number i; for i == count, what ends the body. Returns its length. */
static size_t format_header(const struct multipart *m, size_t i, char out[HEADER_SIZE])
{
    const struct multipart_style *style = &m->style;
    enum part_range range = i + 1 == style->odd_part ? style->odd_range : PART_RANGE;
    size_t n = 0;

    for (unsigned line = 0; i == 0 && line < style->lines_before && n + 2 < MULTIPART_EXTRA_MAX; line++)
        n = put(out, n, "\r\n");
    n = put(out, n, "%s--%s", i ? "\r\n" : "", m->boundary);
    if (i == m->count)
        return put(out, n, "--\r\n");
    n = put(out, n, "\r\nContent-Type: %s\r\n", m->content_type);
    if (style->extra > strlen("X-Extra: \r\n"))
        n = put(out, n, "X-Extra: %0*d\r\n", (int)(style->extra - strlen("X-Extra: \r\n")), 0);
    if (range == PART_RANGE)
        n = put(out, n, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)m->slices[i].offset,
                (unsigned long long)(m->slices[i].offset + m->slices[i].len - 1),
                (unsigned long long)m->file_size);
    else if (range == PART_RANGE_GARBLED)
        n = put(out, n, "Content-Range: bytes=%llu+%llu\r\n", (unsigned long long)m->slices[i].offset,
                (unsigned long long)m->slices[i].len);
    return put(out, n, "\r\n");
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
