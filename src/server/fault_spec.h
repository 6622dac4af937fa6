/* fault_spec.h: what one fault is to do, and to which requests, as text: ID@PATH:key=value,... Pure.
 *
 *     F01                          each GET stalls after 64 KiB
 *     F01@/f:after=1M,for=30s      those of /f, after 1 MiB, for half a minute
 *     A04@/dir/%2A*:req=2..5       the second to the fifth request that begins so and has one range
 *
 * docs/faults.md has the grammar, data/faults.tsv what each id may be told.
 */
#ifndef OPENBITS_SERVER_FAULT_SPEC_H
#define OPENBITS_SERVER_FAULT_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/fault_table.h"
#include "server/server.h"

#define FAULT_SPEC_MAX  2048 /* bytes of text */
#define FAULT_PATH_MAX  1024
#define FAULT_AGENT_MAX 64

#define FAULT_FOREVER INT64_MAX /* a duration: until it is released, or for good */

/* What a fault's behaviour may be told; in values[]. Durations are in microseconds, choices indices. */
enum fault_key {
    FAULT_AFTER,
    FAULT_ALIGN,
    FAULT_AS,
    FAULT_BY,
    FAULT_CONDITIONS,
    FAULT_EVERY,
    FAULT_FOR,
    FAULT_GAP,
    FAULT_HOPS,
    FAULT_LENGTH,
    FAULT_LIMIT,
    FAULT_LINES,
    FAULT_NODES,
    FAULT_OFFSET,
    FAULT_PART,
    FAULT_PIECE,
    FAULT_RETRY_AFTER,
    FAULT_STATUS,
    FAULT_USES,
    FAULT_KEY_COUNT,
};

enum fault_method { FAULT_GET, FAULT_HEAD, FAULT_ANY_METHOD };

/* From first to last, both included. */
struct fault_span {
    uint64_t first, last;
};

struct fault_spec {
    enum fault_id id;
    /* Which requests. */
    char path[FAULT_PATH_MAX]; /* decoded */
    bool any_end;              /* paths that begin with it */
    enum fault_method method;
    struct fault_span connections, ranges, bytes, requests;
    uint64_t times;   /* how many, at most */
    int64_t until_us; /* for so long after it was added; FAULT_FOREVER: no end */
    uint32_t p_ppm;   /* with this probability, in millionths */
    uint64_t seed;    /* that it follows from */
    /* What happens. */
    int64_t values[FAULT_KEY_COUNT];
    char agent[FAULT_AGENT_MAX];
};

/* False: the text is no spec, or names what the server does not do; bad then says why, and where. */
bool fault_spec_parse(const char *text, struct fault_spec *out, struct server_fault_trouble *bad);

/* Whether p and seed let a fault strike the request that met it as number n. */
bool fault_spec_chance(const struct fault_spec *spec, uint64_t n);

#endif
