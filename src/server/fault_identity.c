/* fault_identity.c: family C, versions of a file and what tells them apart. */
#include <config.h>

#include "server/fault_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool accepts_gzip(const struct fault_spec *spec, const struct exchange *e)
{
    const char *accepted = exchange_asked(e, "Accept-Encoding");

    return fault_finds_file(spec, e) && accepted && strstr(accepted, "gzip") &&
           e->answer.resource.size <= GZIP_FILE_MAX;
}

static bool finds_if_range_tag(const struct fault_spec *spec, const struct exchange *e)
{
    const char *if_range = exchange_asked(e, "If-Range");

    (void)spec;
    return if_range && strchr(if_range, '"');
}

static void ignore_conditions(struct exchange *e)
{
    static const char *const names[] = {"If-Match", "If-None-Match", "If-Modified-Since",
                                        "If-Unmodified-Since", "If-Range"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        exchange_drop(e, names[i]);
}

static void put_in_etag(struct variation *v, const char *word, uint64_t n)
{
    snprintf(v->etag_end, sizeof v->etag_end, "-%s%llu", word, (unsigned long long)n);
}

static void replace(struct exchange *e)
{
    struct variation *v = exchange_vary(e);

    put_in_etag(v, "v", 2);
    v->later_s += 1;
    v->mask = FAULT_OTHER_VERSION;
}

static void replace_file(struct exchange *e, const struct strike *s)
{
    replace(e);
    if (strike_value(s, FAULT_CONDITIONS) == 0)
        ignore_conditions(e);
}

static void replace_silently(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_vary(e)->mask = FAULT_OTHER_VERSION;
}

static void replace_but_keep_slices(struct exchange *e, const struct strike *s)
{
    (void)s;
    replace(e);
    exchange_drop(e, "If-Range");
}

/* The weak tag is what a client gets and may use as if it were strong. */
static void weaken_etag(struct exchange *e, const struct strike *s)
{
    const char *if_range = exchange_asked(e, "If-Range");

    (void)s;
    exchange_vary(e)->weak = true;
    if (if_range && strchr(if_range, '"'))
        exchange_drop(e, "If-Range");
    exchange_drop(e, "If-Match");
}

static void name_node(struct exchange *e, const struct strike *s)
{
    put_in_etag(exchange_vary(e), "node", s->number % (uint64_t)strike_value(s, FAULT_NODES));
}

static void encode(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_vary(e)->encoding = ENCODING_GZIP;
}

/* Where the first range asked for begins, whatever the conditions made of the answer. */
static uint64_t first_offset(const struct exchange *e)
{
    struct slice *slices;
    uint64_t offset = 0;
    size_t count;

    if (range_parse(exchange_asked(e, "Range"), e->answer.resource.size, &slices, &count) == RANGE_SLICES)
        offset = slices[0].offset;
    free(slices);
    return offset;
}

static void name_slice(struct exchange *e, const struct strike *s)
{
    (void)s;
    put_in_etag(exchange_vary(e), "part", first_offset(e));
}

static void hide_validators(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_vary(e)->unidentified = true;
}

/* The rest from offset on is of the new version; an answer that begins there has that one's validators. */
static void replace_rest(struct exchange *e, const struct strike *s)
{
    uint64_t offset = (uint64_t)strike_value(s, FAULT_OFFSET);

    if (first_offset(e) >= offset)
        replace(e);
    exchange_vary(e)->mask = FAULT_OTHER_VERSION;
    exchange_vary(e)->mask_from = offset;
    ignore_conditions(e);
}

static void abort_between(struct exchange *e, const struct strike *s)
{
    uint64_t offset = (uint64_t)strike_value(s, FAULT_OFFSET);
    const struct body *body = &e->answer.body;

    if (strike_value(s, FAULT_AS) == 0 && body->kind == BODY_SLICE && body->slice_count &&
        body->slices[0].offset < offset && body->slices[0].len > offset - body->slices[0].offset)
        e->course.cut_at = offset - body->slices[0].offset;
}

static void replace_rest_silently(struct exchange *e, const struct strike *s)
{
    exchange_vary(e)->mask = FAULT_OTHER_VERSION;
    exchange_vary(e)->mask_from = (uint64_t)strike_value(s, FAULT_OFFSET);
}

static void choose_node(struct exchange *e, const struct strike *s)
{
    uint64_t node = s->number % (uint64_t)strike_value(s, FAULT_NODES);

    if (node)
        exchange_vary(e)->mask = (uint8_t)(FAULT_OTHER_VERSION + node % 90);
}

const struct fault_act fault_acts_identity[FAULT_COUNT] = {
    [FAULT_C01] = {fault_finds_file, replace_file, NULL},
    [FAULT_C02] = {fault_finds_file, replace_silently, NULL},
    [FAULT_C03] = {fault_finds_file, replace_but_keep_slices, NULL},
    [FAULT_C04] = {finds_if_range_tag, fault_drop_range, NULL},
    [FAULT_C05] = {fault_finds_file, weaken_etag, NULL},
    [FAULT_C06] = {fault_finds_file, name_node, NULL},
    [FAULT_C07] = {accepts_gzip, encode, NULL},
    [FAULT_C08] = {fault_finds_file, name_slice, NULL},
    [FAULT_C09] = {fault_finds_file, hide_validators, NULL},
    [FAULT_C10] = {fault_finds_file, replace_rest, abort_between},
    [FAULT_C11] = {fault_finds_file, choose_node, NULL},
    [FAULT_C12] = {fault_finds_file, replace_rest_silently, NULL},
};
