/* server.h: an HTTP/1.1 test server as a library; the tool's `serve` and the tests use it.
 *
 * Knows nothing of BITS or of the engine. It listens on 127.0.0.1 (any address if asked), port 0 by default,
 * and serves synthetic files of any size, whose content is a function of seed and offset, and a real folder.
 * Every request is logged; tests count bytes with the log. What it answers follows RFC 9110: GET and HEAD,
 * one range or several, validators and conditions. docs/server.md tells the rest.
 *
 * Any thread may call any function here, except that nothing may be called during or after server_stop.
 * Strings are UTF-8, copied when given, and borrowed from the server when returned unless said otherwise.
 */
#ifndef OPENBITS_SERVER_SERVER_H
#define OPENBITS_SERVER_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct server;

enum server_login { SERVER_LOGIN_NONE, SERVER_LOGIN_BASIC, SERVER_LOGIN_DIGEST };

enum server_flags {
    SERVER_TLS = 1 << 0,      /* HTTPS on a second port, with a certificate made at start */
    SERVER_NO_HTTP2 = 1 << 2, /* HTTPS without HTTP/2 */
    SERVER_PROXY = 1 << 1,    /* CONNECT is granted, to whatever host; the tunnel leads to this server */
};

/* All zero is a good default. */
struct server_options {
    const char *address;     /* a literal, "::1" too; NULL: "127.0.0.1" */
    uint16_t port;           /* 0: any free one */
    const char *root;        /* NULL: no folder is served */
    const char *log_file;    /* appended to; NULL: requests are only kept in memory */
    unsigned threads;        /* that answer requests; 0: one */
    unsigned flags;          /* enum server_flags */
    enum server_login login; /* what every request needs: 401 without it */
    const char *user, *password;
};

/* Why the server cannot be had, beside E_INVALIDARG, E_OUTOFMEMORY, E_ACCESSDENIED and E_FAIL: what Win32 and
 * Winsock call the reason. */
#define SERVER_E_NO_SUCH_FILE     ((HRESULT)0x80070002) /* the log file's folder, or the root */
#define SERVER_E_TOO_MANY_OPEN    ((HRESULT)0x80070004)
#define SERVER_E_NOT_A_FOLDER     ((HRESULT)0x8007010B)
#define SERVER_E_PORT_IN_USE      ((HRESULT)0x80072740)
#define SERVER_E_ADDRESS_NOT_HERE ((HRESULT)0x80072741)

/* Starts listening: when this returns S_OK a client can connect. On failure *out is NULL. */
HRESULT server_start(const struct server_options *options, struct server **out);

/* Ends all connections (held answers too), waits for its threads, frees. NULL is allowed. */
void server_stop(struct server *server);

uint16_t server_port(const struct server *server);

/* Without a final slash: "http://127.0.0.1:34567". */
const char *server_url(const struct server *server);

/* Of HTTPS; NULL: there is none. And what a client has to trust for it: a certificate in PEM. It is for
 * 127.0.0.1, ::1 and localhost, and good for 30 days. */
const char *server_tls_url(const struct server *server);
const char *server_authority(const struct server *server);

/* --- Files --- */

enum server_file_flags {
    SERVER_FILE_NO_RANGES = 1 << 0, /* Range is ignored: 200 and the whole, no Accept-Ranges */
    SERVER_FILE_NO_LENGTH =
        1 << 1, /* no Content-Length: the body is chunked (closed at its end for HTTP/1.0) */
};

#define SERVER_FILE_SIZE_MAX ((uint64_t)INT64_MAX)

struct server_file {
    const char *path; /* "/f"; as it is after percent-decoding */
    uint64_t size;    /* bytes; at most SERVER_FILE_SIZE_MAX */
    uint64_t seed;
    int64_t last_modified_s; /* Unix time; 0: no Last-Modified */
    const char *etag;        /* with quotes, W/ allowed; NULL: made from all of the above; "": none */
    unsigned flags;          /* enum server_file_flags */
    int status; /* 0: an ordinary file; 200..599: always this status, with a line of text as body */
    /* "Name: value" each, ended by NULL, added to every answer; NULL: none. A Content-Type (255 bytes at
     * most) takes the place of ours; Content-Length and Transfer-Encoding are refused. */
    const char *const *headers;
};

/* Adds or replaces a synthetic file. Requests under way keep the version they began with. It hides what the
 * root has at this path. E_INVALIDARG: a field is not as described; E_OUTOFMEMORY. */
HRESULT server_add_file(struct server *server, const struct server_file *file);

