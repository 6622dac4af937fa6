/* ask.h: a sink that records and checks, for one request; and the loop that drives a source until it is done.
 *
 * Every rule of source.h about the order of calls is asserted here, in every test: reply once and before
 * bytes, offsets without a gap and within the range, done once and last.
 */
#ifndef OPENBITS_TESTS_FETCH_ASK_H
#define OPENBITS_TESTS_FETCH_ASK_H

#include <stdbool.h>

#include "fetch/fetch.h"

struct ask {
    struct fetch_source *source;
    struct fetch_request *request; /* NULL before the start and after the end */
    struct range range;

    /* What came. */
    bool replied, done;
    int status; /* of the reply, or of the answer that done told */
    uint64_t size;
    char *etag, *last_modified, *url, *headers, *redirect;
    int64_t last_modified_unix_s;
    unsigned char *bytes;
    uint64_t first; /* offset of bytes[0] */
    size_t len;
    HRESULT hr;

    /* Called, if set, at the end of each sink function; a failure is what the sink answers. */
    HRESULT (*on_reply)(struct ask *ask);
    HRESULT (*on_bytes)(struct ask *ask);
    void (*on_done)(struct ask *ask);
    HRESULT (*on_certificate)(struct ask *ask, const struct fetch_certificate *certificate);
    void *context;
};

/* config NULL: defaults. The proxies of the environment are taken out first. */
struct fetch_source *ask_source(const struct fetch_config *config);

/* Starts it; asserts that it can be. */
void ask_start(struct ask *ask, struct fetch_source *source, const struct fetch_spec *spec);
void ask_cancel(struct ask *ask);

/* Turns until it is done; fails the test after 30 s of real time. */
void ask_wait(struct ask *ask);
/* Turns until len bytes came. */
void ask_wait_bytes(struct ask *ask, size_t len);
/* Turns until nothing more is said for certain: ten turns without a wait. */
void ask_settle(struct fetch_source *source);

/* start and wait */
void ask_run(struct ask *ask, struct fetch_source *source, const struct fetch_spec *spec);
void ask_release(struct ask *ask);

#endif
