/* source.h: the seam between engine and whatever delivers bytes: HTTP by libcurl, or a script in tests.
 *
 * A source belongs to one thread, the engine's loop; only wake may be called from any other. Everything a
 * source says comes from inside its turn or start function. After cancel returns, nothing is said any more.
 */
#ifndef OPENBITS_FETCH_SOURCE_H
#define OPENBITS_FETCH_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"
#include "rangeset/rangeset.h"

#define FETCH_SIZE_UNKNOWN UINT64_MAX

enum fetch_kind {
    FETCH_SIZE,  /* HEAD: how large is the file, and which version of it */
    FETCH_RANGE, /* GET with Range: bytes [range.start, range.end) */
    FETCH_WHOLE, /* GET without Range, from offset 0; range.end is the known size */
};

/* One version of a remote file. What is unknown: FETCH_SIZE_UNKNOWN, NULL. */
struct fetch_version {
    uint64_t size;
    const char *etag;
    const char *last_modified; /* as the server wrote it */
};

struct fetch_spec {
    enum fetch_kind kind;
    const char *url;               /* these strings are copied */
    struct range range;
    struct fetch_version expected; /* compared with the answer; what is unknown is not compared */
};

/* What the headers of the answer proved; strings live during the call. */
struct fetch_reply {
    int http_status;
    struct fetch_version version;
    int64_t last_modified_unix_s;  /* 0: none */
    const char *url;               /* after redirects */
    const char *headers;           /* the answer's header lines, CRLF between, for R-580 */
};

struct fetch_sink {
    /* Once, before any byte, when the answer is what was asked for. A failure ends the request with it. */
    HRESULT (*reply)(void *context, const struct fetch_reply *reply);
    /* Bytes whose place the answer proved; offsets ascend without a gap. A failure ends the request. */
    HRESULT (*bytes)(void *context, uint64_t offset, const void *bytes, size_t len);
    /* Last of all, exactly once, unless cancelled. S_OK: every byte asked for came (up to a shortened
     * end). http_status: 0 if there was no answer. The request is gone when this returns; the sink may
     * start others from here. */
    void (*done)(void *context, HRESULT hr, int http_status);
};

struct fetch_request;

struct fetch_source {
    const struct fetch_source_ops *ops;
};

struct fetch_source_ops {
    /* E_OUTOFMEMORY, E_INVALIDARG (the URL cannot be parsed); then *out is NULL and nothing is said. */
    HRESULT (*start)(struct fetch_source *source, const struct fetch_spec *spec, const struct fetch_sink *sink,
                     void *context, struct fetch_request **out);
    /* The request shall end before offset end, which lies in its range; bytes past it are not handed on. */
    void (*shorten)(struct fetch_source *source, struct fetch_request *request, uint64_t end);
    void (*cancel)(struct fetch_source *source, struct fetch_request *request);
    /* Waits at most timeout_us (real time) for something to do, does it, returns. */
    HRESULT (*turn)(struct fetch_source *source, uint64_t timeout_us);
    /* Ends the wait of a turn under way, or the next one. Any thread. */
    void (*wake)(struct fetch_source *source);
    /* No request is open. */
    void (*free)(struct fetch_source *source);
};

#endif
