/* request.c: the life of one transfer, driven by libcurl's callbacks and by its end.
 *
 *     IDLE -> ASKING -> TAKING ----------> SETTLED -> ENDING -> IDLE
 *               |         |                  ^
 *               |         +-- sink fails ----+         any of the first three -> ABANDONED -> IDLE
 *               +-> DRAINING (refused) ------+
 *               +-> HELD -> ASKING, when somebody has said yes to the server's certificate
 *               +-> DRAINING (redirected, challenged) -> ASKING, with the next URL, or the same once more
 *
 * The headers decide, once, through proof_check; bytes are only counted afterwards: what is handed on lies in
 * both the range that the answer proved and the range that is still wanted. A request that needs no more
 * bytes makes its callback fail, which is how libcurl is told to drop a connection (or to reset a stream).
 *
 * A refused answer is over at once. Its body is dropped as far as it came together with the headers, which
 * lets most connections be kept; nobody waits for the rest of it.
 *
 * A redirect is followed hop by hop (R-610's silent way; decision 27): at most MAX_HOPS, http(s) only, from
 * https to http only where the options say so. One that may not be followed is its status' error. Its
 * body is waited for, if it is short and comes at once: who redirects one range redirects them all, and each
 * would need a new connection otherwise.
 *
 * A kept connection may die just when it is used again. If nothing at all came back, the request is asked
 * once more, on a new connection. libcurl does so too, but a handle may do it only five times in its whole
 * life, and ours live long.
 *
 * Everything that is sent is fixed here: R-533's header set, one range in inclusive form, and, when the date
 * of the known version is known, If-Unmodified-Since (decision 26). What a client adds to it is hop.c's.
 */
#include "fetch/request.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/vec.h"
#include "fetch/errors.h"
#include "fetch/url.h"
#include "sys/inherit.h"

#define MAX_HOPS    10u
#define MAX_DRAIN   (64u * 1024) /* bytes: cheaper to read than to connect anew */
#define DRAIN_SPEED (64L * 1024) /* bytes a second; slower than that for a second is given up */

/* Bytes. libcurl allocates the buffer for each transfer; below malloc's threshold for mmap (128 KiB) that
 * costs small requests less, and large ones want fewer reads. docs/fetch.md has the measurements. */
#define SMALL_BUFFER (96L * 1024)
#define LARGE_BUFFER (256L * 1024)

/* What a callback returns to make libcurl drop the transfer. */
#define DROP ((size_t)0)

static size_t on_header(char *line, size_t one, size_t len, void *context);
static size_t on_body(char *bytes, size_t one, size_t len, void *context);

/* --- the handle --- */

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)context;
    (void)purpose;
    return (curl_socket_t)sys_socket(address->family, address->socktype, address->protocol);
}

static bool set_up(struct fetch_request *r)
{
    const struct request_defaults *d = r->defaults;
    CURL *e = r->easy;
    CURLcode bad = CURLE_OK;

#define SET(option, value) bad = bad ? bad : curl_easy_setopt(e, option, value)
    SET(CURLOPT_PRIVATE, r);
    SET(CURLOPT_ERRORBUFFER, r->trouble);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, r);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, r);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_USERAGENT, d->user_agent);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L); /* a coded body is refused, never decoded */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's answer is not the server's */
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* cancel does not wait for a name server */
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_CONNECTTIMEOUT, (long)d->connect_timeout_s);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)d->stall_timeout_s);
    if (d->ca_file)
        SET(CURLOPT_CAINFO, d->ca_file);
#undef SET
    return bad == CURLE_OK;
}

struct fetch_request *request_new(struct request_defaults *defaults)
{
    struct fetch_request *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    list_init(&r->node);
    list_init(&r->over);
    fetch_headers_init(&r->headers);
    r->defaults = defaults;
    r->easy = curl_easy_init();
    if (!r->easy || !set_up(r)) {
        request_free(r);
        return NULL;
    }
    return r;
}

void request_free(struct fetch_request *request)
{
    if (request->easy)
        curl_easy_cleanup(request->easy);
    fetch_headers_release(&request->headers);
    free(request->spec_text);
    free(request->version_text);
    free(request->url);
    free(request->next_url);
    free(request->refused_url);
    hop_end(&request->hop);
    free(request);
}

