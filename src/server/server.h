/* server.h: an HTTP/1.1 test server as a library; the tool's `serve` and the tests use it.
 *
 * Knows nothing of BITS or of the engine. It listens on 127.0.0.1 (any address if asked), port 0 by default,
 * and serves synthetic files of any size (content is a function of seed and offset, decision 33) and a real
 * folder. Every request is logged; tests count bytes with the log.
 */
#ifndef OPENBITS_SERVER_SERVER_H
#define OPENBITS_SERVER_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct server;

struct server_options {
    const char *address;  /* NULL: "127.0.0.1" */
    uint16_t port;        /* 0: any free one */
    const char *root;     /* NULL: no folder is served */
    const char *log_file; /* NULL: requests are only kept in memory; else also a JSON line each */
};

/* Who owns what: the server copies all it is given. E_INVALIDARG, E_OUTOFMEMORY, or the code of the
 * Win32 error that says why the port or folder cannot be had. On failure *out is NULL. */
HRESULT server_start(const struct server_options *options, struct server **out);

/* Ends all connections, waits for its threads, frees. NULL is allowed. */
void server_stop(struct server *server);

uint16_t server_port(const struct server *server);

/* Without a final slash: "http://127.0.0.1:34567". Owned by the server. */
const char *server_url(const struct server *server);

struct server_file {
    const char *path;          /* "/f"; no escapes */
    uint64_t size;             /* bytes */
    uint64_t seed;
    int64_t last_modified_s;   /* Unix time; 0: no Last-Modified */
    const char *etag;          /* with quotes; NULL: made from size and seed; "": none */
};

/* Adds or replaces a synthetic file, also while the server runs (any thread). */
HRESULT server_add_file(struct server *server, const struct server_file *file);

/* The content of a synthetic file: bytes [offset, offset + len) into out (decision 33). */
void server_content(uint64_t seed, uint64_t offset, void *out, size_t len);

/* What a log of one request says. Pointers are valid until server_log_free. */
struct server_log_entry {
    uint64_t connection, request; /* numbers from 1; requests count over the whole server */
    const char *method, *path;
    const char *range;            /* the Range header; NULL if there was none */
    const char *user_agent;
    int status;
    uint64_t body_bytes;          /* handed to the network for the body */
};

/* A copy of the log so far, oldest first; requests that are still being answered are not in it. */
HRESULT server_log(struct server *server, struct server_log_entry **out, size_t *count);
void server_log_free(struct server_log_entry *entries, size_t count);
void server_log_clear(struct server *server);

/* Holds every answer's body (headers are sent) after this many bytes of each, until released with
 * UINT64_MAX: lets a test look at a transfer that is under way without sleeping. */
void server_hold_bodies(struct server *server, uint64_t after_bytes);

#endif
