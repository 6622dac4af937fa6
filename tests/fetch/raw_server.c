/* raw_server.c: one thread; every wait is a poll on the socket and on a pipe that says stop.
 *
 * Sends are small on purpose and TCP_NODELAY is set, so that the client's parser sees headers and bodies cut
 * at every place (the kernel may still join some). With TLS each chunk is a record of its own.
 */
#include "config.h"

#include "raw_server.h"

#include "raw_tls.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct raw_server {
    struct raw_options options;
    char url[64];
    int listener, stop_read, stop_write;
    SSL_CTX *tls;
    char peer[64]; /* under the lock */
    pthread_t thread;

    pthread_mutex_t lock; /* guards the rest */
    char *requests;
    size_t requests_len;
    unsigned request_count, connection_count;
};

struct connection {
    struct raw_server *server;
    int fd;
    SSL *tls;
    char pending[64 * 1024]; /* what was read beyond the last request */
    size_t pending_len;
};

/* --- a connection --- */

/* False: the server is to stop. */
static bool wait_for(struct raw_server *server, int fd, short events)
{
    struct pollfd polls[] = {{.fd = fd, .events = events}, {.fd = server->stop_read, .events = POLLIN}};

    while (poll(polls, 2, -1) < 0 && errno == EINTR)
        ;
    return polls[1].revents == 0;
}

static void reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Bytes read; 0: the connection or the server is at its end. */
static size_t receive(struct connection *c, char *to, size_t room)
{
    for (;;) {
        if (!(c->tls && SSL_has_pending(c->tls)) && !wait_for(c->server, c->fd, POLLIN))
            return 0;
        if (c->tls) {
            int n = SSL_read(c->tls, to, (int)room);

            if (n > 0)
                return (size_t)n;
            if (SSL_get_error(c->tls, n) != SSL_ERROR_WANT_READ)
                return 0;
        } else {
            ssize_t n = recv(c->fd, to, room, 0);

            return n > 0 ? (size_t)n : 0;
        }
    }
}

static bool send_chunk(struct connection *c, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n;

        if (!wait_for(c->server, c->fd, POLLOUT))
            return false;
        n = c->tls ? SSL_write(c->tls, bytes, (int)len) : send(c->fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static void send_answer(struct connection *c, const struct raw_answer *answer)
{
    size_t len = answer->len ? answer->len : answer->bytes ? strlen(answer->bytes) : 0;
    size_t chunk = c->server->options.chunk ? c->server->options.chunk : len;

    for (size_t at = 0; at < len; at += chunk)
        if (!send_chunk(c, answer->bytes + at, len - at < chunk ? len - at : chunk))
            return;
}

static void record(struct raw_server *server, const char *request, size_t len)
{
    pthread_mutex_lock(&server->lock);
    server->requests = realloc(server->requests, server->requests_len + len + 1);
    memcpy(server->requests + server->requests_len, request, len);
    server->requests_len += len;
    server->requests[server->requests_len] = 0;
    server->request_count++;
    pthread_mutex_unlock(&server->lock);
}

static bool read_request(struct connection *c)
{
    for (;;) {
        char *end = memmem(c->pending, c->pending_len, "\r\n\r\n", 4);
        size_t n;

        if (end) {
            size_t len = (size_t)(end + 4 - c->pending);

            record(c->server, c->pending, len);
            c->pending_len -= len;
            memmove(c->pending, c->pending + len, c->pending_len);
            return true;
        }
        n = receive(c, c->pending + c->pending_len, sizeof c->pending - c->pending_len);
        if (n == 0)
            return false;
        c->pending_len += n;
    }
}

/* Which answer comes next; answers are counted over all connections. */
static const struct raw_answer *next_answer(struct raw_server *server, size_t *next)
{
    const struct raw_answer *answer = &server->options.answers[*next];

    if (*next + 1 < server->options.count)
        ++*next;
    return answer;
}

static void serve(struct connection *c, size_t *next)
{
    char dropped[4096];

    for (;;) {
        const struct raw_answer *answer = &c->server->options.answers[*next];

        if (answer->end == RAW_UNREAD) {
            next_answer(c->server, next);
            reset(c->fd);
            return;
        }
        if (!read_request(c))
            return;
        next_answer(c->server, next);
        send_answer(c, answer);
        switch (answer->end) {
        case RAW_KEEP:
            break;
        case RAW_CLOSE:
            if (c->tls)
                SSL_shutdown(c->tls);
            return;
        case RAW_HANG:
            while (receive(c, dropped, sizeof dropped) > 0)
                ;
            return;
        default:
            reset(c->fd);
            return;
        }
    }
}

static void note_peer(struct connection *c)
{
    X509 *peer = SSL_get0_peer_certificate(c->tls);

    pthread_mutex_lock(&c->server->lock);
    c->server->peer[0] = '\0';
    if (peer)
        X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, c->server->peer,
                                  sizeof c->server->peer);
    pthread_mutex_unlock(&c->server->lock);
}

static bool open_tls(struct connection *c)
{
    if (!c->server->tls)
        return true;
    c->tls = SSL_new(c->server->tls);
    ck_assert_ptr_nonnull(c->tls);
    SSL_set_fd(c->tls, c->fd);
    if (!wait_for(c->server, c->fd, POLLIN) || SSL_accept(c->tls) != 1) {
        char unread[256];

        /* The client shall see our alert, which a reset would overtake. */
        shutdown(c->fd, SHUT_WR);
        while (wait_for(c->server, c->fd, POLLIN) && read(c->fd, unread, sizeof unread) > 0)
            ;
        return false;
    }
    note_peer(c);
    return true;
}

static void *run(void *context)
{
    struct raw_server *server = context;
    struct connection *c = calloc(1, sizeof *c);
    size_t next = 0;
    int one = 1;

    while (wait_for(server, server->listener, POLLIN)) {
        *c = (struct connection){.server = server, .fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)};
        if (c->fd < 0)
            continue;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pthread_mutex_lock(&server->lock);
        server->connection_count++;
        pthread_mutex_unlock(&server->lock);
        if (open_tls(c))
            serve(c, &next);
        SSL_free(c->tls);
        close(c->fd);
    }
    free(c);
    return NULL;
}

