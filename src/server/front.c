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
    struct relay *relay;
    enum relay_result result;
};

struct front {
    struct service *service;
    struct http1 *http1;
    int listen_fd, epoll_fd, wake_fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t closed_changed;
    enum order order;     /* guarded by lock */
    bool closed;          /* guarded by lock: no connection is accepted any more */
    struct place *places; /* the thread's */
    bool listening, no_files;
};

static void listen_again(struct front *f, bool listening)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = f};

    if (listening != f->listening)
        epoll_ctl(f->epoll_fd, listening ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, f->listen_fd, &event);
    f->listening = listening;
}

static void add_relay(struct front *f, int client_fd, const struct sockaddr *address, socklen_t address_len)
{
    struct place *place = calloc(1, sizeof *place);
    struct link *link = NULL;
    int pair[2] = {-1, -1};

    if (place && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0)
        link = link_new(pair[0], pair[1]);
    if (!link) {
        if (pair[0] >= 0) {
            close(pair[0]);
            close(pair[1]);
        }
        close(client_fd);
        free(place);
        return;
    }
    http1_add(f->http1, pair[1], address, address_len, link_ref(link));
    place->relay = relay_new(f->epoll_fd, client_fd, pair[0], link);
    if (!place->relay) {
        free(place);
        return;
    }
    place->next = f->places;
    f->places = place;
}

static void accept_all(struct front *f)
{
    struct sockaddr_storage address;

    for (;;) {
        socklen_t len = sizeof address;
        int fd = accept4(f->listen_fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0) {
            if (errno == ECONNABORTED || errno == EINTR)
                continue;
            /* Without room the socket stays readable: better not to look for a moment. */
            f->no_files = errno != EAGAIN && errno != EWOULDBLOCK;
            listen_again(f, !f->no_files);
            return;
        }
        if (faults_need_front(f->service->faults))
            add_relay(f, fd, (struct sockaddr *)&address, len);
        else
            http1_add(f->http1, fd, (struct sockaddr *)&address, len, NULL);
    }
}

/* Steps all relays, and frees those that are over; returns how long the next round may wait. */
static int step_all(struct front *f)
{
    struct place **link = &f->places;
    int wait_ms = f->no_files ? NO_FILES_MS : -1;

    while (*link) {
        struct place *place = *link;

        place->result = relay_step(place->relay);
        if (place->result == RELAY_IS_OVER) {
            *link = place->next;
            relay_free(place->relay);
            free(place);
            continue;
        }
        if (place->result == RELAY_GOES_ON_SOON)
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
        int n = epoll_wait(f->epoll_fd, events, EVENTS, wait_ms);
        bool connection = false;
        uint64_t ignored;

        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == f)
                connection = true;
            else if (events[i].data.ptr == &f->wake_fd)
                (void)!read(f->wake_fd, &ignored, sizeof ignored);
            else
                relay_note(events[i].data.ptr, events[i].events);
        }
        if (look_at_order(f) == ORDER_STOP)
            return NULL;
        if (f->no_files && !f->closed)
            listen_again(f, true);
        f->no_files = false;
        if (connection && f->listening)
            accept_all(f);
        wait_ms = step_all(f);
    }
}

HRESULT front_start(int listen_fd, struct service *service, struct http1 *http1, struct front **out)
{
    struct front *f = calloc(1, sizeof *f);
    struct epoll_event event = {.events = EPOLLIN};

    *out = NULL;
    if (!f) {
        close(listen_fd);
        return E_OUTOFMEMORY;
    }
    f->service = service;
    f->http1 = http1;
    f->listen_fd = listen_fd;
    f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->closed_changed, NULL);
    event.data.ptr = &f->wake_fd;
    if (f->epoll_fd >= 0 && f->wake_fd >= 0 &&
        epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, f->wake_fd, &event) == 0) {
        listen_again(f, true);
        if (pthread_create(&f->thread, NULL, run, f) == 0) {
            *out = f;
            return S_OK;
        }
    }
    close(listen_fd);
    if (f->epoll_fd >= 0)
        close(f->epoll_fd);
    if (f->wake_fd >= 0)
        close(f->wake_fd);
    pthread_cond_destroy(&f->closed_changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
    return E_FAIL;
}

/* With the lock held. */
static void give_order(struct front *f, enum order order)
{
    const uint64_t one = 1;

    f->order = order;
    (void)!write(f->wake_fd, &one, sizeof one);
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
        relay_free(first->relay);
        free(first);
    }
    close(f->listen_fd);
    close(f->epoll_fd);
    close(f->wake_fd);
    pthread_cond_destroy(&f->closed_changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
