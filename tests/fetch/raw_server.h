/* raw_server.h: a server that plays given bytes, for answers which no HTTP library would send.
 *
 * It knows nothing of HTTP but where a request ends. One thread serves one connection after the other: it
 * reads a request (up to the blank line), sends the next answer of its script in chunks of a given size, and
 * does what the answer says about the end. The last answer is played again for ever. Requests are recorded.
 *
 * Not for tests with several connections at a time: src/server is there for them.
 */
#ifndef OPENBITS_TESTS_FETCH_RAW_SERVER_H
#define OPENBITS_TESTS_FETCH_RAW_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct raw_server;
struct raw_tls;

enum raw_end {
    RAW_KEEP,   /* read the next request of this connection */
    RAW_CLOSE,  /* end the connection in order */
    RAW_RESET,  /* end it by a TCP reset */
    RAW_HANG,   /* send nothing more, keep it open until the client ends it */
    RAW_UNREAD, /* reset the connection instead of reading the request; bytes are not sent */
};

struct raw_answer {
    const char *bytes; /* NULL: none */
    size_t len;        /* 0: strlen(bytes) */
    enum raw_end end;
};

struct raw_options {
    const struct raw_answer *answers; /* borrowed */
    size_t count;
    size_t chunk;              /* bytes a send; 0: all at once */
    const char *tls_folder;    /* not NULL: TLS; the certificate is written there as "ca.pem" */
    const struct raw_tls *tls; /* NULL: a certificate that is in order (raw_tls.h) */
};

struct raw_server *raw_server_start(const struct raw_options *options);
void raw_server_stop(struct raw_server *server);

/* "http://127.0.0.1:port", or https. */
const char *raw_server_url(const struct raw_server *server);

/* All requests so far, one after the other; the caller's (free). */
char *raw_server_requests(struct raw_server *server);

/* The common name in the last client's certificate; "" if it showed none. */
void raw_server_peer(struct raw_server *server, char *out, size_t size);

unsigned raw_server_request_count(struct raw_server *server);
unsigned raw_server_connection_count(struct raw_server *server);

#endif