/* --- asking --- */

/* A date we were told once; nothing but printable ASCII goes back on the wire. */
static bool can_be_sent(const char *value)
{
    for (const char *c = value; *c; c++)
        if (*c < 0x20 || *c > 0x7E)
            return false;
    return *value != 0;
}

static bool is_range(const struct fetch_spec *spec)
{
    switch (spec->kind) {
    case FETCH_SIZE:
        return true;
    case FETCH_RANGE:
        return spec->range.start < spec->range.end && spec->range.end <= (uint64_t)INT64_MAX;
    case FETCH_WHOLE:
        return spec->range.start == 0 &&
               (spec->range.end == FETCH_SIZE_UNKNOWN || spec->range.end == spec->expected.size);
    }
    return false;
}

/* The strings of spec in one buffer. */
static HRESULT copy_spec(struct fetch_request *r, const struct fetch_spec *spec)
{
    const char *const from[] = {spec->expected.etag, spec->expected.last_modified};
    const char *to[] = {NULL, NULL};
    size_t at = 0, need = 0;

    for (size_t i = 0; i < 2; i++)
        need += from[i] ? strlen(from[i]) + 1 : 0;
    if (!vec_reserve((void **)&r->spec_text, &r->spec_text_cap, need, 1))
        return E_OUTOFMEMORY;
    for (size_t i = 0; i < 2; i++)
        if (from[i]) {
            to[i] = strcpy(r->spec_text + at, from[i]);
            at += strlen(from[i]) + 1;
        }
    r->spec = *spec;
    r->spec.expected.etag = to[0];
    r->spec.expected.last_modified = to[1];
    r->spec.url = r->spec.home = NULL; /* r->url changes with each hop */
    if (spec->trace_job) {
        r->trace_job = *spec->trace_job;
        r->spec.trace_job = &r->trace_job;
    }
    return S_OK;
}

/* The handle keeps the URL of its last transfer, checked already. */
static HRESULT set_url(struct fetch_request *r, const char *url)
{
    char *copy;
    HRESULT hr;

    if (r->url && strcmp(r->url, url) == 0)
        return S_OK;
    hr = url_check(url);
    if (FAILED(hr))
        return hr;
    copy = strdup(url);
    if (!copy)
        return E_OUTOFMEMORY;
    free(r->url);
    r->url = NULL; /* the handle may have none after a failure */
    if (curl_easy_setopt(r->easy, CURLOPT_URL, copy) != CURLE_OK) {
        free(copy);
        return E_OUTOFMEMORY;
    }
    r->url = copy;
    return S_OK;
}

static CURLcode set_buffer(struct fetch_request *r)
{
    long size =
        r->spec.kind == FETCH_SIZE || range_len(r->spec.range) <= SMALL_BUFFER ? SMALL_BUFFER : LARGE_BUFFER;

    if (size == r->buffer_size)
        return CURLE_OK;
    r->buffer_size = size;
    return curl_easy_setopt(r->easy, CURLOPT_BUFFERSIZE, size);
}

static bool wants_length(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static HRESULT set_method(struct fetch_request *r)
{
    struct curl_slist *first =
        r->hop.options && r->hop.is_home ? r->hop.options->headers : r->defaults->headers;
    const char *method = r->spec.kind == FETCH_WHOLE ? r->hop.method : NULL;
    const char *date = r->spec.expected.last_modified;
    CURLcode bad;

    if (method && wants_length(method)) { /* there is no body; servers want to be told */
        static char line[] = "Content-Length: 0";

        r->length_node = (struct curl_slist){line, first};
        first = &r->length_node;
    }
    if (r->spec.kind == FETCH_RANGE) {
        if (date && strlen(date) < sizeof r->condition_line - 32 && can_be_sent(date)) {
            snprintf(r->condition_line, sizeof r->condition_line, "If-Unmodified-Since: %s", date);
            r->condition_node = (struct curl_slist){r->condition_line, first};
            first = &r->condition_node;
        }
        snprintf(r->range_line, sizeof r->range_line, "Range: bytes=%" PRIu64 "-%" PRIu64,
                 r->spec.range.start, r->spec.range.end - 1);
        r->range_node = (struct curl_slist){r->range_line, first};
        first = &r->range_node;
    }
    /* HTTPGET clears NOBODY, and NOBODY set makes it a HEAD. */
    bad = r->spec.kind == FETCH_SIZE ? curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L)
                                     : curl_easy_setopt(r->easy, CURLOPT_HTTPGET, 1L);
    if (bad == CURLE_OK && r->hop.options)
        bad = curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, method);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, first);
    if (bad == CURLE_OK)
        bad = set_buffer(r);
    return hr_from_curl(bad);
}

