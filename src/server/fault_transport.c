/* fault_transport.c: family F, transport, overload, middleboxes. */
#include <config.h>

#include "server/fault_act.h"

#include <stdio.h>

#define DAY_S 86400

static bool finds_crowd(const struct fault_spec *spec, const struct exchange *e)
{
    return atomic_load(&e->service->under_way) > (uint64_t)spec->values[FAULT_LIMIT];
}

static bool finds_late_turn(const struct fault_spec *spec, const struct exchange *e)
{
    return e->turn >= (uint64_t)spec->values[FAULT_LIMIT];
}

static bool finds_file_from_offset(const struct fault_spec *spec, const struct exchange *e)
{
    return (e->answer.status == 200 || e->answer.status == 206) &&
           e->answer.resource.size > (uint64_t)spec->values[FAULT_OFFSET];
}

static bool finds_file_with_range(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 206 || e->answer.status == 416;
}

static void stall_in_body(struct exchange *e, const struct strike *s)
{
    uint64_t after = (uint64_t)strike_value(s, FAULT_AFTER);

    if (after < e->course.stall_at) {
        e->course.stall_at = after;
        e->course.stall_us = strike_value(s, FAULT_FOR);
    }
}

static void pace(struct exchange *e, const struct strike *s)
{
    e->course.pace_from = (uint64_t)strike_value(s, FAULT_AFTER);
    e->course.pace_piece = (uint64_t)strike_value(s, FAULT_PIECE);
    e->course.pace_us = strike_value(s, FAULT_EVERY);
}

static void ask_for_patience(struct exchange *e, const struct strike *s)
{
    fault_say_status(e, s);
    if (strike_value(s, FAULT_RETRY_AFTER))
        headers_addf(&e->answer.headers, "Retry-After", "%lld",
                     (long long)strike_value(s, FAULT_RETRY_AFTER));
}

static void close_after(struct exchange *e, const struct strike *s)
{
    if (strike_value(s, FAULT_AS) == 0)
        headers_set(&e->answer.headers, "Connection", "close");
    else if (e->course.damage.end == DAMAGE_END_NONE)
        e->course.damage.end = DAMAGE_END_CLOSE;
}

static void go_away(struct exchange *e, const struct strike *s)
{
    if (strike_value(s, FAULT_AS) == 0)
        e->course.goaway_at = (uint64_t)strike_value(s, FAULT_AFTER);
    else
        e->course.goaway = true;
}

static void break_off(struct exchange *e, const struct strike *s)
{
    e->course.damage.end = strike_value(s, FAULT_AS) == 0 ? DAMAGE_END_RESET : DAMAGE_END_GARBAGE;
    e->course.damage.end_at = (uint64_t)strike_value(s, FAULT_AFTER);
    if (e->course.damage.end == DAMAGE_END_GARBAGE) /* between bytes of a known length it would be content */
        e->course.damage.length = DAMAGE_LENGTH_REPLACED;
}

static void name_proxy(struct exchange *e, const struct strike *s)
{
    (void)s;
    headers_set(&e->answer.headers, "Via", "1.1 proxy.test");
}

static void strip_range(struct exchange *e, const struct strike *s)
{
    headers_remove(&e->answer.headers, "Content-Range");
    name_proxy(e, s);
}

/* A slice in the cache, taken for the whole file. */
static void serve_slice(struct exchange *e, const struct strike *s)
{
    struct variation *v = exchange_vary(e);
    uint64_t offset = (uint64_t)strike_value(s, FAULT_OFFSET),
             length = (uint64_t)strike_value(s, FAULT_LENGTH);
    uint64_t there = e->answer.resource.size - offset;

    v->shift = offset;
    v->longer = (int64_t)(length < there ? length : there) - (int64_t)e->answer.resource.size;
    exchange_drop(e, "Range");
}

/* The version before this one, consistent in itself. */
static void keep_old(struct exchange *e, const struct strike *s)
{
    struct variation *v = exchange_vary(e);

    (void)s;
    snprintf(v->etag_end, sizeof v->etag_end, "-v0");
    v->later_s = -DAY_S;
    v->mask = FAULT_OTHER_VERSION;
}

const struct fault_act fault_acts_transport[FAULT_COUNT] = {
    [FAULT_F01] = {fault_finds_rest, NULL, stall_in_body},
    [FAULT_F02] = {NULL, NULL, fault_wait_before_head},
    [FAULT_F03] = {fault_finds_rest, NULL, pace},
    [FAULT_F04] = {NULL, NULL, ask_for_patience},
    [FAULT_F05] = {finds_crowd, NULL, fault_say_status},
    [FAULT_F06] = {finds_late_turn, NULL, close_after},
    [FAULT_F07] = {finds_late_turn, NULL, go_away},
    [FAULT_F08] = {fault_finds_rest, NULL, break_off},
    [FAULT_F09] = {finds_file_with_range, fault_drop_range, name_proxy},
    [FAULT_F10] = {NULL, NULL, fault_wait_before_head},
    [FAULT_F11] = {finds_file_from_offset, serve_slice, NULL},
    [FAULT_F12] = {fault_finds_slice, NULL, strip_range},
    [FAULT_F13] = {fault_finds_file, keep_old, NULL},
};
