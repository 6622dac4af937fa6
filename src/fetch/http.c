/* http.c: the source of bytes over libcurl's multi interface.
 *
 * One multi handle, one thread. A turn waits in curl_multi_poll, lets libcurl work, then ends what is over:
 * libcurl's messages first, then the requests that need no more of the network though libcurl would go on
 * (refused, shortened, cancelled). Only that last part calls done, and it runs outside libcurl, so a sink may
 * start and cancel there at will.
 *
 * libcurl forbids adding and removing handles inside its callbacks, and reply and bytes run there. A cancel
 * at that time marks the request ABANDONED and puts it on the list of those that are over; a start puts it on
 * the fresh list. The turn does the rest.
 *
 * Requests are kept in a pool when they end, each with its handle, options set: a request then costs two or
 * three options and no allocation of ours.
 */
#include "fetch/fetch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "fetch/errors.h"
#include "fetch/request.h"
#include "sys/inherit.h"

#define DEFAULT_CONNECTIONS       16u
#define DEFAULT_CONNECT_TIMEOUT_S 30u
#define DEFAULT_STALL_TIMEOUT_S   60u
#define USER_AGENT                "Microsoft BITS/7.8" /* */

struct http_source {
    struct fetch_source source;
    CURLM *multi;
    struct request_defaults defaults;
    struct list open;  /* in the multi handle, or on their way into it */
    struct list fresh; /* started from inside a callback: not in the multi handle yet */
    struct list idle;
    unsigned idle_count, idle_max;
    bool in_curl; /* libcurl is on the stack below us */
};

static struct http_source *http_of(struct fetch_source *source)
{
    return list_entry(source, struct http_source, source);
}

/* --- requests: from the pool into libcurl, and back --- */

static struct fetch_request *take_idle(struct http_source *http)
{
    struct list *node = list_first(&http->idle);

    if (!node)
        return request_new(&http->defaults);
    list_remove(node);
    http->idle_count--;
    return list_entry(node, struct fetch_request, node);
}

static void put_idle(struct http_source *http, struct fetch_request *request)
{
    list_remove(&request->over);
    list_remove(&request->node);
    request_clear(request);
    /* A handle that knew secrets, or one client's ways, is not for another. */
    if (http->idle_count == http->idle_max || request->hop.options) {
        request_free(request);
        return;
    }
    list_push_front(&http->idle, &request->node); /* the warmest first */
    http->idle_count++;
}

static HRESULT add(struct http_source *http, struct fetch_request *request)
{
    HRESULT hr = hr_from_curlm(curl_multi_add_handle(http->multi, request->easy));

    if (FAILED(hr))
        return hr;
    list_remove(&request->node);
    list_push_back(&http->open, &request->node);
    return S_OK;
}

/* Out of libcurl, whatever its state there; libcurl does nothing for a handle that it does not have. */
static void take_out(struct http_source *http, struct fetch_request *request)
{
    curl_multi_remove_handle(http->multi, request->easy);
}

/* --- the interface --- */

static HRESULT http_start(struct fetch_source *source, const struct fetch_spec *spec,
                          const struct fetch_sink *sink, void *context, struct fetch_request **out)
{
    struct http_source *http = http_of(source);
    struct fetch_request *request = take_idle(http);
    HRESULT hr;

    *out = NULL;
    if (!request)
        return E_OUTOFMEMORY;
    hr = request_begin(request, spec, sink, context);
    if (SUCCEEDED(hr) && http->in_curl)
        list_push_back(&http->fresh, &request->node);
    else if (SUCCEEDED(hr))
        hr = add(http, request);
    if (FAILED(hr)) {
        put_idle(http, request);
        return hr;
    }
    *out = request;
    return S_OK;
}

static void http_shorten(struct fetch_source *source, struct fetch_request *request, uint64_t end)
{
    (void)source;
    request_shorten(request, end);
}

static void http_go_on(struct fetch_source *source, struct fetch_request *request)
{
    HRESULT hr;

    assert(!http_of(source)->in_curl);
    if (!request_go_on(request))
        return;
    hr = add(http_of(source), request);
    if (FAILED(hr))
        request_fail(request, hr);
}

static void http_cancel(struct fetch_source *source, struct fetch_request *request)
{
    struct http_source *http = http_of(source);

    if (request->state == REQUEST_ENDING)
        return;
    if (http->in_curl) {
        request_abandon(request);
        return;
    }
    take_out(http, request);
    put_idle(http, request);
}

/* The transfer is over: the next hop, or the end. */
static void end_transfer(struct http_source *http, struct fetch_request *request, CURLcode code)
{
    list_remove(&request->over);
    take_out(http, request);
    if (request_over(request, code)) {
        HRESULT hr = add(http, request);

        if (SUCCEEDED(hr))
            return;
        request_fail(request, hr);
    }
    if (request->state == REQUEST_HELD)
        return; /* it stays among the open ones */
    if (request->state == REQUEST_SETTLED)
        request_say_done(request);
    put_idle(http, request);
}