/* What depends on the URL, which is set. */
static HRESULT prepare_hop(struct fetch_request *r)
{
    HRESULT hr = r->hop.options ? hop_prepare(&r->hop, r->easy, r->url) : S_OK;

    return FAILED(hr) ? hr : set_method(r);
}

HRESULT request_begin(struct fetch_request *request, const struct fetch_spec *spec,
                      const struct fetch_sink *sink, void *context)
{
    struct fetch_request *r = request;
    HRESULT hr;

    assert(r->state == REQUEST_IDLE);
    if (!spec->url || !is_range(spec))
        return E_INVALIDARG;
    hr = set_url(r, spec->url);
    if (SUCCEEDED(hr))
        hr = copy_spec(r, spec);
    if (SUCCEEDED(hr) && spec->options) {
        hr = hop_begin(&r->hop, spec->options, spec->home, spec->url);
        r->hop.tls.certificate = sink->certificate;
        r->hop.tls.context = context;
    }
    if (SUCCEEDED(hr))
        hr = prepare_hop(r);
    if (FAILED(hr))
        return hr;

    r->sink = *sink;
    r->context = context;
    r->number = ++r->defaults->started;
    r->hops = 0;
    r->drained = 0;
    r->result = S_OK;
    if (spec->kind == FETCH_SIZE)
        r->spec.range = (struct range){0, 0};
    r->pos = r->spec.range.start;
    r->end = r->spec.range.end;
    r->proof = (struct proof){.size = FETCH_SIZE_UNKNOWN};
    r->state = REQUEST_ASKING;
    request_trace_start(r);
    return S_OK;
}

/* To one of the states in which only the end is left; the source ends it in this turn or the next. */
static void move_to_end(struct fetch_request *r, enum request_state state)
{
    r->state = state;
    if (list_empty(&r->over))
        list_push_back(&r->defaults->over, &r->over);
}

/* The result is known, unless nobody wants to know it any more. */
static size_t settle(struct fetch_request *r, HRESULT hr)
{
    if (r->state != REQUEST_ABANDONED) {
        r->result = hr;
        move_to_end(r, REQUEST_SETTLED);
    }
    return DROP;
}

void request_fail(struct fetch_request *request, HRESULT hr)
{
    settle(request, hr);
}

void request_abandon(struct fetch_request *request)
{
    move_to_end(request, REQUEST_ABANDONED);
}

void request_shorten(struct fetch_request *request, uint64_t end)
{
    struct fetch_request *r = request;

    if (r->state != REQUEST_ASKING && r->state != REQUEST_HELD && r->state != REQUEST_TAKING)
        return;
    if (end < r->end)
        r->end = end;
    if (r->pos >= r->end && r->spec.kind != FETCH_SIZE)
        settle(r, S_OK);
}

/* --- the answer's headers --- */

static int64_t date_of(struct request_defaults *d, const char *text)
{
    if (!text)
        return 0;
    if (strcmp(text, d->date_text) != 0) {
        time_t when = curl_getdate(text, NULL);

        if (strlen(text) >= sizeof d->date_text)
            return when > 0 ? (int64_t)when : 0;
        strcpy(d->date_text, text);
        d->date_unix_s = when > 0 ? (int64_t)when : 0;
    }
    return d->date_unix_s;
}

