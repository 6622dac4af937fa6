/* fault_length.c: family D, encoding and length. */
#include <config.h>

#include "server/fault_act.h"

/* Another length each time, until it begins again. */
#define LENGTHS 16

static bool finds_file(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 200 || e->answer.status == 206;
}

static bool finds_encodable(const struct fault_spec *spec, const struct exchange *e)
{
    return finds_file(spec, e) && e->answer.resource.size <= GZIP_FILE_MAX;
}

static bool finds_encodable_slice(const struct fault_spec *spec, const struct exchange *e)
{
    return fault_finds_slice(spec, e) && e->answer.resource.size <= GZIP_FILE_MAX;
}

static void encode(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_vary(e)->encoding = ENCODING_GZIP;
}

static void encode_under_plain_numbers(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_vary(e)->encoding = ENCODING_GZIP_HIDDEN;
}

static void encode_whole(struct exchange *e, const struct strike *s)
{
    encode(e, s);
    exchange_drop(e, "Range");
}

/* What a compressor would have made of the slice: gzip that can be decoded and is shorter, here because it
 * has only the slice's first half. */
static void compress_slice(struct exchange *e, const struct strike *s)
{
    struct resource *resource = &e->answer.resource;
    struct body *body = &e->answer.body;
    uint64_t promised = body->length, encoded;

    (void)s;
    if (!fault_finds_slice(NULL, e))
        return;
    resource->variation.shift += body->slices[0].offset;
    resource->variation.encoding = ENCODING_GZIP_HIDDEN;
    resource->plain_size = body->slices[0].len / 2;
    encoded = gzip_length(resource->plain_size);
    body->slices[0] = (struct slice){0, encoded < promised ? encoded : promised};
    body->length = body->slices[0].len;
    e->answer.promised = promised;
    headers_set(&e->answer.headers, "Content-Encoding", "gzip");
}

static void hide_length(struct exchange *e, const struct strike *s)
{
    (void)s;
    e->answer.length_hidden = true;
}

static void hide_length_and_ranges(struct exchange *e, const struct strike *s)
{
    hide_length(e, s);
    headers_remove(&e->answer.headers, "Accept-Ranges");
}

static void change_length(struct exchange *e, const struct strike *s)
{
    int64_t less;

    if (__builtin_mul_overflow(strike_value(s, FAULT_BY), (int64_t)(s->number % LENGTHS), &less) ||
        less == INT64_MIN)
        return;
    exchange_vary(e)->longer = -less;
}

static void close_early(struct exchange *e, const struct strike *s)
{
    uint64_t after = (uint64_t)strike_value(s, FAULT_AFTER);

    if (after < e->course.cut_at)
        e->course.cut_at = after;
}

static void end_chunks_early(struct exchange *e, const struct strike *s)
{
    e->course.damage.length = DAMAGE_LENGTH_REPLACED;
    e->course.damage.end = DAMAGE_END_LAST_CHUNK;
    e->course.damage.end_at = (uint64_t)strike_value(s, FAULT_AFTER);
}

static void contradict_length(struct exchange *e, const struct strike *s)
{
    static const enum damage_length as[] = {DAMAGE_LENGTH_TWICE, DAMAGE_LENGTH_NEGATIVE,
                                            DAMAGE_LENGTH_CHUNKED};

    e->course.damage.length = as[strike_value(s, FAULT_AS)];
    e->course.damage.other_length = e->answer.body.length + 1;
}

const struct fault_act fault_acts_length[FAULT_COUNT] = {
    [FAULT_D01] = {finds_encodable, encode, NULL},
    [FAULT_D02] = {finds_encodable_slice, NULL, compress_slice},
    [FAULT_D03] = {finds_encodable_slice, encode_under_plain_numbers, NULL},
    [FAULT_D04] = {finds_encodable, encode_whole, NULL},
    [FAULT_D05] = {finds_file, fault_drop_range, hide_length_and_ranges},
    [FAULT_D06] = {finds_file, fault_drop_range, hide_length},
    [FAULT_D07] = {fault_finds_slice, NULL, hide_length},
    [FAULT_D08] = {finds_file, change_length, NULL},
    [FAULT_D09] = {fault_finds_rest, NULL, close_early},
    [FAULT_D10] = {fault_finds_rest, NULL, end_chunks_early},
    [FAULT_D11] = {finds_file, NULL, contradict_length},
};