/* --- the server --- */

struct raw_server *raw_server_start(const struct raw_options *options)
{
    struct raw_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    sigset_t all, old;
    int stop[2];

    ck_assert_ptr_nonnull(server);
    server->options = *options;
    server->tls = options->tls_folder ? raw_tls_server(options->tls, options->tls_folder) : NULL;
    pthread_mutex_init(&server->lock, NULL);
    ck_assert_int_eq(pipe2(stop, O_CLOEXEC), 0);
    server->stop_read = stop[0];
    server->stop_write = stop[1];
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(server->listener, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(server->listener, 16), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
    snprintf(server->url, sizeof server->url, "%s://127.0.0.1:%u", server->tls ? "https" : "http",
             (unsigned)ntohs(address.sin_port));
    /* The client's side is tested for SIGPIPE; ours (OpenSSL writes without MSG_NOSIGNAL) must not mix in. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, run, server), 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return server;
}

void raw_server_stop(struct raw_server *server)
{
    ck_assert_int_eq(write(server->stop_write, "", 1), 1);
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop_read);
    close(server->stop_write);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->lock);
    free(server->requests);
    free(server);
}

const char *raw_server_url(const struct raw_server *server)
{
    return server->url;
}

void raw_server_peer(struct raw_server *server, char *out, size_t size)
{
    pthread_mutex_lock(&server->lock);
    snprintf(out, size, "%s", server->peer);
    pthread_mutex_unlock(&server->lock);
}

char *raw_server_requests(struct raw_server *server)
{
    char *copy;

    pthread_mutex_lock(&server->lock);
    copy = strdup(server->requests ? server->requests : "");
    pthread_mutex_unlock(&server->lock);
    return copy;
}

unsigned raw_server_request_count(struct raw_server *server)
{
    unsigned count;

    pthread_mutex_lock(&server->lock);
    count = server->request_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

unsigned raw_server_connection_count(struct raw_server *server)
{
    unsigned count;

    pthread_mutex_lock(&server->lock);
    count = server->connection_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}