/* False: memory is short. The strings are the request's until its next answer. */
static bool describe_answer(struct fetch_request *r, struct fetch_reply *reply)
{
    size_t etag_len = 0, date_len = 0;
    const char *etag = fetch_headers_value(&r->headers, FETCH_FIELD_ETAG, &etag_len);
    const char *date = fetch_headers_value(&r->headers, FETCH_FIELD_LAST_MODIFIED, &date_len);

    if (!vec_reserve((void **)&r->version_text, &r->version_text_cap, etag_len + date_len + 2, 1))
        return false;
    *reply = (struct fetch_reply){
        .http_status = r->headers.status,
        .version = {.size = r->proof.size},
        .url = r->url,
        .headers = fetch_headers_text(&r->headers),
        .redirect = r->refused_url,
    };
    if (etag) {
        memcpy(r->version_text, etag, etag_len);
        r->version_text[etag_len] = 0;
        reply->version.etag = r->version_text;
    }
    if (date) {
        char *at = r->version_text + etag_len + 1;

        memcpy(at, date, date_len);
        at[date_len] = 0;
        reply->version.last_modified = at;
        reply->last_modified_unix_s = date_of(r->defaults, at);
    }
    return true;
}

/* Whether the body may be read and dropped. */
static bool short_body(const struct fetch_request *r)
{
    const struct fetch_headers *h = &r->headers;

    if (r->spec.kind == FETCH_SIZE || h->status == 204 || h->status == 304)
        return true;
    return h->chunked || h->content_length <= MAX_DRAIN;
}

/* Slower than this for so long is given up. */
static void limit_speed(struct fetch_request *r, long bytes_a_second, uint32_t time_s)
{
    curl_easy_setopt(r->easy, CURLOPT_LOW_SPEED_LIMIT, bytes_a_second);
    curl_easy_setopt(r->easy, CURLOPT_LOW_SPEED_TIME, (long)time_s);
}

/* S_OK: the answer is a redirect, and next_url is where it leads. S_FALSE: it is not one that may be
 * followed. */
static HRESULT redirect(struct fetch_request *r)
{
    size_t len;
    const char *location = fetch_headers_value(&r->headers, FETCH_FIELD_LOCATION, &len);
    unsigned flags = r->hop.options ? r->hop.options->flags : 0;
    char *next;
    HRESULT hr;

    switch (r->headers.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        break;
    default:
        return S_FALSE;
    }
    if (!location || r->headers.contradictory || r->hops == MAX_HOPS)
        return S_FALSE;
    hr = url_follow(r->url, location, len, flags & FETCH_ALLOW_DOWNGRADE ? URL_FOLLOW_TO_HTTP : 0, &next);
    if (hr != S_OK)
        return hr;
    if (flags & FETCH_REFUSE_REDIRECTS) {
        free(r->refused_url);
        r->refused_url = next;
        return S_FALSE;
    }
    r->next_url = next;
    r->hops++;
    if (r->hop.options)
        hop_redirected(&r->hop, r->headers.status);
    return S_OK;
}

/* The same URL once more, with credentials. S_FALSE: there are none for this status. */
static HRESULT answer_challenge(struct fetch_request *r, int status)
{
    HRESULT hr = r->hop.options ? hop_challenged(&r->hop, r->easy, status) : S_FALSE;

    if (hr != S_OK)
        return hr;
    r->next_url = strdup(r->url);
    return r->next_url ? S_OK : E_OUTOFMEMORY;
}

static size_t refuse(struct fetch_request *r, HRESULT hr, size_t go_on)
{
    r->result = hr;
    move_to_end(r, REQUEST_DRAINING);
    return short_body(r) ? go_on : DROP;
}

/* The headers of a final answer are complete. */
static size_t judge(struct fetch_request *r, size_t go_on)
{
    struct fetch_reply reply;
    HRESULT hr = redirect(r);

    if (hr == S_FALSE)
        hr = answer_challenge(r, r->headers.status);
    if (FAILED(hr))
        return settle(r, hr);
    if (hr == S_OK) {
        r->state = REQUEST_DRAINING;
        limit_speed(r, DRAIN_SPEED, 1);
        return short_body(r) ? go_on : DROP;
    }
    if (r->hop.options && !r->tentative && hop_may_go_on(&r->hop, r->headers.status)) {
        r->tentative = true;
        return go_on;
    }
    if (r->hop.options && r->hop.options->flags & FETCH_KEEP_CODING)
        r->headers.coded = false;
    hr = proof_check(&r->spec, &r->headers, &r->proof);
    if (FAILED(hr))
        return refuse(r, hr, go_on);

    if (r->hop.options)
        hop_accepted(&r->hop, r->url);
    r->state = REQUEST_TAKING;
    if (r->spec.kind == FETCH_WHOLE && r->end > r->proof.body.end)
        r->end = r->spec.range.end = r->proof.body.end;
    if (!describe_answer(r, &reply))
        return settle(r, E_OUTOFMEMORY);
    hr = r->sink.reply(r->context, &reply);
    if (FAILED(hr))
        return settle(r, hr);
    return r->state == REQUEST_TAKING ? go_on : DROP; /* the sink may have cancelled or shortened it */
}

