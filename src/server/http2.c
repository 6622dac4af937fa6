/* http2.c: HTTP/2 on one connection, by nghttp2.
 *
 * A stream is one request: collected by nghttp2's callbacks, answered by exchange.c like any other, its body
 * pulled when the client's window has room. What holds or stalls hold up is deferred; whoever lets it go does
 * so from another thread, so it only leaves a mark and wakes the front, which resumes the stream here. A
 * stream that ends while it is held up stays until it is let go, and so does the connection.
 */
#include <config.h>

#include "server/http2.h"

#include "server/end.h"
#include "server/exchange.h"

#include <ctype.h>
#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADERS_MAX 128
#define STREAMS_MAX 100

struct stream {
    struct stream *next; /* of its connection's */
    struct http2 *http2;
    int32_t id;
    char *method, *target;
    struct server_header headers[HEADERS_MAX]; /* each one block */
    size_t header_count;
    bool begun, answered, ended; /* exchange_begin was called; headers are sent; nghttp2 knows it no more */
    bool complete;               /* the whole body was given out */
    bool suspended;              /* this thread's; resumed: of whoever lets go */
    atomic_bool resumed;
    struct held held;
    struct stalled stalled;
    struct exchange exchange;
    uint64_t position;
};

struct http2 {
    struct end end; /* first: epoll gives its address */
    struct relay_home home;
    struct channel channel;
    nghttp2_session *session;
    struct stream *streams;
    uint64_t connection, turns;
    bool client_ended, terminate;
};

/* --- Held up and let go --- */

static void wake(struct stream *s)
{
    const uint64_t one = 1;
    int fd = s->http2->home.wake_fd;

    atomic_store(&s->resumed, true); /* from here on it may be gone */
    (void)!write(fd, &one, sizeof one);
}

static struct stream *stream_of(void *member, size_t offset)
{
    return (struct stream *)(void *)((char *)member - offset);
}

static void suspend_held(struct held *held)
{
    stream_of(held, offsetof(struct stream, held))->suspended = true;
}

static void resume_held(struct held *held)
{
    wake(stream_of(held, offsetof(struct stream, held)));
}

static void suspend_stalled(struct stalled *stalled)
{
    stream_of(stalled, offsetof(struct stream, stalled))->suspended = true;
}

static void resume_stalled(struct stalled *stalled)
{
    wake(stream_of(stalled, offsetof(struct stream, stalled)));
}

static bool stall(struct stream *s, int64_t for_us, bool pacing)
{
    s->stalled.pacing = pacing;
    return stall_begin(s->http2->home.service->stall, &s->stalled, for_us);
}

/* --- Answers --- */

