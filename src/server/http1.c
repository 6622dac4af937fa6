/* http1.c: HTTP/1.1 on connections that the front gives it, by libmicrohttpd.
 *
 * Operation. libmicrohttpd's threads parse, and call here. A request begins when its first line is
 * read (on_first_line), is answered when its headers and any body have come (on_request), its answer's body
 * is pulled block by block (on_more), and it ends in on_completed. What is answered, and with which faults,
 * is decided in exchange.c; here is only how it is sent.
 *
 * Threads. A request belongs to the thread that serves its connection, from first to last; the only other
 * that ever touches it is one that lifts a hold or ends a stall, under the lock of that.
 *
 * Bodies of every kind are pulled, real files too: sendfile would save a copy, but not tell how much of an
 * answer went out before the client left (docs/server.md has the figures). MHD_USE_TURBO was tried, and
 * gained nothing.
 *
 * Not here: what libmicrohttpd will not do on purpose (resets, garbage, wrong lengths): a relayed connection
 * has a link, by which the front learns what to do to each answer.
 */
#include <config.h>

#include "server/http1.h"

#include "server/exchange.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The largest piece that is made at once; also what an answer costs in memory while it is sent. */
#define BLOCK_SIZE 131072

/* Room for the head of a request, 4096 ranges included. Reserved by each connection, used as needed. */
#define CONNECTION_MEMORY 131072

#define CONNECTION_LIMIT 4096

struct http1 {
    struct MHD_Daemon *daemon;
    struct service *service;
    pthread_mutex_t lock;
    struct link **links; /* guarded by lock, with the counts: of connections that have not begun yet */
    size_t link_count, link_size;
};

/* Belongs to the thread that serves it. */
struct connection {
    uint64_t number, turns;
    struct link *link; /* NULL: not relayed */
};

struct request {
    struct http1 *http1;
    struct MHD_Connection *connection;
    bool head_seen, made, ready; /* ready: exchange_begin had memory */
    struct held held;
    struct stalled stalled;
    struct exchange exchange;
};

static void *on_first_line(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct http1 *h = cls;
    struct request *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->http1 = h;
    r->connection = connection;
    r->ready = exchange_begin(&r->exchange, h->service, target);
    return r;
}

/* Paths are decoded in resource.c, where an encoded NUL is refused; libmicrohttpd is to leave them alone. */
static size_t on_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* Each link waits here from http1_add until its connection begins, by its socket. One that is still there
 * when the number comes again belonged to a connection that never began. */
static struct link *take_link(struct http1 *h, int fd)
{
    struct link *found = NULL;

    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < h->link_count && !found; i++)
        if (link_far_fd(h->links[i]) == fd) {
            found = h->links[i];
            h->links[i] = h->links[--h->link_count];
        }
    pthread_mutex_unlock(&h->lock);
    return found;
}

/* False: memory is short. */
static bool keep_link(struct http1 *h, struct link *link)
{
    bool ok = true;

    link_unref(take_link(h, link_far_fd(link)));
    pthread_mutex_lock(&h->lock);
    if (h->link_count == h->link_size) {
        size_t size = h->link_size ? 2 * h->link_size : 16;
        struct link **links = realloc(h->links, size * sizeof(struct link *));

        ok = links != NULL;
        if (links) {
            h->links = links;
            h->link_size = size;
        }
    }
    if (ok)
        h->links[h->link_count++] = link;
    pthread_mutex_unlock(&h->lock);
    return ok;
}

static struct link *link_of(struct http1 *h, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? take_link(h, info->connect_fd) : NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http1 *h = cls;
    struct connection *c = *context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct link *link = link_of(h, connection);

        *context = c = calloc(1, sizeof *c);
        if (c) {
            c->number = connections_begin(h->service->connections);
            c->link = link;
        } else {
            link_unref(link);
        }
    } else if (c) {
        connections_end(h->service->connections, c->number);
        link_unref(c->link);
        free(c);
    }
}

static struct connection *connection_of(const struct request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static struct request *request_of(void *member, size_t offset)
{
    return (struct request *)(void *)((char *)member - offset);
}

static void suspend_held(struct held *held)
{
    MHD_suspend_connection(request_of(held, offsetof(struct request, held))->connection);
}

static void resume_held(struct held *held)
{
    MHD_resume_connection(request_of(held, offsetof(struct request, held))->connection);
}

static void suspend_stalled(struct stalled *stalled)
{
    MHD_suspend_connection(request_of(stalled, offsetof(struct request, stalled))->connection);
}

static void resume_stalled(struct stalled *stalled)
{
    MHD_resume_connection(request_of(stalled, offsetof(struct request, stalled))->connection);
}

/* Whether it is held up now. */
static bool stall(struct request *r, int64_t for_us, bool pacing)
{
    r->stalled.pacing = pacing;
    return stall_begin(r->http1->service->stall, &r->stalled, for_us);
}

/* The next piece of the body. */
static ssize_t on_more(void *cls, uint64_t position, char *out, size_t max)
{
    struct request *r = cls;
    const struct answer *a = &r->exchange.answer;
    enum course_step step;
    uint64_t may = max;
    int64_t for_us;
    ptrdiff_t n;

    if (position == a->body.length)
        return a->promised > a->body.length ? MHD_CONTENT_READER_END_WITH_ERROR
                                            : MHD_CONTENT_READER_END_OF_STREAM;
    step = course_next(&r->exchange.course, position, &may, &for_us);
    if (step == COURSE_CUT)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (step == COURSE_STALL || step == COURSE_PACE) {
        if (stall(r, for_us, step == COURSE_PACE))
            return 0;
        may = 1; /* the server ends: no pause any more */
    }
    may = hold_ask(r->http1->service->hold, &r->held, position, may);
    if (may == 0)
        return 0;
    n = exchange_read(&r->exchange, position, out, (size_t)may);
    return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

struct header_array {
    struct server_header *items;
    size_t count, capacity;
};

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct header_array *a = cls;

    (void)kind;
    if (a->count == a->capacity)
        return MHD_NO;
    a->items[a->count++] = (struct server_header){name, value ? value : ""};
    return MHD_YES;
}

/* False: the connection is to be closed, for want of memory as a rule. */
static bool make_answer(struct request *r, const char *method)
{
    int count = MHD_get_connection_values(r->connection, MHD_HEADER_KIND, NULL, NULL);
    struct header_array headers = {.capacity = count > 0 ? (size_t)count : 0};
    struct connection *c = connection_of(r);
    bool ok;

    headers.items = calloc(headers.capacity + 1, sizeof *headers.items);
    /* One that came before the front was needed comes back through it. */
    if (!headers.items || !c || (!c->link && faults_need_front(r->http1->service->faults))) {
        free(headers.items);
        return false;
    }
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, collect_header, &headers);
    r->exchange.connection = c->number;
    r->exchange.turn = ++c->turns;
    ok = exchange_make(&r->exchange, method, headers.items, headers.count);
    free(headers.items);
    return ok;
}

