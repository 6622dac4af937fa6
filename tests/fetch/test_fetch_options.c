/* fetch with options: what goes on the wire to whom. The server is scripted, and its record of the requests
 * is the evidence; a second one stands for another origin, or for a proxy. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/hr.h"
#include "raw_server.h"
#include "suite.h"

#define BODY "0123456789"
#define PART                                                                                                 \
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 100-109/1000\r\n\r\n" BODY
#define WHOLE     "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" BODY
#define BASIC     "WWW-Authenticate: Basic realm=\"x\"\r\n"
#define DIGEST    "WWW-Authenticate: Digest realm=\"x\", nonce=\"abc\", qop=\"auth\", algorithm=MD5\r\n"
#define ASKS(how) "HTTP/1.1 401 Who\r\n" how "Content-Length: 4\r\n\r\nwho?"
#define HTTP(n)   ((HRESULT)(0x80190000u + n))

static struct fetch_source *source;

static void set_up(void)
{
    source = ask_source(NULL);
}

static void tear_down(void)
{
    source->ops->free(source);
}

static struct raw_server *serve(const struct raw_answer *answers, size_t count)
{
    return raw_server_start(&(struct raw_options){.answers = answers, .count = count});
}

static struct fetch_options *make(const struct fetch_options_config *config)
{
    struct fetch_options *options;

    ck_assert_int_eq(fetch_options_new(config, &options), S_OK);
    return options;
}

static HRESULT run_spec(const struct fetch_spec *spec, struct ask *ask)
{
    ask_run(ask, source, spec);
    if (ask->hr == S_OK && spec->kind != FETCH_SIZE)
        ck_assert_mem_eq(ask->bytes, BODY, 10);
    return ask->hr;
}

/* One range, with options that are dropped at once: the request holds them. */
static HRESULT run(const char *url, struct fetch_options *options)
{
    struct fetch_spec spec = {
        .kind = FETCH_RANGE, .url = url, .range = {100, 110}, .expected = {.size = 1000}, .options = options};
    struct ask ask = {0};
    HRESULT hr = run_spec(&spec, &ask);

    ask_release(&ask);
    return hr;
}

static bool sent(struct raw_server *server, const char *text)
{
    char *requests = raw_server_requests(server);
    bool there = strstr(requests, text) != NULL;

    free(requests);
    return there;
}

static unsigned count_of(struct raw_server *server, const char *text)
{
    char *requests = raw_server_requests(server);
    unsigned count = 0;

    for (const char *at = requests; (at = strstr(at, text)); at++)
        count++;
    free(requests);
    return count;
}

/* --- headers */

START_TEST(test_headers_go_with_each_request_and_replace_the_defaults)
{
    static const struct raw_answer answers[] = {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"},
                                                {.bytes = PART}};
    struct raw_server *server = serve(answers, 2);
    struct fetch_options *options = make(&(struct fetch_options_config){
        .headers = "X-One: 1\r\nUSER-AGENT: mine\r\naccept-encoding:br\r\nX-Empty:\r\nX-Blank: \t\r\n"
                   "Accept: text/*\r\nCookie: a=b; c=d"});
    struct fetch_spec size = {.kind = FETCH_SIZE,
                              .url = raw_server_url(server),
                              .expected = {.size = FETCH_SIZE_UNKNOWN},
                              .options = options};
    struct ask ask = {0};

    ck_assert_int_eq(run_spec(&size, &ask), S_OK);
    ask_release(&ask);
    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(count_of(server, "\r\nX-One: 1\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nUSER-AGENT: mine\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\naccept-encoding:br\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nX-Empty:\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nX-Blank:\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nAccept: text/*\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nCookie: a=b; c=d\r\n"), 2);
    ck_assert_uint_eq(count_of(server, "\r\nConnection: Keep-Alive\r\n"), 2);
    ck_assert(!sent(server, "User-Agent:"));
    ck_assert(!sent(server, "identity"));
    ck_assert(!sent(server, "*/*"));
    raw_server_stop(server);
}
END_TEST

