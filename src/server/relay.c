/* relay.c: one connection that passes through the front.
 *
 *     client ──read──▶ up ──send──▶ near ═══ far (the server)
 *     client ◀─send── stream.out ◀─damage─ near
 *
 * Each direction has one buffer, which is filled when it is empty: what the other side does not take, this
 * one is not asked for. A socket from which nothing is wanted leaves the epoll set, or its hang-up would be
 * reported without end. An end of the client's sending is passed on; an end of the server's ends the relay,
 * after what was on its way.
 *
 * A reset overtakes what still waits in the socket, so it is sent when all has been taken.
 */
#include <config.h>

#include "server/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#define UP_SIZE   16384
#define DOWN_SIZE 65536

/* Steps that a reset waits for a client that takes nothing. */
#define RESET_TRIES 1000

struct relay {
    int epoll_fd;
    struct relay_end client, near;
    struct link *link;
    char up[UP_SIZE];
    size_t up_at, up_len;
    size_t out_at; /* of stream.out, sent */
    struct damage_stream stream;
    bool due; /* something may move */
    bool client_ended, end_passed, server_ended, broken;
    unsigned reset_tries;
};

struct relay *relay_new(int epoll_fd, int client_fd, int near_fd, struct link *link)
{
    struct relay *r = calloc(1, sizeof *r);

    if (!r) {
        link_close(link);
        link_unref(link);
        close(client_fd);
        close(near_fd);
        return NULL;
    }
    r->epoll_fd = epoll_fd;
    r->client = (struct relay_end){.relay = r, .is_client = true, .fd = client_fd};
    r->near = (struct relay_end){.relay = r, .fd = near_fd};
    r->link = link;
    r->due = true;
    return r;
}

void relay_free(struct relay *r)
{
    link_close(r->link);
    link_unref(r->link);
    close(r->client.fd);
    close(r->near.fd);
    damage_stream_release(&r->stream);
    free(r);
}

void relay_note(struct relay_end *end, unsigned events)
{
    end->relay->due = true;
    if (end->is_client && (events & (EPOLLERR | EPOLLHUP)))
        end->relay->broken = true;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Each of these four returns whether anything moved. */

static bool read_client(struct relay *r)
{
    ssize_t n;

    if (r->client_ended || r->up_len)
        return false;
    n = recv(r->client.fd, r->up, sizeof r->up, MSG_DONTWAIT);
    if (n < 0) {
        r->broken |= !would_block();
        return false;
    }
    r->client_ended = n == 0;
    r->up_at = 0;
    r->up_len = (size_t)n;
    return true;
}

static bool send_up(struct relay *r)
{
    ssize_t n;

    if (!r->up_len) {
        if (!r->client_ended || r->end_passed)
            return false;
        r->end_passed = true;
        shutdown(r->near.fd, SHUT_WR);
        return true;
    }
    n = send(r->near.fd, r->up + r->up_at, r->up_len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
        if (would_block())
            return false;
        r->up_len = 0; /* the server has closed; what it has still sent is to arrive */
        r->client_ended = r->end_passed = true;
        return true;
    }
    r->up_at += (size_t)n;
    r->up_len -= (size_t)n;
    return true;
}

/* Bytes as they came, each answer under its plan. */
static void feed(struct relay *r, const char *bytes, size_t len)
{
    while (len > 0) {
        struct damage_plan plan;
        size_t n = len;

        if (link_next_plan(r->link, &plan)) {
            if (plan.start == r->stream.position) {
                damage_stream_begin(&r->stream, &plan);
                link_drop_plan(r->link);
                continue;
            }
            if (plan.start - r->stream.position < n)
                n = (size_t)(plan.start - r->stream.position);
        }
        damage_stream_feed(&r->stream, bytes, n);
        bytes += n;
        len -= n;
    }
}

static bool is_cut(const struct relay *r)
{
    return r->stream.state == DAMAGE_CLOSED || r->stream.state == DAMAGE_RESET;
}

static bool read_server(struct relay *r)
{
    char bytes[DOWN_SIZE];
    ssize_t n;

    if (r->server_ended || r->stream.out_len || is_cut(r))
        return false;
    n = link_read(r->link, bytes, sizeof bytes);
    if (n < 0 && would_block())
        return false;
    if (n <= 0)
        r->server_ended = true;
    else
        feed(r, bytes, (size_t)n);
    r->broken |= r->stream.failed;
    return true;
}

static bool send_down(struct relay *r)
{
    ssize_t n;

    if (!r->stream.out_len)
        return false;
    n = send(r->client.fd, r->stream.out + r->out_at, r->stream.out_len - r->out_at,
             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
        r->broken |= !would_block();
        return false;
    }
    r->out_at += (size_t)n;
    if (r->out_at == r->stream.out_len)
        r->out_at = r->stream.out_len = 0;
    return true;
}

static void want(struct relay *r, struct relay_end *end, unsigned interest)
{
    struct epoll_event event = {.events = interest, .data.ptr = end};

    if (interest == end->interest)
        return;
    if (epoll_ctl(r->epoll_fd,
                  !interest       ? EPOLL_CTL_DEL
                  : end->interest ? EPOLL_CTL_MOD
                                  : EPOLL_CTL_ADD,
                  end->fd, &event) < 0)
        r->broken = true;
    end->interest = interest;
}

static void want_what_is_due(struct relay *r)
{
    bool down_full = r->stream.out_len > 0;

    want(r, &r->client, (!r->client_ended && !r->up_len ? EPOLLIN : 0u) | (down_full ? EPOLLOUT : 0u));
    want(r, &r->near,
         (!r->server_ended && !down_full && !is_cut(r) ? EPOLLIN : 0u) | (r->up_len ? EPOLLOUT : 0u));
}

/* Closing with this is a reset. */
static void arm_reset(int fd)
{
    const struct linger now = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static enum relay_result end_with_reset(struct relay *r)
{
    int waiting = 0;

    if (ioctl(r->client.fd, SIOCOUTQ, &waiting) == 0 && waiting > 0 && r->reset_tries++ < RESET_TRIES) {
        want_what_is_due(r);
        r->due = true;
        return RELAY_GOES_ON_SOON;
    }
    arm_reset(r->client.fd);
    return RELAY_IS_OVER;
}

enum relay_result relay_step(struct relay *r)
{
    bool moved;

    if (!r->due)
        return RELAY_GOES_ON;
    r->due = false;
    do {
        moved = read_client(r);
        moved |= send_up(r);
        moved |= read_server(r);
        moved |= send_down(r);
    } while (moved && !r->broken);
    if (r->broken)
        return RELAY_IS_OVER;
    if (!r->stream.out_len && r->stream.state == DAMAGE_RESET)
        return end_with_reset(r);
    if (!r->stream.out_len && (r->server_ended || r->stream.state == DAMAGE_CLOSED)) {
        shutdown(r->client.fd, SHUT_WR);
        return RELAY_IS_OVER;
    }
    want_what_is_due(r);
    return r->broken ? RELAY_IS_OVER : RELAY_GOES_ON;
}
