/* headers.c: collects header lines and reads those that decide.
 *
 * The text is kept as it came (R-580 shows it to clients), and fields point into it by offset. Each field we
 * act on is read the moment it comes: a second one with another value makes the answer contradictory, which
 * proof.c holds against an answer that claims to deliver bytes, but not against an error's status.
 *
 * Bounded: bytes and lines are counted over everything one request was told, so that neither a flood of
 * fields nor one of interim answers fills memory or keeps a request for ever.
 *
 * A folded line (white space first) is obsolete; it is kept in the text, and if it continues one of our
 * fields the answer is contradictory: two readers of it would see two values.
 */
#include "fetch/headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/vec.h"

#define KEPT_BYTES (16u * 1024) /* of text, from one request to the next */

struct field_name {
    const char *name;
    uint8_t len;
};

#define NAME(s)                                                                                              \
    {                                                                                                        \
        s, sizeof s - 1                                                                                      \
    }

static const struct field_name names[FETCH_FIELD_COUNT] = {
    [FETCH_FIELD_ETAG] = NAME("etag"),
    [FETCH_FIELD_LAST_MODIFIED] = NAME("last-modified"),
    [FETCH_FIELD_LOCATION] = NAME("location"),
    [FETCH_FIELD_CONTENT_RANGE] = NAME("content-range"),
    [FETCH_FIELD_CONTENT_LENGTH] = NAME("content-length"),
    [FETCH_FIELD_TRANSFER_ENCODING] = NAME("transfer-encoding"),
    [FETCH_FIELD_CONTENT_ENCODING] = NAME("content-encoding"),
    [FETCH_FIELD_CONTENT_TYPE] = NAME("content-type"),
};

/* What an answer begins with; the memory and the counts stay. */
static void begin_answer(struct fetch_headers *h)
{
    h->status = 0;
    h->content_length = FETCH_SIZE_UNKNOWN;
    h->has_content_range = h->chunked = h->coded = h->multipart = h->contradictory = false;
    h->complete = false;
    h->last = FETCH_FIELD_NONE;
    h->len = 0;
    memset(h->at, 0, sizeof h->at);
}

void fetch_headers_init(struct fetch_headers *headers)
{
    memset(headers, 0, sizeof *headers);
    begin_answer(headers);
}

void fetch_headers_release(struct fetch_headers *headers)
{
    free(headers->text);
    fetch_headers_init(headers);
}

