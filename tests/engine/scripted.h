/* scripted.h: a source of bytes that plays one remote file, step by step, by seed.
 *
 * Takes HTTP's place at the seam fetch/source.h, so that an engine without threads repeats exactly. One turn
 * does one step of one open request, drawn by the seed: the reply, some bytes, or the end. It remembers
 * how often each byte was handed out and what was asked, for tests to judge.
 */
#ifndef OPENBITS_TESTS_ENGINE_SCRIPTED_H
#define OPENBITS_TESTS_ENGINE_SCRIPTED_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/source.h"

struct scripted_options {
    uint64_t seed;       /* of the steps */
    uint64_t size;       /* of the remote file */
    uint64_t content;    /* seed of its bytes (server_content) */
    uint64_t most_bytes; /* at one step; 0: 4096 */
    /* Told of each request's range as it starts; NULL: nobody. */
    void (*started)(void *context, enum fetch_kind kind, struct range range);
    void *context;
};

struct scripted;

/* The engine that it is given to frees it. */
struct fetch_source *scripted_new(const struct scripted_options *options, struct scripted **out);

/* The next step of an open request fails with this. */
void scripted_fail_next(struct scripted *scripted, HRESULT hr);
/* Each request fails with this at its first step; S_OK: none does any more. */
void scripted_fail_all(struct scripted *scripted, HRESULT hr);
/* How often the byte at offset was handed out. */
unsigned scripted_times(const struct scripted *scripted, uint64_t offset);
unsigned scripted_open(const struct scripted *scripted);
unsigned scripted_requests(const struct scripted *scripted);
/* Requests that were taken back before their end. */
unsigned scripted_cancelled(const struct scripted *scripted);

#endif