static ssize_t on_more(nghttp2_session *session, int32_t id, uint8_t *out, size_t max, uint32_t *flags,
                       nghttp2_data_source *source, void *context)
{
    struct stream *s = source->ptr;
    const struct answer *a = &s->exchange.answer;
    enum course_step step;
    uint64_t may = max;
    int64_t for_us;
    ptrdiff_t n;

    (void)session;
    (void)id;
    (void)context;
    if (s->position >= s->exchange.course.goaway_at) {
        s->http2->terminate = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    if (s->exchange.course.goaway_at - s->position < may)
        may = s->exchange.course.goaway_at - s->position;
    if (s->position == a->body.length) { /* less than was promised */
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    step = course_next(&s->exchange.course, s->position, &may, &for_us);
    if (step == COURSE_CUT)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (step == COURSE_STALL || step == COURSE_PACE) {
        if (stall(s, for_us, step == COURSE_PACE))
            return NGHTTP2_ERR_DEFERRED;
        may = 1; /* the server ends: no pause any more */
    }
    may = hold_ask(s->http2->home.service->hold, &s->held, s->position, may);
    if (may == 0)
        return NGHTTP2_ERR_DEFERRED;
    n = exchange_read(&s->exchange, s->position, out, (size_t)may);
    if (n <= 0)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    s->position += (uint64_t)n;
    if (s->position == a->body.length && a->promised <= a->body.length) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        s->complete = true;
    }
    return n;
}

static nghttp2_nv pair(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

/* Those of HTTP/1.1's connections have no place here. */
static bool is_of_connection(const char *name)
{
    return strcasecmp(name, "Connection") == 0 || strcasecmp(name, "Transfer-Encoding") == 0 ||
           strcasecmp(name, "Content-Length") == 0;
}

/* False: memory is short. */
static bool submit(struct stream *s)
{
    const struct answer *a = &s->exchange.answer;
    nghttp2_nv *pairs = calloc(a->headers.count + 2, sizeof *pairs);
    nghttp2_data_provider body = {.source.ptr = s, .read_callback = on_more};
    bool has_body = a->body_sent && a->body.length > 0, ok;
    char status[8], length[24];
    size_t count = 0;

    if (!pairs)
        return false;
    snprintf(status, sizeof status, "%d", a->status);
    snprintf(length, sizeof length, "%llu", (unsigned long long)a->promised);
    pairs[count++] = pair(":status", status);
    if (!a->length_hidden)
        pairs[count++] = pair("content-length", length);
    for (size_t i = 0; i < a->headers.count; i++) {
        /* the list's own copy: HTTP/2 has lower case only */
        for (char *c = (char *)(uintptr_t)a->headers.items[i].name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        if (!is_of_connection(a->headers.items[i].name))
            pairs[count++] = pair(a->headers.items[i].name, a->headers.items[i].value);
    }
    s->answered = true;
    s->complete = !has_body;
    ok = nghttp2_submit_response(s->http2->session, s->id, pairs, count, has_body ? &body : NULL) == 0;
    free(pairs);
    return ok;
}

/* Also once more when a pause before it is over. */
static bool answer(struct stream *s)
{
    struct course *course = &s->exchange.course;
    int64_t pause_us = course->before_head_us;

    course->before_head_us = 0;
    if (pause_us && stall(s, pause_us, false))
        return true;
    if (course->goaway)
        nghttp2_submit_goaway(s->http2->session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR, NULL, 0);
    return submit(s);
}

static bool begin_answer(struct stream *s)
{
    struct http2 *h = s->http2;

    s->begun = true;
    if (!exchange_begin(&s->exchange, h->home.service, s->target ? s->target : ""))
        return false;
    s->exchange.connection = h->connection;
    s->exchange.turn = ++h->turns;
    s->exchange.is_h2 = true;
    s->held.suspend = suspend_held;
    s->held.resume = resume_held;
    s->stalled.suspend = suspend_stalled;
    s->stalled.resume = resume_stalled;
    return exchange_make(&s->exchange, s->method ? s->method : "", s->headers, s->header_count) && answer(s);
}

/* --- Streams --- */

static void stream_free(struct stream *s)
{
    struct stream **link = &s->http2->streams;

    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    for (size_t i = 0; i < s->header_count; i++)
        free((void *)(uintptr_t)s->headers[i].name);
    free(s->method);
    free(s->target);
    free(s);
}

/* nghttp2 has done with it. */
static void stream_end(struct stream *s, enum server_end end)
{
    s->ended = true;
    if (s->suspended) /* whoever lets it go still has its address */
        return;
    if (s->begun)
        exchange_end(&s->exchange, end);
    stream_free(s);
}

/* Goes on with those that were let go. */
static void resume_streams(struct http2 *h)
{
    struct stream *next;

    for (struct stream *s = h->streams; s; s = next) {
        next = s->next;
        if (!atomic_exchange(&s->resumed, false))
            continue;
        s->suspended = false;
        if (s->ended)
            stream_end(s, SERVER_END_CLIENT_GONE);
        else if (s->answered)
            nghttp2_session_resume_data(h->session, s->id);
        else if (!answer(s))
            nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_INTERNAL_ERROR);
    }
}

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct http2 *h = context;
    struct stream *s;

    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    s = calloc(1, sizeof *s);
    if (!s)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    s->http2 = h;
    s->id = frame->hd.stream_id;
    s->exchange.answer.resource.fd = -1;
    s->next = h->streams;
    h->streams = s;
    return nghttp2_session_set_stream_user_data(session, s->id, s);
}

/* A header as one block; false: memory, or there are too many. */
static bool add_header(struct stream *s, const char *name, size_t name_len, const char *value,
                       size_t value_len)
{
    char *block = s->header_count < HEADERS_MAX ? malloc(name_len + value_len + 2) : NULL;

    if (!block)
        return false;
    memcpy(block, name, name_len);
    block[name_len] = '\0';
    memcpy(block + name_len + 1, value, value_len);
    block[name_len + 1 + value_len] = '\0';
    s->headers[s->header_count++] = (struct server_header){block, block + name_len + 1};
    return true;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags, void *context)
{
    struct stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    const char *n = (const char *)name, *v = (const char *)value;
    bool ok = true;

    (void)flags;
    (void)context;
    if (!s || frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    if (strcmp(n, ":method") == 0)
        ok = (s->method = strndup(v, value_len)) != NULL;
    else if (strcmp(n, ":path") == 0)
        ok = (s->target = strndup(v, value_len)) != NULL;
    else if (strcmp(n, ":authority") == 0)
        ok = add_header(s, "host", 4, v, value_len);
    else if (n[0] != ':')
        ok = add_header(s, n, name_len, v, value_len);
    return ok ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void)context;
    if (s && !s->begun && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) && !begin_answer(s))
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error, void *context)
{
    struct stream *s = nghttp2_session_get_stream_user_data(session, id);

    (void)context;
    if (s)
        stream_end(s,
                   s->complete && error == NGHTTP2_NO_ERROR ? SERVER_END_COMPLETE : SERVER_END_CLIENT_GONE);
    return 0;
}

