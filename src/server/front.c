/* front.c: accepts connections, and relays those whose bytes may have to be damaged.
 *
 * As long as no fault needs it, a connection is accepted and handed to http1: the front costs nothing more.
 * Once one has been added, each new connection gets a relay: the server talks to one end of a socket pair,
 * and the front carries bytes between the other and the client. Connections from before are closed by http1
 * at their next request, as a server may do with a kept connection at any time, and come back through the
 * front.
 *
 * One thread serves all relays by epoll and never waits for any of them. front_close hands it a flag and
 * waits until it has seen it, so that nothing is given to http1 that is about to stop.
 */
#include <config.h>

#include "server/front.h"

#include "server/deadline.h"
#include "server/end.h"
#include "server/http2.h"
#include "server/relay.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS      64
#define SOON_MS     1
#define NO_FILES_MS 20

enum order { ORDER_RUN, ORDER_CLOSE, ORDER_STOP };

/* A relay in the front's list. */
struct place {
    struct place *next;
    struct relay *relay; /* NULL: it is HTTP/2 */
    struct http2 *http2;
};

/* A socket that connections come to. */
struct door {
    int fd; /* -1: there is none */
    bool listening;
};

struct front {
    struct relay_home home;
    struct door plain, tls;
    uint64_t tls_connections;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t closed_changed;
    enum order order;     /* guarded by lock */
    bool closed;          /* guarded by lock: no connection is accepted any more */
    struct place *places; /* the thread's */
    bool no_files;
};

static void listen_at(struct front *f, struct door *door, bool listening)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = door};

    if (door->fd >= 0 && listening != door->listening)
        epoll_ctl(f->home.epoll_fd, listening ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, door->fd, &event);
    door->listening = listening;
}

static void listen_again(struct front *f, bool listening)
{
    listen_at(f, &f->plain, listening);
    listen_at(f, &f->tls, listening);
}

static void add_relay(struct front *f, int fd, enum relay_kind kind, enum tls_certificate certificate)
{
    struct place *place = calloc(1, sizeof *place);

    if (!place) {
        close(fd);
        return;
    }
    place->relay = relay_new(&f->home, fd, kind, certificate);
    if (!place->relay) {
        free(place);
        return;
    }
    place->next = f->places;
    f->places = place;
}

/* Faults of the handshake come before any request: all there is to choose by is which connection it is. */
static enum tls_certificate choose_certificate(struct front *f)
{
    static const enum tls_certificate as[] = {TLS_UNTRUSTED, TLS_OTHER_HOST, TLS_EXPIRED};
    const struct fault_facts facts = {
        .method = "", .connection = ++f->tls_connections, .now_us = deadline_now_us(), .handshake = true};
    enum tls_certificate chosen = TLS_GOOD;
    struct strike *strikes;
    size_t count;

    if (faults_strike(f->home.service->faults, &facts, &strikes, &count))
        for (size_t i = 0; i < count; i++)
            chosen = as[strikes[i].fault->spec.values[FAULT_AS]];
    strikes_free(strikes, count);
    return chosen;
}

static void take_connection(struct front *f, const struct door *door, int fd)
{
    if (door == &f->tls)
        add_relay(f, fd, RELAY_TLS, choose_certificate(f));
    else if (f->home.service->proxy)
        add_relay(f, fd, RELAY_PROXY, TLS_GOOD);
    else if (faults_need_front(f->home.service->faults))
        add_relay(f, fd, RELAY_PLAIN, TLS_GOOD);
    else
        http1_add(f->home.http1, fd, (const struct sockaddr *)&f->home.address, f->home.address_len, NULL);
}

static void accept_all(struct front *f, struct door *door)
{
    for (;;) {
        int fd;

        f->home.address_len = sizeof f->home.address;
        fd = accept4(door->fd, (struct sockaddr *)&f->home.address, &f->home.address_len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            take_connection(f, door, fd);
            continue;
        }
        if (errno == ECONNABORTED || errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            /* Without room the socket stays readable: better not to look for a moment. */
            f->no_files = true;
            listen_again(f, false);
        }
        return;
    }
}

static void place_free(struct place *place)
{
    if (place->relay)
        relay_free(place->relay);
    if (place->http2)
        http2_free(place->http2);
    free(place);
}

/* The connection that a relay began turns out to be HTTP/2. */
static enum relay_result turn_to_http2(struct front *f, struct place *place)
{
    place->http2 = http2_new(&f->home, relay_take_channel(place->relay));
    relay_free(place->relay);
    place->relay = NULL;
    return place->http2 ? http2_step(place->http2) : RELAY_IS_OVER;
}