static void end_messages(struct http_source *http)
{
    struct CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct fetch_request *request;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        end_transfer(http, request, message->data.result);
    }
}

/* Those that need no more of the network, and had no message. */
static void end_over(struct http_source *http)
{
    struct list *node;

    while ((node = list_first(&http->defaults.over)))
        end_transfer(http, list_entry(node, struct fetch_request, over), CURLE_OK);
}

/* What was started inside libcurl's callbacks goes in now. */
static void add_fresh(struct http_source *http)
{
    struct list *node;

    while ((node = list_first(&http->fresh))) {
        struct fetch_request *request = list_entry(node, struct fetch_request, node);
        HRESULT hr = add(http, request);

        if (SUCCEEDED(hr))
            continue;
        list_remove(node);
        list_push_back(&http->open, node);
        request_fail(request, hr); /* the next turn says so */
    }
}

static HRESULT http_turn(struct fetch_source *source, uint64_t timeout_us)
{
    struct http_source *http = http_of(source);
    int timeout_ms = timeout_us / 1000 < INT32_MAX ? (int)((timeout_us + 999) / 1000) : INT32_MAX;
    CURLMcode code = CURLM_OK;
    int running;

    assert(!http->in_curl);
    if (list_empty(&http->defaults.over))
        code = curl_multi_poll(http->multi, NULL, 0, timeout_ms, NULL);
    if (code == CURLM_OK) {
        http->in_curl = true;
        code = curl_multi_perform(http->multi, &running);
        http->in_curl = false;
    }
    end_messages(http);
    end_over(http);
    add_fresh(http);
    return hr_from_curlm(code);
}

static void http_wake(struct fetch_source *source)
{
    curl_multi_wakeup(http_of(source)->multi);
}

static void http_free(struct fetch_source *source)
{
    struct http_source *http = http_of(source);
    struct list *node;

    assert(list_empty(&http->open) && list_empty(&http->fresh) && list_empty(&http->defaults.over));
    while ((node = list_first(&http->idle))) {
        list_remove(node);
        request_free(list_entry(node, struct fetch_request, node));
    }
    if (http->multi)
        curl_multi_cleanup(http->multi);
    curl_slist_free_all(http->defaults.headers);
    free(http->defaults.user_agent);
    free(http->defaults.ca_file);
    free(http);
}

static const struct fetch_source_ops http_ops = {
    .start = http_start,
    .shorten = http_shorten,
    .go_on = http_go_on,
    .cancel = http_cancel,
    .turn = http_turn,
    .wake = http_wake,
    .free = http_free,
};

/* Every source asks for it; libcurl counts, under a lock of its own since 7.84, and starts only once. It is
 * never ended: other users of libcurl and of OpenSSL in the process may outlive us. */
static HRESULT start_libcurl(void)
{
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_THREADSAFE))
        return E_FAIL;
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? S_OK : E_FAIL;
}

static void poke(void *multi)
{
    (void)curl_multi_wakeup(multi);
}

static void drain(void *multi)
{
    (void)curl_multi_poll(multi, NULL, 0, 0, NULL);
}

static HRESULT set_up(struct http_source *http, const struct fetch_config *config)
{
    unsigned connections = config->max_connections ? config->max_connections : DEFAULT_CONNECTIONS;
    struct request_defaults *d = &http->defaults;
    HRESULT hr;

    http->idle_max = 2 * connections;
    d->trace = config->trace;
    d->connect_timeout_s = config->connect_timeout_s ? config->connect_timeout_s : DEFAULT_CONNECT_TIMEOUT_S;
    d->stall_timeout_s = config->stall_timeout_s ? config->stall_timeout_s : DEFAULT_STALL_TIMEOUT_S;
    d->user_agent = strdup(config->user_agent ? config->user_agent : USER_AGENT);
    if (!d->user_agent)
        return E_OUTOFMEMORY;
    if (config->ca_file && !(d->ca_file = strdup(config->ca_file)))
        return E_OUTOFMEMORY;
    hr = hop_default_headers(&d->headers);
    if (FAILED(hr))
        return hr;
    http->multi = curl_multi_init();
    if (!http->multi)
        return E_OUTOFMEMORY;
    /* Before 8.10 libcurl lets programs that the process starts inherit the pair that wakes it. */
    sys_pair_uninherit(poke, drain, http->multi);
    return hr_from_curlm(curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)connections));
}

HRESULT fetch_new(const struct fetch_config *config, struct fetch_source **out)
{
    struct http_source *http;
    HRESULT hr = start_libcurl();

    *out = NULL;
    if (FAILED(hr))
        return hr;
    http = calloc(1, sizeof *http);
    if (!http)
        return E_OUTOFMEMORY;
    http->source.ops = &http_ops;
    list_init(&http->open);
    list_init(&http->fresh);
    list_init(&http->defaults.over);
    list_init(&http->idle);
    hr = set_up(http, config);
    if (FAILED(hr)) {
        http_free(&http->source);
        return hr;
    }
    *out = &http->source;
    return S_OK;
}
