/* fault_parts.c: family B, several ranges in one request. */
#include <config.h>

#include "server/fault_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool finds_parts(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.body.kind == BODY_PARTS;
}

static bool finds_parts_or_slice(const struct fault_spec *spec, const struct exchange *e)
{
    return finds_parts(spec, e) || fault_finds_slice(spec, e);
}

static bool finds_multi_range(const struct fault_spec *spec, const struct exchange *e)
{
    const char *range = exchange_asked(e, "Range");

    return range && (spec->values[FAULT_AS] == 0 || strstr(range, ", "));
}

static bool finds_too_many(const struct fault_spec *spec, const struct exchange *e)
{
    const char *range = exchange_asked(e, "Range");
    int64_t count = 1;

    for (; range && *range; range++)
        count += *range == ',';
    return range && count > spec->values[FAULT_LIMIT];
}

/* A Range header for these slices, or NULL. */
static char *range_text(const struct slice *slices, size_t count)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (!f)
        return NULL;
    for (size_t i = 0; i < count; i++)
        fprintf(f, "%s%llu-%llu", i ? "," : "bytes=", (unsigned long long)slices[i].offset,
                (unsigned long long)(slices[i].offset + slices[i].len - 1));
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void ask_for_first(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_set_range(e, range_text(e->answer.body.slices, 1));
}

static void say_416(struct exchange *e, const struct strike *s)
{
    (void)s;
    answer_say_unsatisfiable(&e->answer, true);
}

/* The first slice only, under a Content-Range that lists them all. */
static void list_ranges(struct exchange *e, const struct strike *s)
{
    char *list, *text = NULL;

    (void)s;
    if (!finds_parts(NULL, e))
        return;
    list = range_text(e->answer.body.slices, e->answer.body.slice_count);
    if (!list || asprintf(&text, "bytes %s/%llu", list + strlen("bytes="),
                          (unsigned long long)e->answer.resource.size) < 0) {
        e->answer.headers.failed = true;
        free(list);
        return;
    }
    headers_set(&e->answer.headers, "Content-Range", text);
    headers_set(&e->answer.headers, "Content-Type", answer_content_type(&e->answer));
    e->answer.body.kind = BODY_SLICE;
    e->answer.body.slice_count = 1;
    e->answer.body.length = e->answer.promised = e->answer.body.slices[0].len;
    free(text);
    free(list);
}

static void measure(struct exchange *e)
{
    if (!body_measure(&e->answer.body))
        e->answer.headers.failed = true;
    e->answer.promised = e->answer.body.length;
}

/* As parts under this boundary, which the head has in quotes; NULL: a plain one. */
static void say_parts(struct exchange *e, const char *boundary)
{
    struct body *body = &e->answer.body;
    char type[128];

    if (!body_make_parts(body, answer_content_type(&e->answer), boundary))
        e->answer.headers.failed = true;
    e->answer.promised = body->length;
    snprintf(type, sizeof type, "multipart/byteranges; boundary=%s%s%s", boundary ? "\"" : "", body->boundary,
             boundary ? "\"" : "");
    headers_set(&e->answer.headers, "Content-Type", type);
    headers_remove(&e->answer.headers, "Content-Range");
}

static void quote_boundary(struct exchange *e, const struct strike *s)
{
    char boundary[48];

    (void)s;
    if (!finds_parts(NULL, e))
        return;
    snprintf(boundary, sizeof boundary, "squid/5.7:%.32s", e->answer.body.boundary);
    say_parts(e, boundary);
}

static void spoil_part(struct exchange *e, const struct strike *s)
{
    struct multipart_style *style = &e->answer.body.multipart.style;

    if (!finds_parts(NULL, e))
        return;
    style->odd_part = (size_t)strike_value(s, FAULT_PART);
    style->odd_range = strike_value(s, FAULT_AS) == 0 ? PART_RANGE_MISSING : PART_RANGE_GARBLED;
    measure(e);
}

static void pad_parts(struct exchange *e, const struct strike *s)
{
    struct multipart_style *style = &e->answer.body.multipart.style;
    int64_t length = strike_value(s, FAULT_LENGTH), lines = strike_value(s, FAULT_LINES);

    if (!finds_parts(NULL, e))
        return;
    if (strike_value(s, FAULT_AS) == 0)
        style->extra = (unsigned)(length < MULTIPART_EXTRA_MAX ? length : MULTIPART_EXTRA_MAX);
    else
        style->lines_before = (unsigned)(lines < MULTIPART_EXTRA_MAX ? lines : MULTIPART_EXTRA_MAX);
    measure(e);
}

static int by_offset(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Sorted, and joined where at most gap bytes are between. Returns how many remain. */
static size_t coalesce(struct slice *slices, size_t count, uint64_t gap)
{
    size_t kept = 0;

    qsort(slices, count, sizeof *slices, by_offset);
    for (size_t i = 1; i < count; i++) {
        uint64_t end = slices[kept].offset + slices[kept].len, other = slices[i].offset + slices[i].len;

        if (slices[i].offset > end && slices[i].offset - end > gap)
            slices[++kept] = slices[i];
        else if (other > end)
            slices[kept].len = other - slices[kept].offset;
    }
    return kept + 1;
}

static void ask_for_others(struct exchange *e, const struct strike *s)
{
    struct slice *slices = e->answer.body.slices;
    size_t count = e->answer.body.slice_count;

    if (strike_value(s, FAULT_AS) == 0) {
        count = coalesce(slices, count, (uint64_t)strike_value(s, FAULT_GAP));
    } else { /* every other one */
        for (size_t i = 0; 2 * i < count; i++)
            slices[i] = slices[2 * i];
        count = (count + 1) / 2;
    }
    exchange_set_range(e, range_text(slices, count));
}

static void force_parts(struct exchange *e, const struct strike *s)
{
    (void)s;
    if (fault_finds_slice(NULL, e))
        say_parts(e, NULL);
}

const struct fault_act fault_acts_parts[FAULT_COUNT] = {
    [FAULT_B01] = {finds_parts, ask_for_first, NULL},
    [FAULT_B02] = {finds_multi_range, NULL, say_416},
    [FAULT_B03] = {NULL, NULL, fault_say_status},
    [FAULT_B04] = {NULL, NULL, fault_say_status},
    [FAULT_B05] = {finds_parts, NULL, list_ranges},
    [FAULT_B06] = {finds_parts, NULL, quote_boundary},
    [FAULT_B07] = {finds_parts, NULL, spoil_part},
    [FAULT_B08] = {finds_too_many, NULL, fault_say_status},
    [FAULT_B09] = {finds_parts, NULL, pad_parts},
    [FAULT_B10] = {finds_parts, ask_for_others, NULL},
    [FAULT_B11] = {finds_parts_or_slice, NULL, force_parts},
};