/* S_FALSE: no synthetic file has this path. */
HRESULT server_remove_file(struct server *server, const char *path);

/* The content of a synthetic file: bytes [offset, offset + len) into out. The byte at offset is byte
 * offset mod 8, little-endian, of the word number offset / 8 (from 0) that splitmix64 yields from seed. */
void server_content(uint64_t seed, uint64_t offset, void *out, size_t len);

/* --- The log --- */

struct server_header {
    const char *name, *value;
};

struct server_slice {
    uint64_t offset, len; /* of the file, as answered */
    uint64_t sent;        /* how much of it, from its start */
};

enum server_end {
    SERVER_END_COMPLETE,    /* the whole answer went out */
    SERVER_END_CLIENT_GONE, /* the connection broke, or the file could not be read further */
    SERVER_END_STOPPED,     /* server_stop came first */
};

/* One request. Valid until server_log_free. */
struct server_log_entry {
    uint64_t connection,
        request;              /* numbers from 1; requests count over the whole server, in order of arrival */
    int64_t start_us, end_us; /* CLOCK_MONOTONIC: its first line was read; its answer was done */
    const char *method;
    const char *path;                    /* percent-decoded, without the query */
    const char *target;                  /* as it stood in the request line */
    const char *range;                   /* the Range header; NULL if there was none */
    const char *user_agent;              /* NULL if there was none */
    const struct server_header *headers; /* all of the request's */
    size_t header_count;
    int status;
    const struct server_slice *slices; /* what of the file was answered; none for an error, HEAD or 304 */
    size_t slice_count;
    uint64_t body_bytes;       /* given to the network for the body: part headers counted, chunk frames not */
    const char *const *faults; /* the faults that struck it, as they were added */
    size_t fault_count;
    enum server_end end;
    void *owner; /* the log's own */
};

/* A copy of the log so far, in the order in which the answers ended. Requests that are still being answered
 * are not in it, nor what never became a request (a malformed first line). At most 1,048,576 entries and
 * 256 MiB are kept; then the oldest go first. */
HRESULT server_log(struct server *server, struct server_log_entry **out, size_t *count);
void server_log_free(struct server_log_entry *entries, size_t count);
void server_log_clear(struct server *server);

/* How many requests ended since the start or the last server_log_clear, dropped ones included. */
uint64_t server_log_count(struct server *server);

/* Waits until that number is at least count: a client may have an answer in hand before it is logged.
 * S_FALSE: not within timeout_ms. */
HRESULT server_log_wait(struct server *server, uint64_t count, unsigned timeout_ms);

/* The value of a request's header, NULL if there was none; names compare without case. */
const char *server_log_header(const struct server_log_entry *entry, const char *name);

/* --- Holding answers --- */

/* Holds every answer (headers are sent) after this many bytes of its body, until the limit is raised or
 * lifted with UINT64_MAX. A connection whose answer is held notices nothing of its client. */
void server_hold_bodies(struct server *server, uint64_t after_bytes);

/* Waits until at least count answers are held. S_FALSE: not within timeout_ms. */
HRESULT server_wait_held(struct server *server, size_t count, unsigned timeout_ms);

/* --- Faults --- */

/* Why a fault cannot be had. */
struct server_fault_trouble {
    size_t at; /* where in the text */
    char text[320];
};

/* Adds a fault: "F01@/f:after=65536,for=30s" (docs/faults.md; `openbits serve --list-faults`). It counts for
 * requests whose head comes from now on. Faults combine, in the order in which they were added.
 * E_INVALIDARG: *bad says why; E_OUTOFMEMORY. bad may be NULL. */
HRESULT server_add_fault(struct server *server, const char *spec, struct server_fault_trouble *bad);

/* A fault that is there. Owned by whoever asked for the list. */
struct server_fault {
    uint64_t number; /* from 1, in the order in which they were added, never used again */
    char *spec;
    uint64_t met;     /* requests that it was meant for, but for req=, times=, until= and p= */
    uint64_t strikes; /* those that it struck */
};

HRESULT server_faults(struct server *server, struct server_fault **out, size_t *count);
void server_faults_free(struct server_fault *faults, size_t count);

/* S_FALSE: there is none of this number. What it has held up stays so until it is released. */
HRESULT server_remove_fault(struct server *server, uint64_t number);
void server_clear_faults(struct server *server);

/* Lets go on what faults hold up at this moment (for=until-released, and other times too). */
void server_release(struct server *server);

/* Waits until at least count requests are held up by faults. S_FALSE: not within timeout_ms. */
HRESULT server_wait_stalled(struct server *server, size_t count, unsigned timeout_ms);

#endif
