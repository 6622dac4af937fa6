/* server.c: a server's life: what it is made of, the sockets it listens on, the order of its end.
 *
 *     server ──▶ front ──▶ relay ──▶ damage, link, tls, tunnel
 *                │   └───▶ http2 (nghttp2) ─────────────┐
 *                └───────▶ http1 (libmicrohttpd) ───────┴──▶ exchange
 *     exchange ──▶ answer ──▶ conditional, range, body ──▶ multipart
 *       │    │        └─────▶ resource ──▶ files (synthetic), folder (real), gzip
 *       │    └─▶ faults ──▶ fault_spec; fault_act ──▶ fault_range, fault_parts, ...
 *       └──────▶ hold, stall, log
 *
 * The sockets are made here and not by libmicrohttpd, which does not say why a port cannot be had.
 */
#include <config.h>

#include "server/server.h"

#include "server/deadline.h"
#include "server/front.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
    struct service service;
    struct http1 *http1;
    struct front *front;
    uint16_t port;
    char url[80], tls_url[80];
};

static HRESULT hr_from_errno(int error)
{
    static const struct {
        int error;
        HRESULT hr;
    } table[] = {
        {ENOENT, SERVER_E_NO_SUCH_FILE},
        {ENOTDIR, SERVER_E_NOT_A_FOLDER},
        {EMFILE, SERVER_E_TOO_MANY_OPEN},
        {ENFILE, SERVER_E_TOO_MANY_OPEN},
        {EACCES, E_ACCESSDENIED},
        {EPERM, E_ACCESSDENIED},
        {EADDRINUSE, SERVER_E_PORT_IN_USE},
        {EADDRNOTAVAIL, SERVER_E_ADDRESS_NOT_HERE},
        {ENOMEM, E_OUTOFMEMORY},
        {ENOBUFS, E_OUTOFMEMORY},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].error == error)
            return table[i].hr;
    return E_FAIL;
}

/* Tells the port, and a URL by which a client on this machine gets there. */
static HRESULT find_url(int fd, const char *scheme, char url[80], uint16_t *out_port)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char host[64], service[8];
    const char *name = host;

    if (getsockname(fd, (struct sockaddr *)&bound, &size) < 0)
        return hr_from_errno(errno);
    if (getnameinfo((struct sockaddr *)&bound, size, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return E_FAIL;
    if (strcmp(host, "0.0.0.0") == 0)
        name = "127.0.0.1";
    else if (strcmp(host, "::") == 0)
        name = "::1";
    *out_port = (uint16_t)strtoul(service, NULL, 10);
    snprintf(url, 80, strchr(name, ':') ? "%s://[%s]:%s" : "%s://%s:%s", scheme, name, service);
    return S_OK;
}

static HRESULT listen_at(const char *address, uint16_t port, int *out_fd)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found;
    char service[8];
    HRESULT hr = S_OK;
    int on = 1, fd;

    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(address, service, &hints, &found) != 0)
        return E_INVALIDARG;
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* A port whose last server's connections still wait out their time is not in use. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0)
        hr = hr_from_errno(errno);
    freeaddrinfo(found);
    if (SUCCEEDED(hr))
        *out_fd = fd;
    else if (fd >= 0)
        close(fd);
    return hr;
}

static HRESULT open_root(struct server *s, const char *root)
{
    if (!root)
        return S_OK;
    s->service.site.root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return s->service.site.root_fd < 0 ? hr_from_errno(errno) : S_OK;
}

static HRESULT open_log(const char *path, FILE **out)
{
    int fd;

    *out = NULL;
    if (!path)
        return S_OK;
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        return hr_from_errno(errno);
    *out = fdopen(fd, "a");
    if (!*out) {
        close(fd);
        return E_OUTOFMEMORY;
    }
    setvbuf(*out, NULL, _IOLBF, 0); /* whoever follows the file sees a request when it is done */
    return S_OK;
}

/* The sockets, and the front that accepts on them. */
static HRESULT open_front(struct server *s, const struct server_options *o)
{
    const char *address = o->address ? o->address : "127.0.0.1";
    int fd = -1, tls_fd = -1;
    uint16_t ignored;
    HRESULT hr = listen_at(address, o->port, &fd);

    if (SUCCEEDED(hr))
        hr = find_url(fd, "http", s->url, &s->port);
    if (SUCCEEDED(hr) && s->service.tls)
        hr = listen_at(address, 0, &tls_fd);
    if (SUCCEEDED(hr) && s->service.tls)
        hr = find_url(tls_fd, "https", s->tls_url, &ignored);
    if (SUCCEEDED(hr))
        return front_start(fd, tls_fd, &s->service, s->http1, &s->front);
    if (fd >= 0)
        close(fd);
    if (tls_fd >= 0)
        close(tls_fd);
    return hr;
}

