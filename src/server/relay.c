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
 * Before that there may be other stages: a handshake, or a CONNECT that is answered here and leads to a
 * handshake; the server's side is opened when it is clear that HTTP/1.1 comes.
 *
 * A reset overtakes what still waits in the socket, so it is sent when all has been taken.
 */
#include <config.h>

#include "server/relay.h"

#include "server/end.h"
#include "server/tunnel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#define UP_SIZE   16384
#define DOWN_SIZE 65536

/* Steps that a reset waits for a client that takes nothing. */
#define RESET_TRIES 1000

enum stage {
    STAGE_SNIFF,  /* of a proxy: is it CONNECT? */
    STAGE_TUNNEL, /* CONNECT was answered: is it TLS that comes? */
    STAGE_HANDSHAKE,
    STAGE_RELAY,
};

struct relay {
    struct relay_home home;
    enum stage stage;
    struct end client, near; /* near.fd -1: there is no server's side yet */
    struct channel channel;  /* the client's */
    struct link *link;
    char up[UP_SIZE];
    size_t up_at, up_len;
    size_t out_at; /* of stream.out, sent */
    struct damage_stream stream;
    bool client_ended, end_passed, server_ended, broken;
    unsigned reset_tries;
};

/* The server's side: a socket pair, one end of which is the server's. */
static bool open_near(struct relay *r)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    r->link = link_new(pair[0], pair[1]);
    if (!r->link) {
        close(pair[0]);
        close(pair[1]);
        return false;
    }
    r->near.fd = pair[0];
    r->stage = STAGE_RELAY;
    http1_add(r->home.http1, pair[1], (const struct sockaddr *)&r->home.address, r->home.address_len,
              link_ref(r->link));
    return true;
}

struct relay *relay_new(const struct relay_home *home, int client_fd, enum relay_kind kind,
                        enum tls_certificate certificate)
{
    struct relay *r = calloc(1, sizeof *r);
    bool ok = true;

    if (!r) {
        close(client_fd);
        return NULL;
    }
    r->home = *home;
    r->client = (struct end){.fd = client_fd, .due = true};
    r->near = (struct end){.fd = -1};
    r->channel = (struct channel){.fd = client_fd};
    switch (kind) {
    case RELAY_PLAIN:
        ok = open_near(r);
        break;
    case RELAY_TLS:
        r->stage = STAGE_HANDSHAKE;
        ok = channel_init_tls(&r->channel, client_fd, home->service->tls, certificate);
        break;
    case RELAY_PROXY:
        r->stage = STAGE_SNIFF;
        break;
    }
    if (!ok) {
        relay_free(r);
        return NULL;
    }
    return r;
}

void relay_free(struct relay *r)
{
    if (r->link) {
        link_close(r->link);
        link_unref(r->link);
    }
    channel_release(&r->channel);
    if (r->client.fd >= 0)
        close(r->client.fd);
    if (r->near.fd >= 0)
        close(r->near.fd);
    damage_stream_release(&r->stream);
    free(r);
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
    n = channel_read(&r->channel, r->up, sizeof r->up);
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
    n = channel_write(&r->channel, r->stream.out + r->out_at, r->stream.out_len - r->out_at);
    if (n < 0) {
        r->broken |= !would_block();
        return false;
    }
    r->out_at += (size_t)n;
    if (r->out_at == r->stream.out_len)
        r->out_at = r->stream.out_len = 0;
    return true;
}

static void want(struct relay *r, struct end *end, unsigned interest)
{
    r->broken |= !end_want(end, r->home.epoll_fd, interest);
}

struct channel relay_take_channel(struct relay *r)
{
    struct channel taken = r->channel;

    want(r, &r->client, 0);
    r->channel = (struct channel){.fd = -1};
    r->client.fd = -1;
    return taken;
}

static void want_what_is_due(struct relay *r)
{
    bool down_full = r->stream.out_len > 0;
    unsigned client = (!r->client_ended && !r->up_len ? EPOLLIN : 0u) | (down_full ? EPOLLOUT : 0u);

    /* TLS may have to write in order to read, or the other way round; poll and epoll name events alike. */
    want(r, &r->client, client ? client | r->channel.wants : 0u);
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
        r->client.due = true;
        return RELAY_GOES_ON_SOON;
    }
    arm_reset(r->client.fd);
    return RELAY_IS_OVER;
}