static size_t on_header(char *line, size_t one, size_t len, void *context)
{
    struct fetch_request *r = context;

    (void)one;
    if (r->state == REQUEST_TAKING || r->state == REQUEST_DRAINING)
        return len; /* a trailer */
    if (r->state != REQUEST_ASKING)
        return DROP;
    if (r->tentative) {
        if (len < 5 || memcmp(line, "HTTP/", 5) != 0)
            return len; /* a trailer of the challenge */
        r->tentative = false;
        fetch_headers_clear(&r->headers);
    }
    switch (fetch_headers_line(&r->headers, line, len)) {
    case FETCH_HEADERS_MORE:
        return len;
    case FETCH_HEADERS_COMPLETE:
        return judge(r, len);
    case FETCH_HEADERS_NO_MEMORY:
        return settle(r, E_OUTOFMEMORY);
    case FETCH_HEADERS_REFUSED:
        break;
    }
    return settle(r, BG_E_INVALID_SERVER_RESPONSE);
}

/* --- the answer's body --- */

static size_t on_body(char *bytes, size_t one, size_t len, void *context)
{
    struct fetch_request *r = context;
    uint64_t stop, take;
    HRESULT hr;

    (void)one;
    if (r->tentative && r->state == REQUEST_ASKING) { /* a body: libcurl has nothing more to say to it */
        r->tentative = false;
        return refuse(r, hr_from_http_status(r->headers.status), len);
    }
    if (r->state == REQUEST_DRAINING) {
        r->drained += len;
        return r->drained <= MAX_DRAIN ? len : DROP;
    }
    if (r->state != REQUEST_TAKING)
        return DROP;

    stop = r->end < r->proof.body.end ? r->end : r->proof.body.end;
    take = len < stop - r->pos ? len : stop - r->pos;
    if (take > 0) {
        uint64_t offset = r->pos;

        r->pos += take;
        hr = r->sink.bytes(r->context, offset, bytes, (size_t)take);
        if (FAILED(hr))
            return settle(r, hr);
        if (r->state != REQUEST_TAKING)
            return DROP;
    }
    if (r->pos >= r->end && r->end < r->proof.body.end)
        return settle(r, S_OK); /* shortened: the rest is not wanted */
    return take == len ? len : settle(r, BG_E_INVALID_SERVER_RESPONSE);
}

/* --- the end --- */

/* What the proxy answered a CONNECT that it refused; 0: none, or not refused. */
static int tunnel_status(const struct fetch_request *r, CURLcode code)
{
    long status = 0;

    if (code == CURLE_OK || curl_easy_getinfo(r->easy, CURLINFO_HTTP_CONNECTCODE, &status) != CURLE_OK)
        return 0;
    return status >= 300 && status <= 999 ? (int)status : 0;
}

/* What the transfer came to, if no verdict on the answer was the reason for its end. */
static HRESULT result_of(const struct fetch_request *r, CURLcode code)
{
    HRESULT hr = hr_from_curl(code);

    /* TLS 1.3 tells a client so after the handshake, when libcurl is reading. */
    if (code == CURLE_RECV_ERROR && strstr(r->trouble, "alert certificate required"))
        return HR_WINHTTP_CLIENT_CERT;
    if (r->state == REQUEST_ASKING && FAILED(hr) && FAILED(r->hop.tls.verdict.hr))
        return r->hop.tls.verdict.hr;
    if (r->state == REQUEST_ASKING && r->tentative)
        return hr_from_http_status(r->headers.status);
    if (r->state == REQUEST_ASKING && tunnel_status(r, code))
        return hr_from_http_status(tunnel_status(r, code));
    if (r->state == REQUEST_ASKING)
        return FAILED(hr) ? hr : HR_WINHTTP_INVALID_RESPONSE;
    if (r->spec.kind == FETCH_SIZE || r->pos >= r->end)
        return S_OK;
    if (r->pos == r->proof.body.end)
        return S_FALSE;
    if (r->proof.body.end == FETCH_SIZE_UNKNOWN && SUCCEEDED(hr))
        return S_OK;
    return FAILED(hr) ? hr : HR_WINHTTP_CONNECTION; /* the body ended before the length that it promised */
}

