/* Each allocation of one request fails in turn, fetch's and libcurl's; then each and all that follow it.
 *
 * Whatever fails: nothing crashes or leaks, done comes at most once, what was handed on is a prefix of the
 * truth, and S_OK means all of it. The source works again when memory is back.
 */
#include <check.h>
#include <curl/curl.h>
#include <string.h>

#include "ask.h"
#include "base/hr.h"
#include "oom.h"
#include "raw_server.h"
#include "suite.h"

#define BODY "0123456789"

static const struct raw_answer answers[] = {
    {.bytes = "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n"},
    {.bytes = "HTTP/1.1 206 P\r\nContent-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: \"v\"\r\n"
              "Last-Modified: Sun, 13 Sep 2020 12:26:40 GMT\r\n\r\n" BODY},
};

/* Only this thread allocates through here: the server's has the usual allocator. */
static long live, countdown = -1;
static bool for_ever;

static bool fails(void)
{
    if (countdown < 0)
        return false;
    if (countdown > 0) {
        countdown--;
        return false;
    }
    if (!for_ever)
        countdown = -1;
    return true;
}

void *oom_malloc(size_t size)
{
    void *p = fails() ? NULL : malloc(size);

    live += p != NULL;
    return p;
}

void *oom_calloc(size_t count, size_t size)
{
    void *p = fails() ? NULL : calloc(count, size);

    live += p != NULL;
    return p;
}

void *oom_realloc(void *old, size_t size)
{
    void *p = fails() ? NULL : realloc(old, size);

    live += p != NULL && !old;
    return p;
}

void oom_free(void *p)
{
    live -= p != NULL;
    free(p);
}

char *oom_strndup(const char *text, size_t len)
{
    size_t n = strnlen(text, len);
    char *p = oom_malloc(n + 1);

    if (p) {
        memcpy(p, text, n);
        p[n] = 0;
    }
    return p;
}

char *oom_strdup(const char *text)
{
    return oom_strndup(text, strlen(text));
}

/* What came. */
struct take {
    size_t len;
    bool done;
    HRESULT hr;
};

static HRESULT on_reply(void *context, const struct fetch_reply *reply)
{
    (void)context;
    ck_assert_int_eq(reply->http_status, 206);
    ck_assert_str_eq(reply->version.etag, "\"v\"");
    return S_OK;
}

static HRESULT on_bytes(void *context, uint64_t offset, const void *bytes, size_t len)
{
    struct take *take = context;

    ck_assert_uint_eq(offset, 100 + take->len);
    ck_assert_uint_le(take->len + len, 10);
    ck_assert_mem_eq(bytes, BODY + take->len, len);
    take->len += len;
    return S_OK;
}

static void on_done(void *context, HRESULT hr, const struct fetch_reply *answer)
{
    struct take *take = context;

    (void)answer;
    ck_assert(!take->done);
    take->done = true;
    take->hr = hr;
}

/* One request, with whatever failures are set. A turn that fails is given a few more. */
static HRESULT ask_for_ten(struct fetch_source *source, const char *url)
{
    static const struct fetch_sink sink = {.reply = on_reply, .bytes = on_bytes, .done = on_done};
    struct fetch_spec spec = {
        .kind = FETCH_RANGE,
        .url = url,
        .range = {100, 110},
        .expected = {.size = 1000, .etag = "\"v\"", .last_modified = "Sun, 13 Sep 2020 12:26:40 GMT"}};
    struct fetch_request *request;
    struct take take = {0};
    HRESULT hr = source->ops->start(source, &spec, &sink, &take, &request);

    if (FAILED(hr)) {
        ck_assert_ptr_null(request);
        return hr;
    }
    for (int failures = 0; !take.done && failures < 10;)
        failures += FAILED(source->ops->turn(source, 1000000));
    if (!take.done) {
        source->ops->cancel(source, request);
        return E_OUTOFMEMORY;
    }
    if (take.hr == S_OK)
        ck_assert_uint_eq(take.len, 10);
    return take.hr;
}

/* _i: 0: one fails; 1: it and all that follow. */
START_TEST(test_each_allocation_fails)
{
    static const struct fetch_config config;
    struct raw_server *server;
    struct fetch_source *source;
    unsigned failed = 0;
    long before, n;

    ck_assert_int_eq(
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, oom_malloc, oom_free, oom_realloc, oom_strdup, oom_calloc),
        CURLE_OK);
    unsetenv("http_proxy");
    for_ever = _i == 1;
    for (n = 0;; n++) {
        bool exhausted;
        HRESULT hr;

        server = raw_server_start(&(struct raw_options){.answers = answers, .count = 2});
        before = live;
        countdown = n;
        hr = fetch_new(&config, &source);
        if (SUCCEEDED(hr)) {
            hr = ask_for_ten(source, raw_server_url(server));
            exhausted = countdown > 0;
            countdown = -1;
            ck_assert_int_eq(ask_for_ten(source, raw_server_url(server)), S_OK);
            source->ops->free(source);
        } else {
            ck_assert_int_eq(hr, E_OUTOFMEMORY);
            ck_assert_ptr_null(source);
            exhausted = false;
            countdown = -1;
        }
        ck_assert_msg(live == before, "allocation %ld failed: %ld leaked", n, live - before);
        raw_server_stop(server);
        if (exhausted) {
            ck_assert_int_eq(hr, S_OK);
            break;
        }
        failed += FAILED(hr);
        ck_assert_int_lt(n, 100000);
    }
    printf("%ld allocations, %u of them fail the request when they fail\n", n, failed);
    ck_assert_uint_gt(failed, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_oom");
    TCase *oom = tcase_create("oom");

    tcase_set_timeout(oom, 120);
    tcase_add_loop_test(oom, test_each_allocation_fails, 0, 2);
    suite_add_tcase(suite, oom);
    return suite_main(suite);
}