/* Collects the first bytes; CONNECT is answered here, anything else is the server's. */
static enum relay_result sniff(struct relay *r)
{
    static const char method[] = "CONNECT ";
    const char *end;
    ssize_t n;

    while (send_down(r))
        ;
    n = r->up_len < sizeof r->up ? channel_read(&r->channel, r->up + r->up_len, sizeof r->up - r->up_len) : 0;
    if (n == 0 || (n < 0 && !would_block()) || r->broken)
        return RELAY_IS_OVER;
    r->up_len += n > 0 ? (size_t)n : 0;
    n = (ssize_t)(r->up_len < sizeof method - 1 ? r->up_len : sizeof method - 1);
    if (memcmp(r->up, method, (size_t)n) != 0) {
        r->client.due = true;
        return open_near(r) ? RELAY_GOES_ON_SOON : RELAY_IS_OVER;
    }
    end = memmem(r->up, r->up_len, "\r\n\r\n", 4);
    if (end) {
        size_t len = (size_t)(end - r->up) + 4;
        bool opened;
        char *answer = tunnel_answer(r->home.service, r->up, len, &opened);

        if (!answer)
            return RELAY_IS_OVER;
        damage_stream_feed(&r->stream, answer, strlen(answer));
        free(answer);
        r->up_len -= len;
        memmove(r->up, r->up + len, r->up_len);
        if (opened)
            r->stage = STAGE_TUNNEL;
        r->client.due = true;
    }
    want(r, &r->client, EPOLLIN | (r->stream.out_len ? EPOLLOUT : 0u));
    return r->client.due ? RELAY_GOES_ON_SOON : RELAY_GOES_ON;
}

/* The first byte of what is sent through a tunnel tells TLS; it waits for the answer to CONNECT, as a client
 * must. */
static enum relay_result enter_tunnel(struct relay *r)
{
    char first;
    ssize_t n;

    while (send_down(r))
        ;
    if (r->up_len || r->broken)
        return RELAY_IS_OVER;
    n = recv(r->client.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && would_block()) {
        want(r, &r->client, EPOLLIN | (r->stream.out_len ? EPOLLOUT : 0u));
        return RELAY_GOES_ON;
    }
    if (n <= 0)
        return RELAY_IS_OVER;
    r->client.due = true;
    if (first != 0x16)
        return open_near(r) ? RELAY_GOES_ON_SOON : RELAY_IS_OVER;
    if (!r->home.service->tls || !channel_init_tls(&r->channel, r->client.fd, r->home.service->tls, TLS_GOOD))
        return RELAY_IS_OVER;
    r->stage = STAGE_HANDSHAKE;
    return RELAY_GOES_ON_SOON;
}

static enum relay_result shake_hands(struct relay *r)
{
    switch (channel_handshake(&r->channel)) {
    case 1:
        r->client.due = true;
        if (channel_is_h2(&r->channel))
            return RELAY_IS_H2;
        return open_near(r) ? RELAY_GOES_ON_SOON : RELAY_IS_OVER;
    case 0:
        want(r, &r->client, r->channel.wants);
        return RELAY_GOES_ON;
    default:
        return RELAY_IS_OVER;
    }
}

static enum relay_result relay(struct relay *r)
{
    bool moved;

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
        channel_release(&r->channel);
        shutdown(r->client.fd, SHUT_WR);
        return RELAY_IS_OVER;
    }
    want_what_is_due(r);
    return r->broken ? RELAY_IS_OVER : RELAY_GOES_ON;
}

enum relay_result relay_step(struct relay *r)
{
    static enum relay_result (*const steps[])(struct relay *) = {[STAGE_SNIFF] = sniff,
                                                                 [STAGE_TUNNEL] = enter_tunnel,
                                                                 [STAGE_HANDSHAKE] = shake_hands,
                                                                 [STAGE_RELAY] = relay};

    if (!r->client.due && !r->near.due)
        return RELAY_GOES_ON;
    r->broken |= r->client.failed;
    if (r->broken)
        return RELAY_IS_OVER;
    r->client.due = r->near.due = false;
    return steps[r->stage](r);
}