static bool died_on_a_kept_connection(const struct fetch_request *r, CURLcode code)
{
    long connects = 0;

    if (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR && code != CURLE_GOT_NOTHING)
        return false;
    if (r->again || r->headers.seen_lines > 0)
        return false;
    return curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK && connects == 0;
}

static void set_again(struct fetch_request *r, bool again)
{
    if (r->again != again)
        curl_easy_setopt(r->easy, CURLOPT_FRESH_CONNECT, again ? 1L : 0L);
    r->again = again;
}

static bool next_hop(struct fetch_request *r)
{
    AUTOFREE char *next = TAKE(r->next_url);
    HRESULT hr = set_url(r, next);

    limit_speed(r, 1, r->defaults->stall_timeout_s);
    set_again(r, false);
    if (SUCCEEDED(hr) && r->hop.options)
        hr = prepare_hop(r);
    if (FAILED(hr)) {
        settle(r, hr);
        return false;
    }
    fetch_headers_clear(&r->headers);
    r->drained = 0;
    r->state = REQUEST_ASKING;
    return true;
}

bool request_over(struct fetch_request *request, CURLcode code)
{
    struct fetch_request *r = request;

    switch (r->state) {
    case REQUEST_DRAINING:
        if (r->next_url)
            return next_hop(r);
        r->state = REQUEST_SETTLED;
        return false;
    case REQUEST_ASKING:
        if (died_on_a_kept_connection(r, code)) {
            set_again(r, true);
            return true;
        }
        if (code != CURLE_OK && r->hop.tls.verdict.hr == E_PENDING) {
            r->state = REQUEST_HELD;
            return r->hop.tls.verdict.go_on && request_go_on(r);
        }
        if (tunnel_status(r, code) == 407 && answer_challenge(r, 407) == S_OK)
            return next_hop(r);
        __attribute__((fallthrough));
    case REQUEST_TAKING:
        r->result = result_of(r, code);
        r->state = REQUEST_SETTLED;
        return false;
    default:
        return false;
    }
}

bool request_go_on(struct fetch_request *request)
{
    struct fetch_request *r = request;

    if (r->state != REQUEST_HELD) {
        r->hop.tls.verdict.go_on = true; /* libcurl has not ended the connection yet */
        return false;
    }
    r->hop.tls.verdict = (struct tls_verdict){.hr = S_OK};
    r->state = REQUEST_ASKING;
    return true;
}

void request_say_done(struct fetch_request *request)
{
    struct fetch_request *r = request;
    struct fetch_reply answer;
    bool answered = r->headers.status >= 200;

    assert(r->state == REQUEST_SETTLED);
    if (answered && !describe_answer(r, &answer)) {
        answered = false;
        r->result = E_OUTOFMEMORY;
    }
    request_trace_end(r);
    r->state = REQUEST_ENDING;
    r->sink.done(r->context, r->result, answered ? &answer : NULL);
}

void request_clear(struct fetch_request *request)
{
    struct fetch_request *r = request;

    if (r->state != REQUEST_ENDING && r->state != REQUEST_IDLE)
        request_trace_end(r);
    set_again(r, false);
    fetch_headers_clear(&r->headers);
    r->sink = (struct fetch_sink){0};
    r->context = NULL;
    if (r->next_url) /* cancelled between two hops */
        limit_speed(r, 1, r->defaults->stall_timeout_s);
    free(TAKE(r->next_url));
    free(TAKE(r->refused_url));
    r->tentative = false;
    r->state = REQUEST_IDLE;
}