START_TEST(test_a_handle_forgets_options)
{
    static const struct raw_answer answer = {.bytes = PART};
    struct raw_server *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){.headers = "X-One: 1"});

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(run(raw_server_url(server), i % 2 == 0 ? options : NULL), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), 4);
    ck_assert_uint_eq(count_of(server, "X-One"), 2);
    ck_assert_uint_eq(raw_server_connection_count(server), 1);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_a_coded_body_is_kept_if_asked_for)
{
    static const struct raw_answer answer = {
        .bytes = "HTTP/1.1 206 P\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n"
                 "Content-Range: bytes 100-109/1000\r\n\r\n" BODY};
    struct raw_server *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = FETCH_KEEP_CODING});

    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    ck_assert_int_eq(run(raw_server_url(server), NULL), BG_E_INVALID_SERVER_RESPONSE);
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

/* --- methods */

START_TEST(test_method)
{
    static const struct {
        const char *method, *line;
        bool length;
    } rows[] = {{"POST", "POST / HTTP/1.1\r\n", true},
                {"PUT", "PUT / HTTP/1.1\r\n", true},
                {"REPORT", "REPORT / HTTP/1.1\r\n", false}};
    static const struct raw_answer answer = {.bytes = WHOLE};
    struct raw_server *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){.method = rows[_i].method});
    struct fetch_spec spec = {.kind = FETCH_WHOLE,
                              .url = raw_server_url(server),
                              .range = {0, FETCH_SIZE_UNKNOWN},
                              .expected = {.size = FETCH_SIZE_UNKNOWN},
                              .options = options};
    struct ask ask = {0};

    ck_assert_int_eq(run_spec(&spec, &ask), S_OK);
    ck_assert_uint_eq(ask.size, 10);
    ask_release(&ask);
    fetch_options_drop(options);
    ck_assert(sent(server, rows[_i].line));
    ck_assert(sent(server, "Content-Length: 0\r\n") == rows[_i].length);
    ck_assert(!sent(server, "Range:"));
    raw_server_stop(server);
}
END_TEST

START_TEST(test_method_after_a_redirect)
{
    static const struct {
        const char *method, *status, *then;
    } rows[] = {
        {"POST", "301", "GET "},  {"POST", "302", "GET "}, {"POST", "303", "GET "}, {"POST", "307", "POST "},
        {"POST", "308", "POST "}, {"PUT", "302", "PUT "},  {"PUT", "303", "GET "},
    };
    char moved[128];
    struct raw_answer answers[] = {{.bytes = moved}, {.bytes = WHOLE}};
    struct raw_server *server;
    struct fetch_options *options = make(&(struct fetch_options_config){.method = rows[_i].method});
    struct fetch_spec spec = {.kind = FETCH_WHOLE,
                              .range = {0, FETCH_SIZE_UNKNOWN},
                              .expected = {.size = FETCH_SIZE_UNKNOWN},
                              .options = options};
    struct ask ask = {0};
    char line[32];

    snprintf(moved, sizeof moved, "HTTP/1.1 %s F\r\nContent-Length: 0\r\nLocation: /to\r\n\r\n",
             rows[_i].status);
    snprintf(line, sizeof line, "%s/to HTTP/1.1\r\n", rows[_i].then);
    server = serve(answers, 2);
    spec.url = raw_server_url(server);
    ck_assert_int_eq(run_spec(&spec, &ask), S_OK);
    ask_release(&ask);
    fetch_options_drop(options);
    ck_assert(sent(server, line));
    raw_server_stop(server);
}
END_TEST

/* --- credentials */

static const struct fetch_credential all[] = {
    {FETCH_AUTH_SERVER, FETCH_AUTH_BASIC, "basic", "pw"},
    {FETCH_AUTH_SERVER, FETCH_AUTH_DIGEST, "digest", "pw"},
    {FETCH_AUTH_PROXY, FETCH_AUTH_BASIC, "proxy", "pw"},
};

static struct fetch_options *with_credentials(size_t first, size_t count)
{
    return make(&(struct fetch_options_config){.credentials = &all[first], .credential_count = count});
}

