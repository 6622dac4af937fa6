/* control.c: a server's controls over HTTP.
 *
 *     GET    /faults              what there is, with counts        POST   /faults {"spec":"F01@/f"}
 *     DELETE /faults, /faults/3   all of them, one                  POST   /release
 *     GET    /log?count=N         when so many requests have ended  DELETE /log
 *     POST   /hold {"after":N}    null or nothing: lift it          GET    /held?count=N, /stalled?count=N
 *
 * A GET with a count waits for it, timeout_ms at most; "complete" tells whether it came. Each connection has
 * a thread, so it may wait; it does so in short pieces, to see when the server ends.
 *
 * It is made of what server.h offers, and of the log's lines.
 */
#include <config.h>

#include "server/control.h"

#include "server/deadline.h"
#include "server/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TOKEN_BYTES     16
#define BODY_MAX        8192
#define CONNECTIONS_MAX 64
#define WAIT_MAX_MS     60000
#define WAIT_PIECE_MS   50

struct control {
    struct server *server;
    struct MHD_Daemon *daemon;
    uint16_t port;
    char url[64], token[2 * TOKEN_BYTES + 1];
    atomic_bool ending;
};

/* A request's body, as far as it came. */
struct upload {
    size_t len;
    bool too_long;
    char text[BODY_MAX];
};

/* What is answered: a status, and a JSON text that is freed when it is sent. */
struct reply {
    unsigned status;
    char *json;
};

static struct reply reply_json(unsigned status, json_t *value)
{
    struct reply r = {status, value ? json_dumps(value, JSON_COMPACT) : NULL};

    json_decref(value);
    return r;
}

static struct reply reply_error(unsigned status, const char *text)
{
    return reply_json(status, json_pack("{s:s}", "error", text));
}

static struct reply reply_done(void)
{
    return reply_json(200, json_object());
}

static struct reply reply_hr(HRESULT hr)
{
    if (hr == S_FALSE)
        return reply_error(404, "there is none");
    return FAILED(hr) ? reply_error(500, "out of memory") : reply_done();
}

/* --- What can be asked --- */

struct asked {
    struct control *control;
    struct MHD_Connection *connection;
    const char *rest; /* of the path, behind the name and a slash; "" */
    const struct upload *upload;
};

static uint64_t argument(const struct asked *a, const char *name, uint64_t otherwise)
{
    const char *text = MHD_lookup_connection_value(a->connection, MHD_GET_ARGUMENT_KIND, name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static json_t *body_of(const struct asked *a)
{
    return json_loadb(a->upload->text, a->upload->len, JSON_REJECT_DUPLICATES, NULL);
}

/* Waits by wait, which takes a count and a limit in milliseconds; whether it came. */
static bool wait_for(const struct asked *a, HRESULT (*wait)(struct control *, uint64_t, unsigned))
{
    uint64_t count = argument(a, "count", 0), limit_ms = argument(a, "timeout_ms", 0);
    int64_t end_us = deadline_now_us() + (int64_t)(limit_ms < WAIT_MAX_MS ? limit_ms : WAIT_MAX_MS) * 1000;

    for (;;) {
        int64_t left_ms = (end_us - deadline_now_us()) / 1000;

        if (wait(a->control, count,
                 left_ms <= 0              ? 0
                 : left_ms < WAIT_PIECE_MS ? (unsigned)left_ms
                                           : WAIT_PIECE_MS) == S_OK)
            return true;
        if (left_ms <= 0 || atomic_load(&a->control->ending))
            return false;
    }
}

static HRESULT wait_log(struct control *c, uint64_t count, unsigned ms)
{
    return server_log_wait(c->server, count, ms);
}

static HRESULT wait_held(struct control *c, uint64_t count, unsigned ms)
{
    return server_wait_held(c->server, (size_t)count, ms);
}

static HRESULT wait_stalled(struct control *c, uint64_t count, unsigned ms)
{
    return server_wait_stalled(c->server, (size_t)count, ms);
}

static struct reply list_faults(const struct asked *a)
{
    json_t *array = json_array();
    struct server_fault *faults;
    size_t count;

    if (FAILED(server_faults(a->control->server, &faults, &count))) {
        json_decref(array);
        return reply_error(500, "out of memory");
    }
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:I,s:s,s:I,s:I}", "number", (json_int_t)faults[i].number,
                                               "spec", faults[i].spec, "met", (json_int_t)faults[i].met,
                                               "strikes", (json_int_t)faults[i].strikes));
    server_faults_free(faults, count);
    return reply_json(200, json_pack("{s:o}", "faults", array));
}