void fetch_headers_clear(struct fetch_headers *headers)
{
    if (headers->cap > KEPT_BYTES) {
        fetch_headers_release(headers);
        return;
    }
    begin_answer(headers);
    headers->seen_bytes = 0;
    headers->seen_lines = 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum fetch_field field_of(const char *name, size_t len)
{
    for (enum fetch_field f = FETCH_FIELD_NONE + 1; f < FETCH_FIELD_COUNT; f++)
        if (names[f].len == len && strncasecmp(names[f].name, name, len) == 0)
            return f;
    return FETCH_FIELD_NONE;
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

/* "HTTP/1.1 206 Partial Content", "HTTP/2 206". */
static int parse_status(const char *line, size_t len)
{
    const char *space;

    if (len < 5 || strncasecmp(line, "HTTP/", 5) != 0)
        return 0;
    space = memchr(line, ' ', len);
    if (!space)
        return 0;
    while (space < line + len && *space == ' ')
        space++;
    if (line + len - space < 3 || !is_digit(space[0]) || !is_digit(space[1]) || !is_digit(space[2]))
        return 0;
    if (line + len - space > 3 && is_digit(space[3]))
        return 0;
    return (space[0] - '0') * 100 + (space[1] - '0') * 10 + (space[2] - '0');
}

static void read_field(struct fetch_headers *h, enum fetch_field field, const char *value, size_t len)
{
    uint64_t number;

    switch (field) {
    case FETCH_FIELD_CONTENT_LENGTH:
        if (content_range_number(value, len, &number))
            h->content_length = number;
        else
            h->contradictory = true;
        break;
    case FETCH_FIELD_CONTENT_RANGE:
        h->has_content_range = content_range_parse(value, len, &h->content_range);
        break;
    case FETCH_FIELD_TRANSFER_ENCODING:
        /* Anything else was not asked for, and would be undone before we see it. */
        if (is_word(value, len, "chunked"))
            h->chunked = true;
        else if (len > 0 && !is_word(value, len, "identity"))
            h->contradictory = true;
        break;
    case FETCH_FIELD_CONTENT_ENCODING:
        h->coded = len > 0 && !is_word(value, len, "identity");
        break;
    case FETCH_FIELD_CONTENT_TYPE:
        h->multipart = len >= 20 && strncasecmp(value, "multipart/byteranges", 20) == 0;
        break;
    default: /* its text is all there is to it */
        break;
    }
}

/* line[0, len) stands at text + start; it has no line end. */
static void note_field(struct fetch_headers *h, const char *line, size_t len, size_t start)
{
    const char *colon = memchr(line, ':', len);
    const char *value, *end = line + len;
    enum fetch_field field;
    size_t value_len;

    h->last = FETCH_FIELD_NONE;
    if (!colon)
        return;
    field = field_of(line, (size_t)(colon - line));
    if (field == FETCH_FIELD_NONE)
        return;
    for (value = colon + 1; value < end && is_blank(*value); value++)
        ;
    while (end > value && is_blank(end[-1]))
        end--;
    value_len = (size_t)(end - value);
    h->last = field;
    if (h->at[field] != 0) {
        if (h->value_len[field] != value_len || memcmp(h->text + h->at[field], value, value_len) != 0)
            h->contradictory = true;
        return;
    }
    h->at[field] = (uint32_t)(start + (size_t)(value - line));
    h->value_len[field] = (uint32_t)value_len;
    read_field(h, field, value, value_len);
}

enum fetch_headers_step fetch_headers_line(struct fetch_headers *headers, const char *line, size_t len)
{
    struct fetch_headers *h = headers;
    size_t start;

    if (h->complete && h->status >= 200)
        return FETCH_HEADERS_MORE; /* a trailer */

    h->seen_bytes += len;
    if (h->seen_bytes > FETCH_HEADERS_MAX_BYTES || ++h->seen_lines > FETCH_HEADERS_MAX_LINES)
        return FETCH_HEADERS_REFUSED;

    if (len > 0 && line[len - 1] == '\n')
        len--;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (memchr(line, 0, len))
        return FETCH_HEADERS_REFUSED;

    if (h->status == 0 || h->complete) { /* the first line, or the one after an interim answer */
        begin_answer(h);
        h->status = parse_status(line, len);
        if (h->status == 0)
            return FETCH_HEADERS_REFUSED;
    } else if (len == 0) {
        h->complete = true;
        return h->status >= 200 ? FETCH_HEADERS_COMPLETE : FETCH_HEADERS_MORE;
    }

    start = h->len;
    if (!vec_reserve((void **)&h->text, &h->cap, start + len + 3, 1))
        return FETCH_HEADERS_NO_MEMORY;
    memcpy(h->text + start, line, len);
    memcpy(h->text + start + len, "\r\n", 3);
    h->len = start + len + 2;

    if (start == 0)
        return FETCH_HEADERS_MORE; /* the status line */
    if (len > 0 && is_blank(line[0]))
        h->contradictory |= h->last != FETCH_FIELD_NONE;
    else
        note_field(h, h->text + start, len, start);
    return FETCH_HEADERS_MORE;
}

const char *fetch_headers_value(const struct fetch_headers *headers, enum fetch_field field, size_t *len)
{
    if (headers->at[field] == 0 || headers->value_len[field] == 0)
        return NULL;
    *len = headers->value_len[field];
    return headers->text + headers->at[field];
}

const char *fetch_headers_text(const struct fetch_headers *headers)
{
    return headers->len > 0 ? headers->text : NULL;
}