/* "basic:pw" */
#define BASIC_SENT "Authorization: Basic YmFzaWM6cHc=\r\n"

START_TEST(test_basic_waits_for_its_challenge_once)
{
    static const struct raw_answer answers[] = {{.bytes = ASKS(BASIC)}, {.bytes = PART}};
    struct raw_server *server = serve(answers, 2);
    struct fetch_options *options = with_credentials(0, 1);

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), 4);
    ck_assert_uint_eq(count_of(server, BASIC_SENT), 3);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_the_strongest_scheme_that_has_an_entry)
{
    static const struct raw_answer answers[] = {
        {.bytes = ASKS(BASIC DIGEST)}, {.bytes = ASKS(DIGEST)}, {.bytes = PART}};
    struct raw_server *server = serve(answers, 3);
    struct fetch_options *options = with_credentials(0, 2);

    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    fetch_options_drop(options);
    ck_assert(sent(server, "Authorization: Digest username=\"digest\""));
    ck_assert(!sent(server, "Basic"));
    raw_server_stop(server);
}
END_TEST

START_TEST(test_credentials_that_do_not_help)
{
    static const struct {
        struct raw_answer answer;
        size_t first, count;
        unsigned requests;
    } rows[] = {
        {{.bytes = ASKS(BASIC)}, 0, 1, 2},  /* wrong: asked once more, and no more */
        {{.bytes = ASKS(DIGEST)}, 1, 1, 3}, /* its own first step is one more */
        {{.bytes = ASKS(DIGEST)}, 0, 1, 1}, /* none for this scheme */
        {{.bytes = ASKS("")}, 0, 2, 1},     /* no scheme at all */
        {{.bytes = ASKS(BASIC)}, 2, 1, 1},  /* those of the proxy are not for the server */
        {{.bytes = "HTTP/1.1 401 W\r\n" DIGEST "Content-Length: 0\r\n\r\n"}, 1, 1, 3}, /* without a body */
    };
    struct raw_server *server = serve(&rows[_i].answer, 1);
    struct fetch_options *options = with_credentials(rows[_i].first, rows[_i].count);

    ck_assert_int_eq(run(raw_server_url(server), options), BG_E_HTTP_ERROR_401);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), rows[_i].requests);
    ck_assert(rows[_i].requests > 1 || !sent(server, "Authorization"));
    raw_server_stop(server);
}
END_TEST

/* --- other origins (decision 27) */

START_TEST(test_nothing_of_the_clients_leaves_for_another_origin)
{
    static const struct raw_answer answers[] = {{.bytes = ASKS(BASIC)}, {.bytes = PART}};
    char moved[256];
    struct raw_answer there = {.bytes = moved};
    struct raw_server *to = serve(answers, 2), *from;
    struct fetch_options *options =
        make(&(struct fetch_options_config){.headers = "X-One: 1\r\nAuthorization: Bearer t\r\nCookie: c=1",
                                            .credentials = all,
                                            .credential_count = 3});

    snprintf(moved, sizeof moved, "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: %s/x\r\n\r\n",
             raw_server_url(to));
    from = serve(&there, 1);
    /* Its challenge stays unanswered. */
    ck_assert_int_eq(run(raw_server_url(from), options), BG_E_HTTP_ERROR_401);
    ck_assert_int_eq(run(raw_server_url(from), options), S_OK);
    fetch_options_drop(options);
    ck_assert(sent(from, "X-One: 1\r\n"));
    ck_assert(!sent(to, "X-One"));
    ck_assert(!sent(to, "Authorization"));
    ck_assert(!sent(to, "Cookie"));
    ck_assert(sent(to, "Accept-Encoding: identity\r\n"));
    raw_server_stop(from);
    raw_server_stop(to);
}
END_TEST