/* Steps all connections, and frees those that are over; returns how long the next round may wait. */
static int step_all(struct front *f, bool woken)
{
    struct place **link = &f->places;
    int wait_ms = f->no_files ? NO_FILES_MS : -1;

    while (*link) {
        struct place *place = *link;
        enum relay_result result;

        if (woken && place->http2)
            http2_note_wake(place->http2);
        result = place->relay ? relay_step(place->relay) : http2_step(place->http2);

        if (result == RELAY_IS_H2)
            result = turn_to_http2(f, place);
        if (result == RELAY_IS_OVER) {
            *link = place->next;
            place_free(place);
            continue;
        }
        if (result == RELAY_GOES_ON_SOON)
            wait_ms = SOON_MS;
        link = &place->next;
    }
    return wait_ms;
}

static enum order look_at_order(struct front *f)
{
    enum order order;

    pthread_mutex_lock(&f->lock);
    order = f->order;
    if (order != ORDER_RUN && !f->closed) {
        listen_again(f, false);
        f->closed = true;
        pthread_cond_broadcast(&f->closed_changed);
    }
    pthread_mutex_unlock(&f->lock);
    return order;
}

static void *run(void *context)
{
    struct front *f = context;
    struct epoll_event events[EVENTS];
    int wait_ms = -1;
    sigset_t pipe_only;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, NULL);
    for (;;) {
        int n = epoll_wait(f->home.epoll_fd, events, EVENTS, wait_ms);
        bool plain = false, tls = false, woken = false;
        uint64_t ignored;

        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &f->plain)
                plain = true;
            else if (events[i].data.ptr == &f->tls)
                tls = true;
            else if (events[i].data.ptr == &f->home.wake_fd)
                woken = read(f->home.wake_fd, &ignored, sizeof ignored) > 0;
            else
                end_note(events[i].data.ptr, events[i].events);
        }
        if (look_at_order(f) == ORDER_STOP)
            return NULL;
        if (f->no_files && !f->closed)
            listen_again(f, true);
        f->no_files = false;
        if (plain && f->plain.listening)
            accept_all(f, &f->plain);
        if (tls && f->tls.listening)
            accept_all(f, &f->tls);
        wait_ms = step_all(f, woken);
    }
}

/* What does not depend on the thread. */
static void release(struct front *f)
{
    if (f->plain.fd >= 0)
        close(f->plain.fd);
    if (f->tls.fd >= 0)
        close(f->tls.fd);
    if (f->home.epoll_fd >= 0)
        close(f->home.epoll_fd);
    if (f->home.wake_fd >= 0)
        close(f->home.wake_fd);
    pthread_cond_destroy(&f->closed_changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

HRESULT front_start(int listen_fd, int tls_fd, struct service *service, struct http1 *http1,
                    struct front **out)
{
    struct front *f = calloc(1, sizeof *f);
    struct epoll_event event = {.events = EPOLLIN};

    *out = NULL;
    if (!f) {
        close(listen_fd);
        if (tls_fd >= 0)
            close(tls_fd);
        return E_OUTOFMEMORY;
    }
    f->home = (struct relay_home){.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
                                  .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                                  .service = service,
                                  .http1 = http1};
    f->plain.fd = listen_fd;
    f->tls.fd = tls_fd;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->closed_changed, NULL);
    event.data.ptr = &f->home.wake_fd;
    if (f->home.epoll_fd >= 0 && f->home.wake_fd >= 0 &&
        epoll_ctl(f->home.epoll_fd, EPOLL_CTL_ADD, f->home.wake_fd, &event) == 0) {
        listen_again(f, true);
        if (pthread_create(&f->thread, NULL, run, f) == 0) {
            *out = f;
            return S_OK;
        }
    }
    release(f);
    return E_FAIL;
}

/* With the lock held. */
static void give_order(struct front *f, enum order order)
{
    const uint64_t one = 1;

    f->order = order;
    (void)!write(f->home.wake_fd, &one, sizeof one);
}

void front_close(struct front *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    give_order(f, ORDER_CLOSE);
    while (!f->closed)
        pthread_cond_wait(&f->closed_changed, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

void front_stop(struct front *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    give_order(f, ORDER_STOP);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    while (f->places) {
        struct place *first = f->places;

        f->places = first->next;
        place_free(first);
    }
    release(f);
}
