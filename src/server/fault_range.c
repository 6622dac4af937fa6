/* fault_range.c: family A, single ranges answered wrongly. */
#include <config.h>

#include "server/fault_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool finds_416(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 416;
}

static bool finds_file_with_range(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 206 || e->answer.status == 416;
}

static bool finds_probe(const struct fault_spec *spec, const struct exchange *e)
{
    const char *range = exchange_asked(e, "Range");

    (void)spec;
    return range && strcmp(range, "bytes=0-0") == 0;
}

static bool finds_empty_file(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return finds_file_with_range(spec, e) && e->answer.resource.size == 0;
}

static bool finds_far_range(const struct fault_spec *spec, const struct exchange *e)
{
    uint64_t limit = (uint64_t)spec->values[FAULT_LIMIT];

    for (size_t i = 0; e->answer.status == 206 && i < e->answer.body.slice_count; i++)
        if (e->answer.body.slices[i].offset + e->answer.body.slices[i].len > limit)
            return true;
    return false;
}

static bool finds_later_slice(const struct fault_spec *spec, const struct exchange *e)
{
    return fault_finds_slice(spec, e) && e->answer.body.slices[0].offset > 0;
}

/* The request goes over the next boundary of the inner slices. */
static bool finds_boundary(const struct fault_spec *spec, const struct exchange *e)
{
    const struct slice *slice = e->answer.body.slices;
    uint64_t align = (uint64_t)spec->values[FAULT_ALIGN];

    return fault_finds_slice(spec, e) && slice->len > align - slice->offset % align;
}

static bool finds_whole(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 200 || e->answer.status == 206;
}

static void drop_advertisement(struct exchange *e, const struct strike *s)
{
    (void)s;
    headers_remove(&e->answer.headers, "Accept-Ranges");
}

static void say_200(struct exchange *e, const struct strike *s)
{
    (void)s;
    if (e->answer.status == 206)
        e->answer.status = 200;
}

static void ask_for(struct exchange *e, uint64_t first, uint64_t last)
{
    char *text;

    exchange_set_range(
        e, asprintf(&text, "bytes=%llu-%llu", (unsigned long long)first, (unsigned long long)last) < 0
               ? NULL
               : text);
}

/* From the block's start; where that was asked for, from that of the block before. */
static void ask_from_block(struct exchange *e, const struct strike *s)
{
    const struct slice *slice = e->answer.body.slices;
    uint64_t align = (uint64_t)strike_value(s, FAULT_ALIGN), start = (slice->offset - 1) / align * align;

    ask_for(e, start, slice->offset + slice->len - 1);
}

static void ask_to_boundary(struct exchange *e, const struct strike *s)
{
    const struct slice *slice = e->answer.body.slices;
    uint64_t align = (uint64_t)strike_value(s, FAULT_ALIGN);

    ask_for(e, slice->offset, slice->offset + (align - slice->offset % align) - 1);
}

/* Only the body: the headers tell of the file as it is. */
static void shift_body(struct exchange *e, const struct strike *s)
{
    e->answer.resource.variation.shift += (uint64_t)strike_value(s, FAULT_BY);
}

static void lengthen_body(struct exchange *e, const struct strike *s)
{
    uint64_t more = (uint64_t)strike_value(s, FAULT_BY);

    if (!fault_finds_slice(NULL, e))
        return;
    e->answer.body.slices[0].len += more;
    e->answer.body.length += more;
    e->answer.promised = e->answer.body.length;
}

/* Content-Range of a single slice, said in another way. text is made by asprintf. */
static void set_range(struct exchange *e, int made, char *text)
{
    if (made < 0) {
        e->answer.headers.failed = true;
        return;
    }
    headers_set(&e->answer.headers, "Content-Range", text);
    free(text);
}

/* asprintf of first, last and size, as long as there is a slice that they belong to. */
#define SAY_RANGE(e, format, ...)                                                                            \
    do {                                                                                                     \
        if (fault_finds_slice(NULL, e)) {                                                                    \
            char *text_ = NULL;                                                                              \
            int made_ = asprintf(&text_, format, __VA_ARGS__);                                               \
                                                                                                             \
            set_range(e, made_, text_);                                                                      \
        }                                                                                                    \
    } while (0)

static unsigned long long first_of(const struct exchange *e)
{
    return e->answer.body.slices[0].offset;
}

static unsigned long long last_of(const struct exchange *e)
{
    return e->answer.body.slices[0].offset + e->answer.body.slices[0].len - 1;
}

static unsigned long long size_of(const struct exchange *e)
{
    return e->answer.resource.size;
}

static void hide_range(struct exchange *e, const struct strike *s)
{
    if (strike_value(s, FAULT_AS) == 0)
        headers_remove(&e->answer.headers, "Content-Range");
    else
        SAY_RANGE(e, "octets %llu;%llu of %llu", first_of(e), last_of(e), size_of(e));
}

static void hide_total(struct exchange *e, const struct strike *s)
{
    (void)s;
    SAY_RANGE(e, "bytes %llu-%llu/*", first_of(e), last_of(e));
}

static void say_as_request(struct exchange *e, const struct strike *s)
{
    (void)s;
    SAY_RANGE(e, "bytes=%llu-%llu/%llu", first_of(e), last_of(e), size_of(e));
}

static void hide_last(struct exchange *e, const struct strike *s)
{
    (void)s;
    SAY_RANGE(e, "bytes %llu-/%llu", first_of(e), size_of(e));
}