/* Tells the front. What it has to damage comes to it with a length, chunks are then its own. */
static bool plan_damage(struct request *r)
{
    struct answer *a = &r->exchange.answer;
    struct damage *damage = &r->exchange.course.damage;
    struct connection *c = connection_of(r);

    if (damage_is_none(damage))
        return true;
    if (!c || !c->link)
        return false;
    if (a->length_hidden && a->body_sent) {
        a->length_hidden = false;
        damage->length = DAMAGE_LENGTH_REPLACED;
    }
    return link_plan(c->link, damage, a->body_sent ? a->promised : 0);
}

static enum MHD_Result send_answer(struct request *r)
{
    const struct answer *a = &r->exchange.answer;
    bool planned = plan_damage(r);
    uint64_t length = a->length_hidden ? MHD_SIZE_UNKNOWN : a->promised;
    size_t block = a->body.length < BLOCK_SIZE ? (size_t)a->body.length : BLOCK_SIZE;
    struct MHD_Response *response =
        MHD_create_response_from_callback(length, block ? block : 1, on_more, r, NULL);
    enum MHD_Result ok = response && planned ? MHD_YES : MHD_NO;

    for (size_t i = 0; ok == MHD_YES && i < a->headers.count; i++)
        ok = MHD_add_response_header(response, a->headers.items[i].name, a->headers.items[i].value);
    if (ok == MHD_YES)
        ok = MHD_queue_response(r->connection, (unsigned)a->status, response);
    if (response)
        MHD_destroy_response(response);
    return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct request *r = *context;
    int64_t pause_us;

    (void)cls;
    (void)connection;
    (void)url;
    (void)version;
    (void)upload;
    if (!r || !r->ready)
        return MHD_NO;
    if (!r->head_seen) { /* answered when a body, which is thrown away, has come too */
        r->head_seen = true;
        return MHD_YES;
    }
    if (*upload_size) {
        *upload_size = 0;
        return MHD_YES;
    }
    if (!r->made) {
        r->held.suspend = suspend_held;
        r->held.resume = resume_held;
        r->stalled.suspend = suspend_stalled;
        r->stalled.resume = resume_stalled;
        if (!make_answer(r, method))
            return MHD_NO;
        r->made = true;
    }
    pause_us = r->exchange.course.before_head_us;
    r->exchange.course.before_head_us = 0; /* called once more when it is over */
    if (pause_us && stall(r, pause_us, false))
        return MHD_YES;
    return send_answer(r);
}

static enum server_end end_from_mhd(enum MHD_RequestTerminationCode code)
{
    switch (code) {
    case MHD_REQUEST_TERMINATED_COMPLETED_OK:
        return SERVER_END_COMPLETE;
    case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
        return SERVER_END_STOPPED;
    default:
        return SERVER_END_CLIENT_GONE;
    }
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct request *r = *context;

    (void)cls;
    (void)connection;
    *context = NULL;
    if (!r)
        return;
    exchange_end(&r->exchange, end_from_mhd(code));
    free(r);
}

HRESULT http1_start(unsigned threads, struct service *service, struct http1 **out)
{
    const struct MHD_OptionItem pool[] = {
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct http1 *h = calloc(1, sizeof *h);

    *out = NULL;
    if (!h)
        return E_OUTOFMEMORY;
    h->service = service;
    pthread_mutex_init(&h->lock, NULL);
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC, 0,
        NULL, NULL, on_request, h, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_LIMIT,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK,
        on_first_line, h, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
    if (!h->daemon) {
        pthread_mutex_destroy(&h->lock);
        free(h);
        return E_FAIL;
    }
    *out = h;
    return S_OK;
}

void http1_add(struct http1 *h, int fd, const struct sockaddr *address, socklen_t address_len,
               struct link *link)
{
    if (link && !keep_link(h, link)) {
        link_unref(link);
        close(fd);
        return;
    }
    MHD_add_connection(h->daemon, fd, address, address_len); /* closes what it cannot have */
}

void http1_stop(struct http1 *h)
{
    if (!h)
        return;
    MHD_stop_daemon(h->daemon);
    for (size_t i = 0; i < h->link_count; i++)
        link_unref(h->links[i]);
    free(h->links);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