START_TEST(test_home_is_another_origin_than_the_url)
{
    static const struct raw_answer answer = {.bytes = PART};
    struct raw_server *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){.headers = "X-One: 1"});
    struct fetch_spec spec = {.kind = FETCH_RANGE,
                              .url = raw_server_url(server),
                              .home = "http://elsewhere.example/f",
                              .range = {100, 110},
                              .expected = {.size = 1000},
                              .options = options};
    struct ask ask = {0};

    ck_assert_int_eq(run_spec(&spec, &ask), S_OK);
    ask_release(&ask);
    ck_assert(!sent(server, "X-One"));
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_headers_come_back_with_the_origin)
{
    char moved[256], back[256];
    struct raw_answer there[] = {{.bytes = moved}, {.bytes = PART}}, again = {.bytes = back};
    struct raw_server *home = serve(there, 2), *other;
    struct fetch_options *options = make(&(struct fetch_options_config){.headers = "X-One: 1"});

    snprintf(back, sizeof back, "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: %s/y\r\n\r\n",
             raw_server_url(home));
    other = serve(&again, 1);
    snprintf(moved, sizeof moved, "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: %s/x\r\n\r\n",
             raw_server_url(other));
    ck_assert_int_eq(run(raw_server_url(home), options), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(count_of(home, "X-One: 1\r\n"), 2);
    ck_assert(!sent(other, "X-One"));
    raw_server_stop(other);
    raw_server_stop(home);
}
END_TEST

START_TEST(test_a_redirect_may_be_refused)
{
    static const struct raw_answer answer = {
        .bytes = "HTTP/1.1 301 F\r\nContent-Length: 0\r\nLocation: http://other.example/y#z\r\n\r\n"};
    struct raw_server *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = FETCH_REFUSE_REDIRECTS});
    struct fetch_spec spec = {.kind = FETCH_RANGE,
                              .url = raw_server_url(server),
                              .range = {100, 110},
                              .expected = {.size = 1000},
                              .options = options};
    struct ask ask = {0};

    ck_assert_int_eq(run_spec(&spec, &ask), HTTP(301));
    ck_assert_str_eq(ask.redirect, "http://other.example/y");
    ask_release(&ask);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), 1);
    raw_server_stop(server);
}
END_TEST

/* --- proxies */

static struct fetch_options *through(struct raw_server *proxy, const char *bypass)
{
    return make(&(struct fetch_options_config){.proxy = FETCH_PROXY_LIST,
                                               .proxies = raw_server_url(proxy),
                                               .proxy_bypass = bypass,
                                               .credentials = all,
                                               .credential_count = 3});
}

START_TEST(test_proxy_of_the_list)
{
    static const struct raw_answer answer = {.bytes = PART};
    struct raw_server *proxy = serve(&answer, 1);
    struct fetch_options *options = through(proxy, "127.0.0.1");

    setenv("no_proxy", "*", 1); /* the list stands above the environment */
    ck_assert_int_eq(run("http://far.example/f", options), S_OK);
    unsetenv("no_proxy");
    ck_assert(sent(proxy, "GET http://far.example/f HTTP/1.1\r\n"));
    fetch_options_drop(options);
    raw_server_stop(proxy);
}
END_TEST

START_TEST(test_proxy_is_bypassed)
{
    static const struct raw_answer answer = {.bytes = PART};
    struct raw_server *proxy = serve(&answer, 1), *server = serve(&answer, 1);
    struct fetch_options *options = through(proxy, "127.0.0.*");

    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(proxy), 0);
    raw_server_stop(server);
    raw_server_stop(proxy);
}
END_TEST

/* _i == 0: the environment's proxy is used; 1: it is not. */
START_TEST(test_proxy_of_the_environment)
{
    static const struct raw_answer answer = {.bytes = PART};
    struct raw_server *proxy = serve(&answer, 1), *server = serve(&answer, 1);
    struct fetch_options *options = make(&(struct fetch_options_config){
        .headers = "X-One: 1", .proxy = _i == 0 ? FETCH_PROXY_ENVIRONMENT : FETCH_PROXY_NONE});

    setenv("http_proxy", raw_server_url(proxy), 1);
    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    unsetenv("http_proxy");
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(proxy), _i == 0 ? 1 : 0);
    raw_server_stop(server);
    raw_server_stop(proxy);
}
END_TEST

