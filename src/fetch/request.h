/* request.h: one transfer: a reused libcurl handle, what was asked, and how far the answer has come.
 *
 * Private to fetch. http.c owns the requests and the multi handle; request.c never calls into the multi
 * handle and never frees a request from one of libcurl's callbacks.
 */
#ifndef OPENBITS_FETCH_REQUEST_H
#define OPENBITS_FETCH_REQUEST_H

#include <curl/curl.h>

#include "base/list.h"
#include "fetch/headers.h"
#include "fetch/hop.h"
#include "fetch/proof.h"
#include "trace/trace.h"

enum request_state {
    REQUEST_IDLE,      /* in the pool; no sink */
    REQUEST_ASKING,    /* no final answer's headers yet */
    REQUEST_HELD,      /* a question about the server's certificate is open; not in the multi handle */
    REQUEST_TAKING,    /* the answer is proved: its bytes go to the sink */
    REQUEST_DRAINING,  /* redirected, or, for the rest of this turn, refused: the body is read and dropped */
    REQUEST_SETTLED,   /* the result is known; nothing more is taken from the network */
    REQUEST_ENDING,    /* the sink's done is running */
    REQUEST_ABANDONED, /* cancelled from inside one of libcurl's callbacks: silent, but not freed yet */
};

/* What all requests of a source have in common. */
struct request_defaults {
    struct list over; /* by fetch_request.over: to be ended this turn, with libcurl's message or without */
    struct trace *trace;
    char *user_agent, *ca_file; /* ca_file: NULL is the system's */
    uint32_t connect_timeout_s, stall_timeout_s;
    struct curl_slist *headers; /* every request sends these */
    uint64_t started;           /* requests so far, for the trace */

    /* The last date read, since most answers of one job carry the same. */
    char date_text[64];
    int64_t date_unix_s;
};

struct fetch_request {
    struct list node; /* in one of the source's lists */
    struct list over; /* in the defaults' list, once */
    struct request_defaults *defaults;
    CURL *easy;
    long buffer_size; /* as set in the handle; bytes */
    enum request_state state;

    struct fetch_spec spec; /* its strings are spec_text's, its url is url */
    char *spec_text;
    size_t spec_text_cap;
    GUID trace_job;
    struct fetch_sink sink;
    void *context;
    uint64_t number;

    char *url;      /* of this hop; checked, and set in the handle */
    char *next_url; /* DRAINING, if the answer was a redirect to follow */
    unsigned hops;
    bool again; /* this hop is asked a second time, on a new connection */

    struct hop hop;    /* hop.options NULL: the request has none, and nothing of hop is looked at */
    bool tentative;    /* ASKING: the answer is a challenge that libcurl may go on to answer */
    char *refused_url; /* where a redirect leads that was to be refused */

    /* The header lines that only this request sends; they chain into the defaults' list. */
    char range_line[64];
    char condition_line[128];
    struct curl_slist range_node, condition_node, length_node;

    struct fetch_headers headers;
    struct proof proof;
    char *version_text; /* the answer's ETag and Last-Modified, each ended by NUL */
    size_t version_text_cap;

    char trouble[CURL_ERROR_SIZE]; /* libcurl's words for a failure; only looked at where its code is too wide
                                    */

    uint64_t pos;     /* next byte to hand on */
    uint64_t end;     /* where to stop: what was asked, or less after shorten */
    uint64_t drained; /* bytes dropped */
    HRESULT result;   /* DRAINING (without redirect) and SETTLED */
};

/* A handle with everything set that never changes. NULL: memory is short. */
struct fetch_request *request_new(struct request_defaults *defaults);
void request_free(struct fetch_request *request);

/* From IDLE to ASKING; then the handle can be added to the multi handle. E_INVALIDARG, E_OUTOFMEMORY: IDLE.
 */
HRESULT request_begin(struct fetch_request *request, const struct fetch_spec *spec,
                      const struct fetch_sink *sink, void *context);

void request_shorten(struct fetch_request *request, uint64_t end);

/* The transfer is over, with this code. True: the handle is to be added again, for another hop or because a
 * kept connection was dead. False: the result is known. */
bool request_over(struct fetch_request *request, CURLcode code);

/* HELD: to ASKING; the handle is to be added again. False: it was not held. */
bool request_go_on(struct fetch_request *request);

/* Silent from here on; it is ended this turn. Not for ENDING and IDLE. */
void request_abandon(struct fetch_request *request);

/* It could not be given to libcurl. SETTLED with hr; it is ended this turn. */
void request_fail(struct fetch_request *request, HRESULT hr);

/* Says done to the sink. From SETTLED to ENDING. */
void request_say_done(struct fetch_request *request);

/* To IDLE, from any state; forgets what was asked, keeps the handle and moderate buffers. */
void request_clear(struct fetch_request *request);

/* request_trace.c */
void request_trace_start(const struct fetch_request *request);
void request_trace_end(const struct fetch_request *request);

#endif
