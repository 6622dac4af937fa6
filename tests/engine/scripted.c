/* scripted.c: see scripted.h. One thread, no time, no I/O. */
#include "engine/scripted.h"

#include "base/list.h"
#include "server/server.h"
#include "suite.h"

#include <stdlib.h>

struct fetch_request {
    struct list in_open;
    const struct fetch_sink *sink;
    void *context;
    enum fetch_kind kind;
    struct range range;
    uint64_t pos;
    bool replied, sizeless; /* sizeless: of dynamic content */
};

struct scripted {
    struct fetch_source source;
    struct scripted_options options;
    uint64_t random;
    struct list open;
    unsigned open_count, requests, cancelled;
    HRESULT fail_next, fail_all;
    unsigned char *times;
};

static struct scripted *scripted_of(struct fetch_source *source)
{
    return list_entry(source, struct scripted, source);
}

static HRESULT start(struct fetch_source *source, const struct fetch_spec *spec,
                     const struct fetch_sink *sink, void *context, struct fetch_request **out)
{
    struct scripted *scripted = scripted_of(source);
    struct fetch_request *request = calloc(1, sizeof *request);

    *out = NULL;
    if (!request)
        return E_OUTOFMEMORY;
    *request = (struct fetch_request){
        .sink = sink, .context = context, .kind = spec->kind, .range = spec->range, .pos = spec->range.start};
    request->sizeless = spec->end == FETCH_END_OF_BODY;
    if (request->sizeless)
        request->range.end = scripted->options.size;
    list_push_back(&scripted->open, &request->in_open);
    scripted->open_count++;
    scripted->requests++;
    if (scripted->options.started)
        scripted->options.started(scripted->options.context, spec->kind, spec->range);
    *out = request;
    return S_OK;
}

static void forget(struct scripted *scripted, struct fetch_request *request)
{
    list_remove(&request->in_open);
    scripted->open_count--;
}

static void end(struct scripted *scripted, struct fetch_request *request, HRESULT hr)
{
    forget(scripted, request);
    request->sink->done(request->context, hr, NULL);
    free(request);
}

static void shorten(struct fetch_source *source, struct fetch_request *request, uint64_t at)
{
    (void)source;
    request->range.end = at;
}

static void cancel(struct fetch_source *source, struct fetch_request *request)
{
    forget(scripted_of(source), request);
    scripted_of(source)->cancelled++;
    free(request);
}

static struct fetch_request *draw(struct scripted *scripted)
{
    unsigned which = (unsigned)(suite_random(&scripted->random) % scripted->open_count);
    struct list *node = scripted->open.next;

    while (which--)
        node = node->next;
    return list_entry(node, struct fetch_request, in_open);
}

static HRESULT say_reply(struct scripted *scripted, struct fetch_request *request)
{
    struct fetch_reply reply = {
        .http_status = request->kind == FETCH_RANGE ? 206 : 200,
        .version = {.size = request->sizeless ? FETCH_SIZE_UNKNOWN : scripted->options.size, .etag = "\"1\""},
        .url = "http://scripted/f",
        .headers = "Server: scripted\r\n",
    };

    request->replied = true;
    return request->sink->reply(request->context, &reply);
}

static HRESULT say_bytes(struct scripted *scripted, struct fetch_request *request)
{
    unsigned char bytes[4096];
    uint64_t most = scripted->options.most_bytes ? scripted->options.most_bytes : sizeof bytes;
    uint64_t len = 1 + suite_random(&scripted->random) % most, at = request->pos;

    if (len > request->range.end - at)
        len = request->range.end - at;
    server_content(scripted->options.content, at, bytes, (size_t)len);
    for (uint64_t i = 0; i < len; i++)
        scripted->times[at + i]++;
    request->pos += len;
    return request->sink->bytes(request->context, at, bytes, (size_t)len);
}

static HRESULT turn(struct fetch_source *source, uint64_t timeout_us)
{
    struct scripted *scripted = scripted_of(source);
    struct fetch_request *request;
    HRESULT hr;

    (void)timeout_us;
    if (list_empty(&scripted->open))
        return S_OK;
    request = draw(scripted);
    if (FAILED(scripted->fail_next)) {
        hr = scripted->fail_next;
        scripted->fail_next = S_OK;
        end(scripted, request, hr);
        return S_OK;
    }
    if (FAILED(scripted->fail_all))
        hr = scripted->fail_all;
    else if (!request->replied)
        hr = say_reply(scripted, request);
    else if (request->kind == FETCH_SIZE || request->pos >= request->range.end)
        hr = S_FALSE; /* over */
    else
        hr = say_bytes(scripted, request);
    if (hr != S_OK)
        end(scripted, request, hr == S_FALSE ? S_OK : hr);
    return S_OK;
}

static void wake(struct fetch_source *source)
{
    (void)source;
}

static void release(struct fetch_source *source)
{
    struct scripted *scripted = scripted_of(source);

    free(scripted->times);
    free(scripted);
}

static const struct fetch_source_ops ops = {
    .start = start, .shorten = shorten, .cancel = cancel, .turn = turn, .wake = wake, .free = release};

struct fetch_source *scripted_new(const struct scripted_options *options, struct scripted **out)
{
    struct scripted *scripted = calloc(1, sizeof *scripted);

    ck_assert_ptr_nonnull(scripted);
    scripted->source.ops = &ops;
    scripted->options = *options;
    scripted->random = options->seed;
    list_init(&scripted->open);
    scripted->times = calloc(options->size + 1, 1);
    ck_assert_ptr_nonnull(scripted->times);
    *out = scripted;
    return &scripted->source;
}

void scripted_fail_next(struct scripted *scripted, HRESULT hr)
{
    scripted->fail_next = hr;
}

void scripted_fail_all(struct scripted *scripted, HRESULT hr)
{
    scripted->fail_all = hr;
}

unsigned scripted_cancelled(const struct scripted *scripted)
{
    return scripted->cancelled;
}

unsigned scripted_times(const struct scripted *scripted, uint64_t offset)
{
    return scripted->times[offset];
}

unsigned scripted_open(const struct scripted *scripted)
{
    return scripted->open_count;
}

unsigned scripted_requests(const struct scripted *scripted)
{
    return scripted->requests;
}