static struct reply add_fault(const struct asked *a)
{
    struct server_fault_trouble bad;
    json_t *body = body_of(a);
    const char *spec = json_string_value(json_object_get(body, "spec"));
    struct reply r;
    HRESULT hr;

    if (!spec) {
        json_decref(body);
        return reply_error(400, "an object with \"spec\" is wanted");
    }
    hr = server_add_fault(a->control->server, spec, &bad);
    if (hr == E_INVALIDARG)
        r = reply_json(400, json_pack("{s:s,s:I}", "error", bad.text, "at", (json_int_t)bad.at));
    else
        r = FAILED(hr) ? reply_error(500, "out of memory")
                       : reply_json(201, json_pack("{s:s}", "spec", spec));
    json_decref(body);
    return r;
}

static struct reply remove_faults(const struct asked *a)
{
    if (*a->rest)
        return reply_hr(server_remove_fault(a->control->server, strtoull(a->rest, NULL, 10)));
    server_clear_faults(a->control->server);
    return reply_done();
}

/* {"complete":true,"requests":[LINE,...]} */
static struct reply read_log(const struct asked *a)
{
    bool complete = wait_for(a, wait_log), ok;
    struct server_log_entry *entries;
    char *text = NULL;
    size_t count, size;
    FILE *f;

    if (FAILED(server_log(a->control->server, &entries, &count)))
        return reply_error(500, "out of memory");
    f = open_memstream(&text, &size);
    if (f)
        fprintf(f, "{\"complete\":%s,\"requests\":[", complete ? "true" : "false");
    ok = f != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        char *line = log_line(&entries[i]);

        ok = line && fprintf(f, "%s%s", i ? ",\n" : "", line) >= 0;
        free(line);
    }
    server_log_free(entries, count);
    ok = ok && fputs("]}", f) >= 0;
    ok = f && fclose(f) == 0 && ok;
    if (!ok) {
        free(text);
        return reply_error(500, "out of memory");
    }
    return (struct reply){200, text};
}

static struct reply clear_log(const struct asked *a)
{
    server_log_clear(a->control->server);
    return reply_done();
}

static struct reply hold(const struct asked *a)
{
    json_t *body = body_of(a), *after = json_object_get(body, "after");
    bool known = !after || json_is_null(after) || (json_is_integer(after) && json_integer_value(after) >= 0);

    if (known)
        server_hold_bodies(a->control->server,
                           json_is_integer(after) ? (uint64_t)json_integer_value(after) : UINT64_MAX);
    json_decref(body);
    return known ? reply_done() : reply_error(400, "\"after\" is a number of bytes, or null");
}

static struct reply read_held(const struct asked *a)
{
    return reply_json(200, json_pack("{s:b}", "complete", wait_for(a, wait_held)));
}

static struct reply read_stalled(const struct asked *a)
{
    return reply_json(200, json_pack("{s:b}", "complete", wait_for(a, wait_stalled)));
}

static struct reply release(const struct asked *a)
{
    server_release(a->control->server);
    return reply_done();
}

static const struct {
    const char *method, *name;
    struct reply (*answer)(const struct asked *);
} table[] = {
    {"GET", "/faults", list_faults}, {"POST", "/faults", add_fault},    {"DELETE", "/faults", remove_faults},
    {"GET", "/log", read_log},       {"DELETE", "/log", clear_log},     {"POST", "/hold", hold},
    {"GET", "/held", read_held},     {"GET", "/stalled", read_stalled}, {"POST", "/release", release},
};

static struct reply answer(struct asked *a, const char *method, const char *path)
{
    bool known = false;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t len = strlen(table[i].name);

        if (strncmp(path, table[i].name, len) != 0 || (path[len] != '\0' && path[len] != '/'))
            continue;
        known = true;
        a->rest = path[len] == '/' ? path + len + 1 : "";
        if (strcmp(method, table[i].method) == 0)
            return table[i].answer(a);
    }
    return known ? reply_error(405, "not with this method") : reply_error(404, "there is no such control");
}

/* --- Who may ask --- */

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* This host by the names that lead here. Another name that leads here is somebody's trick (DNS rebinding). */
static bool is_own_host(const struct control *c, const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    char own[40];

    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        snprintf(own, sizeof own, "%s:%u", names[i], c->port);
        if (strcasecmp(host, own) == 0)
            return true;
    }
    return false;
}

