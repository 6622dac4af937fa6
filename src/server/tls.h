/* tls.h: certificates that are made at start, and the server's side of TLS on a socket that does not block.
 */
#ifndef OPENBITS_SERVER_TLS_H
#define OPENBITS_SERVER_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a server shows. */
enum tls_certificate {
    TLS_GOOD,       /* for 127.0.0.1, ::1 and localhost, from the authority whose certificate is handed out */
    TLS_UNTRUSTED,  /* the same from an authority that nobody has */
    TLS_OTHER_HOST, /* good for another name */
    TLS_EXPIRED,
    TLS_CERTIFICATE_COUNT,
};

struct tls;

/* NULL: it cannot be had. h2 is offered by ALPN where with_h2 is not 0. */
struct tls *tls_new(int with_h2);
void tls_free(struct tls *t);

bool tls_has_h2(const struct tls *t);

/* The authority's certificate in PEM, for clients that are to trust it. */
const char *tls_authority(const struct tls *t);

/* A client's socket, with TLS or without. */
struct channel {
    int fd;
    void *ssl;      /* NULL: plain */
    unsigned wants; /* events of poll beyond those of whoever reads or writes: a handshake's */
};

/* False: memory is short. fd stays the caller's. */
bool channel_init_tls(struct channel *c, int fd, struct tls *t, enum tls_certificate shown);
/* Says goodbye, and frees what TLS needed; the socket stays open. */
void channel_release(struct channel *c);

/* As recv and send without waiting; errno is EAGAIN where they would. */
ssize_t channel_read(struct channel *c, void *out, size_t size);
ssize_t channel_write(struct channel *c, const void *bytes, size_t len);

/* 1: it is over (or there is none); 0: not yet, wants tells; -1: it failed. */
int channel_handshake(struct channel *c);
/* Whether the handshake, which is over, chose HTTP/2. */
bool channel_is_h2(const struct channel *c);

#endif
