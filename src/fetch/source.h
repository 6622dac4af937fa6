/* source.h: the seam between engine and whatever delivers bytes: HTTP by libcurl, or a script in tests.
 *
 * A source belongs to one thread, the engine's loop; only wake may be called from any other. Everything a
 * source says comes from inside its turn function. After cancel returns, nothing is said any more.
 */
#ifndef OPENBITS_FETCH_SOURCE_H
#define OPENBITS_FETCH_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "fetch/certificate.h"
#include "fetch/options.h"
#include "openbits_types.h"
#include "rangeset/rangeset.h"

#define FETCH_SIZE_UNKNOWN UINT64_MAX

enum fetch_kind {
    FETCH_SIZE,  /* HEAD: how large is the file, and which version of it; range is not looked at */
    FETCH_RANGE, /* GET with Range: bytes [range.start, range.end), not empty, end at most INT64_MAX */
    FETCH_WHOLE, /* GET, or the options' method, without Range: range is [0, expected.size),
                  * FETCH_SIZE_UNKNOWN too */
};

/* One version of a remote file. What is unknown: FETCH_SIZE_UNKNOWN, NULL. */
struct fetch_version {
    uint64_t size;
    const char *etag;
    const char *last_modified; /* as the server wrote it */
};

/* How the end of a FETCH_WHOLE is known. */
enum fetch_end {
    FETCH_END_BY_LENGTH, /* the answer must say its length: BG_E_MISSING_FILE_SIZE */
    FETCH_END_OF_BODY,   /* the body's regular end is the end, whatever was said */
};

struct fetch_spec {
    enum fetch_kind kind;
    const char *url; /* these strings are copied */
    struct range range;
    struct fetch_version expected; /* compared with the answer; what is unknown is not compared */
    struct fetch_options *options; /* held by the request; NULL: none */
    const char *home; /* the URL whose origin the options are meant for (decision 27); copied; NULL: url */
    enum fetch_end end;
    const GUID *trace_job; /* for the trace only: on whose behalf; copied; NULL: nobody's */
    uint32_t trace_file;
};

/* The answer's headers; strings live during the call. In reply: what they proved. In done: what came. */
struct fetch_reply {
    int http_status;
    struct fetch_version version;
    int64_t last_modified_unix_s; /* 0: none */
    const char *url;              /* after redirects */
    const char *headers;          /* the answer's header lines, CRLF between, for R-580 */
    const char *redirect;         /* done only: where a redirect leads that was to be refused; or NULL */
};

struct fetch_sink {
    /* Once, before any byte, when the answer is what was asked for. A failure ends the request with it. */
    HRESULT (*reply)(void *context, const struct fetch_reply *reply);
    /* Bytes whose place the answer proved; offsets ascend without a gap. A failure ends the request. */
    HRESULT (*bytes)(void *context, uint64_t offset, const void *bytes, size_t len);
    /* Last of all, exactly once, unless cancelled. The request is gone when this returns; the sink may start
     * others from here. answer: the last answer's headers, also of one that was refused (R-580, a redirect's
     * target); NULL: none came.
     *   S_OK      every byte asked for came, up to a shortened end
     *   S_FALSE   FETCH_RANGE only: the answer was complete and proved, but covers less than was asked, as a
     *             server may; at least one byte came, and the rest is to be asked for again
     *   failures  fetch.h's list; the bytes that were handed on before are good, unless the failure is
     *             BG_E_REMOTE_FILE_CHANGED, which concerns all that was ever kept of the file */
    void (*done)(void *context, HRESULT hr, const struct fetch_reply *answer);
    /* FETCH_TLS_ASK only, before the reply: a server's certificate has passed; nothing is sent to it before
     * S_OK. E_PENDING: the request is held, out of the network, until go_on, and then asks again. A failure
     * ends it. Also again for a connection that is made anew. */
    HRESULT (*certificate)(void *context, const struct fetch_certificate *certificate);
};

struct fetch_request;

struct fetch_source {
    const struct fetch_source_ops *ops;
};

struct fetch_source_ops {
    /* E_OUTOFMEMORY, E_INVALIDARG (the URL cannot be parsed or is not http(s), the range is not one); then
     * *out is NULL and nothing is said. Otherwise whatever is said comes from a later turn. */
    HRESULT(*start)
    (struct fetch_source *source, const struct fetch_spec *spec, const struct fetch_sink *sink, void *context,
     struct fetch_request **out);
    /* The request shall end before offset end, which lies in its range; bytes past it are not handed on. If
     * those before it have come already, done(S_OK) follows from the next turn. */
    void (*shorten)(struct fetch_source *source, struct fetch_request *request, uint64_t end);
    /* A request that certificate has held goes on; others do not mind. Not from inside a sink function. */
    void (*go_on)(struct fetch_source *source, struct fetch_request *request);
    /* Also from inside any sink function, of any request; for the one whose done is running it does nothing.
     */
    void (*cancel)(struct fetch_source *source, struct fetch_request *request);
    /* Waits at most timeout_us (real time; a source may round up to 1 ms) for something to do, does it,
     * returns. Not from inside a sink function. E_OUTOFMEMORY, E_FAIL: the source can do no more work. */
    HRESULT (*turn)(struct fetch_source *source, uint64_t timeout_us);
    /* Ends the wait of a turn under way, or the next one. Any thread. */
    void (*wake)(struct fetch_source *source);
    /* No request is open. */
    void (*free)(struct fetch_source *source);
};

#endif
