#include "ask.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_S 30

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void forget_answer(struct ask *ask)
{
    free(ask->etag);
    free(ask->last_modified);
    free(ask->url);
    free(ask->headers);
    free(ask->redirect);
    ask->etag = ask->last_modified = ask->url = ask->headers = ask->redirect = NULL;
}

static void keep_answer(struct ask *ask, const struct fetch_reply *reply)
{
    forget_answer(ask);
    ask->status = reply->http_status;
    ask->size = reply->version.size;
    ask->etag = copy(reply->version.etag);
    ask->last_modified = copy(reply->version.last_modified);
    ask->last_modified_unix_s = reply->last_modified_unix_s;
    ask->url = copy(reply->url);
    ask->headers = copy(reply->headers);
    ask->redirect = copy(reply->redirect);
}

static HRESULT on_reply(void *context, const struct fetch_reply *reply)
{
    struct ask *ask = context;

    ck_assert_ptr_nonnull(ask->request);
    ck_assert(!ask->replied && !ask->done && ask->len == 0);
    ask->replied = true;
    keep_answer(ask, reply);
    return ask->on_reply ? ask->on_reply(ask) : S_OK;
}

static HRESULT on_bytes(void *context, uint64_t offset, const void *bytes, size_t len)
{
    struct ask *ask = context;

    ck_assert_ptr_nonnull(ask->request);
    ck_assert(ask->replied && !ask->done);
    ck_assert_uint_gt(len, 0);
    if (ask->len == 0)
        ask->first = offset;
    ck_assert_uint_eq(offset, ask->first + ask->len);
    ck_assert_uint_ge(offset, ask->range.start);
    ck_assert_uint_le(offset + len, ask->range.end);
    ask->bytes = realloc(ask->bytes, ask->len + len);
    memcpy(ask->bytes + ask->len, bytes, len);
    ask->len += len;
    return ask->on_bytes ? ask->on_bytes(ask) : S_OK;
}

static void on_done(void *context, HRESULT hr, const struct fetch_reply *answer)
{
    struct ask *ask = context;

    ck_assert_ptr_nonnull(ask->request);
    ck_assert(!ask->done);
    ask->done = true;
    ask->hr = hr;
    if (answer)
        keep_answer(ask, answer);
    else
        ck_assert(!ask->replied);
    if (ask->on_done)
        ask->on_done(ask);
    ask->request = NULL;
}

static HRESULT on_certificate(void *context, const struct fetch_certificate *certificate)
{
    struct ask *ask = context;

    ck_assert(!ask->replied && !ask->done);
    return ask->on_certificate(ask, certificate);
}

struct fetch_source *ask_source(const struct fetch_config *config)
{
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY"};
    static const struct fetch_config none;
    struct fetch_source *source;

    for (size_t i = 0; i < sizeof proxies / sizeof proxies[0]; i++)
        unsetenv(proxies[i]);
    ck_assert_int_eq(fetch_new(config ? config : &none, &source), S_OK);
    return source;
}

void ask_start(struct ask *ask, struct fetch_source *source, const struct fetch_spec *spec)
{
    static const struct fetch_sink sink = {
        .reply = on_reply, .bytes = on_bytes, .done = on_done, .certificate = on_certificate};

    ask->source = source;
    ask->range = spec->range;
    ck_assert_int_eq(source->ops->start(source, spec, &sink, ask, &ask->request), S_OK);
    ck_assert_ptr_nonnull(ask->request);
}

void ask_cancel(struct ask *ask)
{
    struct fetch_request *request = ask->request;

    ask->request = NULL; /* from here on every call is a failure */
    ask->source->ops->cancel(ask->source, request);
}

static void turn_until(struct ask *ask, bool (*reached)(const struct ask *, size_t), size_t what)
{
    struct timespec start, now;

    clock_gettime(CLOCK_MONOTONIC, &start);
    while (!reached(ask, what)) {
        ck_assert_int_eq(ask->source->ops->turn(ask->source, 1000000), S_OK);
        clock_gettime(CLOCK_MONOTONIC, &now);
        ck_assert_msg(now.tv_sec - start.tv_sec < LIMIT_S, "nothing happens");
    }
}

static bool is_done(const struct ask *ask, size_t unused)
{
    (void)unused;
    return ask->done;
}

static bool has_bytes(const struct ask *ask, size_t len)
{
    ck_assert(!ask->done || ask->len >= len);
    return ask->len >= len;
}

void ask_wait(struct ask *ask)
{
    turn_until(ask, is_done, 0);
}

void ask_wait_bytes(struct ask *ask, size_t len)
{
    turn_until(ask, has_bytes, len);
}

void ask_settle(struct fetch_source *source)
{
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(source->ops->turn(source, 0), S_OK);
}

void ask_run(struct ask *ask, struct fetch_source *source, const struct fetch_spec *spec)
{
    ask_start(ask, source, spec);
    ask_wait(ask);
}

void ask_release(struct ask *ask)
{
    forget_answer(ask);
    free(ask->bytes);
    memset(ask, 0, sizeof *ask);
}