static HRESULT set_up_service(struct server *s, const struct server_options *o)
{
    s->service.proxy = o->flags & SERVER_PROXY;
    if (o->flags & SERVER_TLS) {
        s->service.tls = tls_new(!(o->flags & SERVER_NO_HTTP2));
        if (!s->service.tls)
            return E_FAIL;
    }
    return login_init(&s->service.login, o->login, o->user, o->password) ? S_OK : E_OUTOFMEMORY;
}

HRESULT server_start(const struct server_options *options, struct server **out)
{
    static const struct server_options defaults;
    const struct server_options *o = options ? options : &defaults;
    struct server *s;
    FILE *log_file;
    HRESULT hr;

    *out = NULL;
    s = calloc(1, sizeof *s);
    if (!s)
        return E_OUTOFMEMORY;
    hr = open_log(o->log_file, &log_file);
    if (FAILED(hr)) {
        free(s);
        return hr;
    }
    hr = service_init(&s->service, log_file);
    if (FAILED(hr) && log_file)
        fclose(log_file);
    if (SUCCEEDED(hr))
        hr = set_up_service(s, o);
    if (SUCCEEDED(hr))
        hr = open_root(s, o->root);
    if (SUCCEEDED(hr))
        hr = http1_start(o->threads ? o->threads : 1, &s->service, &s->http1);
    if (SUCCEEDED(hr))
        hr = open_front(s, o);
    if (FAILED(hr)) {
        server_stop(s);
        return hr;
    }
    *out = s;
    return S_OK;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    /* A connection that is suspended cannot be closed. */
    if (s->service.hold)
        hold_end(s->service.hold);
    if (s->service.stall)
        stall_end(s->service.stall);
    front_close(s->front);
    http1_stop(s->http1);
    front_stop(s->front);
    service_release(&s->service);
    free(s);
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

const char *server_url(const struct server *s)
{
    return s->url;
}

const char *server_tls_url(const struct server *s)
{
    return s->service.tls ? s->tls_url : NULL;
}

const char *server_authority(const struct server *s)
{
    return s->service.tls ? tls_authority(s->service.tls) : NULL;
}

HRESULT server_add_file(struct server *s, const struct server_file *file)
{
    return files_add(s->service.site.files, file);
}

HRESULT server_remove_file(struct server *s, const char *path)
{
    return files_remove(s->service.site.files, path);
}

HRESULT server_log(struct server *s, struct server_log_entry **out, size_t *count)
{
    return log_copy(s->service.log, out, count);
}

void server_log_clear(struct server *s)
{
    log_clear(s->service.log);
}

uint64_t server_log_count(struct server *s)
{
    return log_count(s->service.log);
}

HRESULT server_log_wait(struct server *s, uint64_t count, unsigned timeout_ms)
{
    return log_wait(s->service.log, count, timeout_ms);
}

void server_hold_bodies(struct server *s, uint64_t after_bytes)
{
    hold_set(s->service.hold, after_bytes);
}

HRESULT server_wait_held(struct server *s, size_t count, unsigned timeout_ms)
{
    return hold_wait(s->service.hold, count, timeout_ms);
}

/* Whether anything of this layer can come. */
static bool server_reaches(const struct server *s, const char *layer)
{
    if (strcmp(layer, "tls") == 0)
        return s->service.tls;
    if (strcmp(layer, "h2") == 0)
        return s->service.tls && tls_has_h2(s->service.tls);
    return true;
}

HRESULT server_add_fault(struct server *s, const char *spec, struct server_fault_trouble *bad)
{
    struct server_fault_trouble trouble;
    struct fault_spec parsed;

    /* What could never strike is refused, too. */
    if (fault_spec_parse(spec, &parsed, bad ? bad : &trouble) &&
        !server_reaches(s, fault_kinds[parsed.id].layer)) {
        if (bad)
            snprintf(bad->text, sizeof bad->text, "%s needs a server with %s", fault_kinds[parsed.id].id,
                     strcmp(fault_kinds[parsed.id].layer, "h2") == 0 ? "HTTP/2 (by HTTPS)" : "HTTPS");
        return E_INVALIDARG;
    }
    return faults_add(s->service.faults, spec, deadline_now_us(), bad);
}

HRESULT server_faults(struct server *s, struct server_fault **out, size_t *count)
{
    return faults_copy(s->service.faults, out, count);
}

HRESULT server_remove_fault(struct server *s, uint64_t number)
{
    return faults_remove(s->service.faults, number);
}

void server_clear_faults(struct server *s)
{
    faults_clear(s->service.faults);
}

void server_release(struct server *s)
{
    stall_release(s->service.stall);
}

HRESULT server_wait_stalled(struct server *s, size_t count, unsigned timeout_ms)
{
    return stall_wait(s->service.stall, count, timeout_ms);
}