START_TEST(test_proxy_that_wants_credentials)
{
    static const struct raw_answer answers[] = {
        /* closed: libcurl takes another connection for other credentials, and this server has one at a time
         */
        {.bytes = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
         .end = RAW_CLOSE},
        {.bytes = PART}};
    struct raw_server *proxy = serve(answers, 2);
    struct fetch_options *options = through(proxy, NULL);

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(run("http://far.example/f", options), S_OK);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(proxy), 3);
    /* "proxy:pw" */
    ck_assert_uint_eq(count_of(proxy, "\r\nProxy-Authorization: Basic cHJveHk6cHc=\r\n"), 2);
    ck_assert(!sent(proxy, "\r\nAuthorization"));
    raw_server_stop(proxy);
}
END_TEST

/* What the proxy says to CONNECT is the result; 407 is answered there, too. */
START_TEST(test_tunnel_that_is_refused)
{
    static const struct {
        const char *status;
        HRESULT hr;
        unsigned requests;
    } rows[] = {
        {"403 No", HTTP(403), 1},
        {"502 No", HTTP(502), 1},
        {"407 Who\r\nProxy-Authenticate: Basic realm=\"p\"", HTTP(407), 2},
        {"407 Who\r\nProxy-Authenticate: Digest realm=\"p\", nonce=\"n\"", HTTP(407), 1},
    };
    char text[128];
    struct raw_answer answer = {.bytes = text};
    struct raw_server *proxy;
    struct fetch_options *options;

    snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", rows[_i].status);
    proxy = serve(&answer, 1);
    options = through(proxy, NULL);
    ck_assert_int_eq(run("https://far.example/f", options), rows[_i].hr);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(proxy), rows[_i].requests);
    ck_assert(sent(proxy, "CONNECT far.example:443 HTTP/1.1\r\n"));
    ck_assert(sent(proxy, "Proxy-Authorization: Basic cHJveHk6cHc=\r\n") == (rows[_i].requests == 2));
    raw_server_stop(proxy);
}
END_TEST

START_TEST(test_proxy_list_that_cannot_be_read)
{
    struct fetch_options *options =
        make(&(struct fetch_options_config){.proxy = FETCH_PROXY_LIST, .proxies = "not a:proxy:at:all"});
    struct fetch_spec spec = {.kind = FETCH_RANGE,
                              .url = "http://far.example/f",
                              .range = {100, 110},
                              .expected = {.size = 1000},
                              .options = options};
    struct fetch_request *request;
    static const struct fetch_sink sink;

    ck_assert_int_eq(source->ops->start(source, &spec, &sink, NULL, &request), BG_E_INVALID_PROXY_INFO);
    ck_assert_ptr_null(request);
    fetch_options_drop(options);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_options");
    TCase *tcase = tcase_create("wire");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_headers_go_with_each_request_and_replace_the_defaults);
    tcase_add_test(tcase, test_a_handle_forgets_options);
    tcase_add_test(tcase, test_a_coded_body_is_kept_if_asked_for);
    tcase_add_loop_test(tcase, test_method, 0, 3);
    tcase_add_loop_test(tcase, test_method_after_a_redirect, 0, 7);
    tcase_add_test(tcase, test_basic_waits_for_its_challenge_once);
    tcase_add_test(tcase, test_the_strongest_scheme_that_has_an_entry);
    tcase_add_loop_test(tcase, test_credentials_that_do_not_help, 0, 6);
    tcase_add_test(tcase, test_nothing_of_the_clients_leaves_for_another_origin);
    tcase_add_test(tcase, test_home_is_another_origin_than_the_url);
    tcase_add_test(tcase, test_headers_come_back_with_the_origin);
    tcase_add_test(tcase, test_a_redirect_may_be_refused);
    tcase_add_test(tcase, test_proxy_of_the_list);
    tcase_add_test(tcase, test_proxy_is_bypassed);
    tcase_add_loop_test(tcase, test_proxy_of_the_environment, 0, 2);
    tcase_add_test(tcase, test_proxy_that_wants_credentials);
    tcase_add_loop_test(tcase, test_tunnel_that_is_refused, 0, 4);
    tcase_add_test(tcase, test_proxy_list_that_cannot_be_read);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