/* --- The connection --- */

static ssize_t on_send(nghttp2_session *session, const uint8_t *bytes, size_t len, int flags, void *context)
{
    struct http2 *h = context;
    ssize_t n = channel_write(&h->channel, bytes, len);

    (void)session;
    (void)flags;
    if (n > 0)
        return n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? NGHTTP2_ERR_WOULDBLOCK
                                                        : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static ssize_t on_receive(nghttp2_session *session, uint8_t *out, size_t size, int flags, void *context)
{
    struct http2 *h = context;
    ssize_t n = channel_read(&h->channel, out, size);

    (void)session;
    (void)flags;
    if (n > 0)
        return n;
    if (n == 0)
        return NGHTTP2_ERR_EOF;
    return errno == EAGAIN || errno == EINTR ? NGHTTP2_ERR_WOULDBLOCK : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static bool open_session(struct http2 *h)
{
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX}};
    nghttp2_session_callbacks *callbacks;
    bool ok;

    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return false;
    nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
    nghttp2_session_callbacks_set_recv_callback(callbacks, on_receive);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    ok = nghttp2_session_server_new(&h->session, callbacks, h) == 0 &&
         nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, settings, 1) == 0;
    nghttp2_session_callbacks_del(callbacks);
    return ok;
}

struct http2 *http2_new(const struct relay_home *home, struct channel client)
{
    struct http2 *h = calloc(1, sizeof *h);

    if (!h) {
        channel_release(&client);
        close(client.fd);
        return NULL;
    }
    h->home = *home;
    h->end = (struct end){.fd = client.fd, .due = true};
    h->channel = client;
    h->connection = connections_begin(home->service->connections);
    if (!open_session(h)) {
        http2_free(h);
        return NULL;
    }
    return h;
}

/* Ends all streams, for nghttp2 too. */
static void drop_streams(struct http2 *h, enum server_end end)
{
    struct stream *next;

    for (struct stream *s = h->streams; s; s = next) {
        next = s->next;
        if (!s->ended) {
            nghttp2_session_set_stream_user_data(h->session, s->id, NULL);
            stream_end(s, end);
        }
    }
}

void http2_free(struct http2 *h)
{
    resume_streams(h);
    drop_streams(h, SERVER_END_STOPPED);
    nghttp2_session_del(h->session);
    connections_end(h->home.service->connections, h->connection);
    channel_release(&h->channel);
    close(h->end.fd);
    free(h);
}

/* False: the connection is over. */
static bool move(struct http2 *h)
{
    if (h->end.failed || nghttp2_session_recv(h->session) != 0)
        return false;
    resume_streams(h);
    if (nghttp2_session_send(h->session) != 0)
        return false;
    if (h->terminate) { /* with streams in flight */
        h->terminate = false;
        if (nghttp2_session_terminate_session(h->session, NGHTTP2_NO_ERROR) != 0 ||
            nghttp2_session_send(h->session) != 0)
            return false;
    }
    return nghttp2_session_want_read(h->session) || nghttp2_session_want_write(h->session);
}

void http2_note_wake(struct http2 *h)
{
    h->end.due = true;
}

enum relay_result http2_step(struct http2 *h)
{
    unsigned interest;

    if (!h->end.due)
        return RELAY_GOES_ON;
    h->end.due = false;
    if (h->client_ended || !move(h)) {
        h->client_ended = true;
        end_want(&h->end, h->home.epoll_fd, 0);
        resume_streams(h);
        drop_streams(h, SERVER_END_CLIENT_GONE);
        return h->streams ? RELAY_GOES_ON : RELAY_IS_OVER;
    }
    interest = EPOLLIN | h->channel.wants | (nghttp2_session_want_write(h->session) ? EPOLLOUT : 0u);
    return end_want(&h->end, h->home.epoll_fd, interest) ? RELAY_GOES_ON : RELAY_IS_OVER;
}