static void say_wild_numbers(struct exchange *e, const struct strike *s)
{
    switch (strike_value(s, FAULT_AS)) {
    case 0:
        SAY_RANGE(e, "bytes %llu-%llu/-1073741824", first_of(e), last_of(e));
        break;
    case 1:
        SAY_RANGE(e, "bytes -%llu-%llu/%llu", first_of(e) + 1, last_of(e), size_of(e));
        break;
    case 2:
        SAY_RANGE(e, "bytes %llu-9223372036854775807/9223372036854775808", first_of(e));
        break;
    case 3:
        SAY_RANGE(e, "bytes %llu-18446744073709551615/18446744073709551615", first_of(e));
        break;
    default:
        SAY_RANGE(e, "bytes %llu-%llu/340282366920938463463374607431768211456", first_of(e), last_of(e));
        break;
    }
}

/* The 416 that it would be, as 206 without a byte. */
static void say_nothing_left(struct exchange *e, const struct strike *s)
{
    uint64_t size = e->answer.resource.size;

    (void)s;
    if (e->answer.status != 416)
        return;
    answer_say(&e->answer, 206, "application/octet-stream", "");
    headers_addf(&e->answer.headers, "Content-Range", "bytes */%llu", (unsigned long long)size);
}

static void promise_whole(struct exchange *e, const struct strike *s)
{
    (void)s;
    e->course.damage.length = DAMAGE_LENGTH_OTHER;
    e->course.damage.other_length = e->answer.resource.size;
}

static void promise_other(struct exchange *e, const struct strike *s)
{
    int64_t by = strike_value(s, FAULT_BY);
    uint64_t less = by < 0 ? -(uint64_t)by : 0, length = e->answer.body.length;

    e->course.damage.length = DAMAGE_LENGTH_OTHER;
    e->course.damage.other_length = less ? length - (less < length ? less : length) : length + (uint64_t)by;
}

static void advertise_ranges(struct exchange *e, const struct strike *s)
{
    if (strike_value(s, FAULT_AS) == 0) {
        headers_set(&e->answer.headers, "Accept-Ranges", "bytes");
    } else {
        headers_remove(&e->answer.headers, "Accept-Ranges");
        headers_set(&e->answer.headers, "Accept-Range", "bytes");
    }
}

static void advertise_none(struct exchange *e, const struct strike *s)
{
    (void)s;
    headers_set(&e->answer.headers, "Accept-Ranges", "none");
}

static void say_416(struct exchange *e, const struct strike *s)
{
    (void)s;
    answer_say_unsatisfiable(&e->answer, true);
}

static void say_416_without_range(struct exchange *e, const struct strike *s)
{
    (void)s;
    answer_say_unsatisfiable(&e->answer, false);
}

static void say_empty(struct exchange *e, int status, const char *text, const char *range)
{
    answer_say(&e->answer, status, "application/octet-stream", text);
    if (range)
        headers_add(&e->answer.headers, "Content-Range", range);
}

static void say_of_empty_file(struct exchange *e, const struct strike *s)
{
    switch (strike_value(s, FAULT_AS)) {
    case 0:
        answer_say_unsatisfiable(&e->answer, true);
        break;
    case 1:
        say_empty(e, 206, "", "bytes 0-0/0");
        break;
    case 2:
        say_empty(e, 206, " ", "bytes 0-0/0");
        break;
    case 3:
        say_empty(e, 206, "", "bytes 0--1/0");
        break;
    default:
        say_empty(e, 200, "", NULL);
        break;
    }
}

static void fail_far_range(struct exchange *e, const struct strike *s)
{
    if (strike_value(s, FAULT_AS) == 0)
        answer_say(&e->answer, 500, NULL, NULL);
    else
        say_empty(e, 200, "", NULL);
}

const struct fault_act fault_acts_range[FAULT_COUNT] = {
    [FAULT_A01] = {finds_file_with_range, fault_drop_range, drop_advertisement},
    [FAULT_A02] = {finds_file_with_range, fault_drop_range, drop_advertisement},
    [FAULT_A03] = {fault_finds_slice, NULL, say_200},
    [FAULT_A04] = {finds_later_slice, ask_from_block, NULL},
    [FAULT_A05] = {fault_finds_slice, NULL, shift_body},
    [FAULT_A06] = {finds_boundary, ask_to_boundary, NULL},
    [FAULT_A07] = {fault_finds_slice, NULL, lengthen_body},
    [FAULT_A08] = {fault_finds_slice, NULL, hide_range},
    [FAULT_A09] = {fault_finds_slice, NULL, hide_total},
    [FAULT_A10] = {fault_finds_slice, NULL, say_as_request},
    [FAULT_A11] = {fault_finds_slice, NULL, hide_last},
    [FAULT_A12] = {finds_416, NULL, say_nothing_left},
    [FAULT_A13] = {fault_finds_slice, NULL, say_wild_numbers},
    [FAULT_A14] = {finds_416, fault_drop_range, NULL},
    [FAULT_A15] = {fault_finds_slice, NULL, promise_whole},
    [FAULT_A16] = {finds_whole, NULL, promise_other},
    [FAULT_A17] = {NULL, NULL, drop_advertisement},
    [FAULT_A18] = {finds_whole, fault_drop_range, advertise_ranges},
    [FAULT_A19] = {finds_whole, fault_drop_range, advertise_none},
    [FAULT_A20] = {finds_probe, NULL, fault_say_status},
    [FAULT_A21] = {finds_416, NULL, say_416},
    [FAULT_A22] = {finds_file_with_range, NULL, say_416_without_range},
    [FAULT_A23] = {finds_file_with_range, NULL, say_416},
    [FAULT_A24] = {finds_empty_file, NULL, say_of_empty_file},
    [FAULT_A25] = {finds_far_range, NULL, fail_far_range},
};