static bool has_token(const struct control *c, const char *authorization)
{
    static const char scheme[] = "Bearer ";
    size_t len = strlen(c->token);

    return authorization && strncasecmp(authorization, scheme, sizeof scheme - 1) == 0 &&
           strlen(authorization + sizeof scheme - 1) == len &&
           CRYPTO_memcmp(authorization + sizeof scheme - 1, c->token, len) == 0;
}

/* NULL: it may. */
static const char *refusal(const struct control *c, struct MHD_Connection *connection, unsigned *out_status)
{
    *out_status = 403;
    if (!is_own_host(c, header(connection, "Host")))
        return "the Host is not this one";
    if (header(connection, "Origin"))
        return "pages may not ask";
    *out_status = 401;
    return has_token(c, header(connection, "Authorization"))
               ? NULL
               : "the token is wanted: Authorization: Bearer ...";
}

/* --- libmicrohttpd --- */

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply r)
{
    static const char no_memory[] = "{\"error\":\"out of memory\"}";
    struct MHD_Response *response =
        r.json ? MHD_create_response_from_buffer(strlen(r.json), r.json, MHD_RESPMEM_MUST_FREE)
               : MHD_create_response_from_buffer(sizeof no_memory - 1, (void *)(uintptr_t)no_memory,
                                                 MHD_RESPMEM_PERSISTENT);
    enum MHD_Result ok;

    if (!response) {
        free(r.json);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (r.status == 401)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    ok = MHD_queue_response(connection, r.json ? r.status : 500, response);
    MHD_destroy_response(response);
    return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **context)
{
    struct control *c = cls;
    struct upload *upload = *context;
    struct asked a = {.control = c, .connection = connection, .upload = upload};
    const char *refused;
    unsigned status;

    (void)version;
    if (!upload) {
        *context = calloc(1, sizeof *upload);
        return *context ? MHD_YES : MHD_NO;
    }
    if (*size) {
        if (*size > BODY_MAX - upload->len)
            upload->too_long = true;
        else
            memcpy(upload->text + upload->len, data, *size);
        upload->len += upload->too_long ? 0 : *size;
        *size = 0;
        return MHD_YES;
    }
    refused = refusal(c, connection, &status);
    if (refused)
        return send_reply(connection, reply_error(status, refused));
    if (upload->too_long)
        return send_reply(connection, reply_error(413, "the body is too long"));
    return send_reply(connection, answer(&a, method, url));
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    free(*context);
    *context = NULL;
}

static int listen_on_loopback(uint16_t port, uint16_t *out_port, HRESULT *out_hr)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, SOMAXCONN) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        *out_port = ntohs(address.sin_port);
        return fd;
    }
    *out_hr = errno == EADDRINUSE ? SERVER_E_PORT_IN_USE : errno == EACCES ? E_ACCESSDENIED : E_FAIL;
    if (fd >= 0)
        close(fd);
    return -1;
}

HRESULT control_start(struct server *server, uint16_t port, struct control **out)
{
    struct control *c = calloc(1, sizeof *c);
    unsigned char token[TOKEN_BYTES];
    HRESULT hr = E_FAIL;
    int fd;

    *out = NULL;
    if (!c)
        return E_OUTOFMEMORY;
    c->server = server;
    fd = RAND_bytes(token, sizeof token) == 1 ? listen_on_loopback(port, &c->port, &hr) : -1;
    if (fd < 0) {
        free(c);
        return hr;
    }
    for (size_t i = 0; i < sizeof token; i++)
        snprintf(c->token + 2 * i, 3, "%02x", token[i]);
    snprintf(c->url, sizeof c->url, "http://127.0.0.1:%u", c->port);
    c->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC, 0, NULL, NULL,
        on_request, c, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, c, MHD_OPTION_END);
    if (!c->daemon) { /* it may have closed the socket already, or not: better to lose one than to close
                         another's */
        free(c);
        return E_FAIL;
    }
    *out = c;
    return S_OK;
}

void control_stop(struct control *c)
{
    if (!c)
        return;
    atomic_store(&c->ending, true);
    MHD_stop_daemon(c->daemon);
    OPENSSL_cleanse(c->token, sizeof c->token);
    free(c);
}

const char *control_url(const struct control *c)
{
    return c->url;
}

const char *control_token(const struct control *c)
{
    return c->token;
}
