/* world.h: the test server with one file, /f, and a source that asks it. */
#ifndef OPENBITS_TESTS_FETCH_WORLD_H
#define OPENBITS_TESTS_FETCH_WORLD_H

#include <check.h>
#include <string.h>

#include "ask.h"
#include "server/server.h"

#define SIZE     (3u * 1024 * 1024 + 5)
#define SEED     7u
#define ETAG     "\"v1\""
#define MODIFIED 1600000000 /* Sun, 13 Sep 2020 12:26:40 GMT */
#define DATE     "Sun, 13 Sep 2020 12:26:40 GMT"
#define UNKNOWN  FETCH_SIZE_UNKNOWN

struct world {
    struct server *server;
    struct fetch_source *source;
    char url[128];
};

static inline void add_file(struct world *world, uint64_t seed, const char *etag, int64_t modified)
{
    struct server_file file = {
        .path = "/f", .size = SIZE, .seed = seed, .etag = etag, .last_modified_s = modified};

    ck_assert_int_eq(server_add_file(world->server, &file), S_OK);
}

static inline void world_make(struct world *world)
{
    static const struct server_options options;

    ck_assert_int_eq(server_start(&options, &world->server), S_OK);
    add_file(world, SEED, ETAG, MODIFIED);
    snprintf(world->url, sizeof world->url, "%s/f", server_url(world->server));
    world->source = ask_source(NULL);
}

static inline void world_end(struct world *world)
{
    world->source->ops->free(world->source);
    server_hold_bodies(world->server, UINT64_MAX);
    server_stop(world->server);
}

static inline struct fetch_spec range_of(const struct world *world, uint64_t start, uint64_t end)
{
    return (struct fetch_spec){.kind = FETCH_RANGE,
                               .url = world->url,
                               .range = {start, end},
                               .expected = {.size = SIZE, .etag = ETAG}};
}

static inline void assert_content(const struct ask *ask, uint64_t start, size_t len)
{
    unsigned char *expected = malloc(len ? len : 1);

    ck_assert_uint_eq(ask->len, len);
    server_content(SEED, start, expected, len);
    if (len > 0) {
        ck_assert_uint_eq(ask->first, start);
        ck_assert_mem_eq(ask->bytes, expected, len);
    }
    free(expected);
}

/* Whatever happened before, the source still works. */
static inline void assert_still_works(struct world *world)
{
    struct fetch_spec spec = range_of(world, 10, 20);
    struct ask ask = {0};

    ask_run(&ask, world->source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_content(&ask, 10, 10);
    ask_release(&ask);
}

#endif
