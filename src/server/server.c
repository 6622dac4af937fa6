/* server.c: a server's life: what it is made of, the socket it listens on, the order of its end.
 *
 *     server ──▶ http1 (libmicrohttpd's threads) ──▶ answer ──▶ conditional, range, body ──▶ multipart
 *                  │        │                           └─────▶ resource ──▶ files (synthetic), folder (real)
 *                  ▼        ▼
 *                 log      hold
 *
 * The socket is made here and not by libmicrohttpd, which does not say why a port cannot be had.
 */
#include <config.h>

#include "server/server.h"

#include "server/http1.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
    struct site site; /* owned */
    struct hold *hold;
    struct log *log;
    struct http1 *http1;
    uint16_t port;
    char url[80];
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
static HRESULT find_url(struct server *s, int fd)
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
    s->port = (uint16_t)strtoul(service, NULL, 10);
    snprintf(s->url, sizeof s->url, strchr(name, ':') ? "http://[%s]:%s" : "http://%s:%s", name, service);
    return S_OK;
}

static HRESULT listen_at(struct server *s, const char *address, uint16_t port, int *out_fd)
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
    else
        hr = find_url(s, fd);
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
    s->site.root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return s->site.root_fd < 0 ? hr_from_errno(errno) : S_OK;
}

static HRESULT open_log(struct server *s, const char *path)
{
    FILE *file = NULL;
    int fd;

    if (path) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
        if (fd < 0)
            return hr_from_errno(errno);
        file = fdopen(fd, "a");
        if (!file) {
            close(fd);
            return E_OUTOFMEMORY;
        }
        setvbuf(file, NULL, _IOLBF, 0); /* whoever follows the file sees a request when it is done */
    }
    s->log = log_new(file);
    if (!s->log && file)
        fclose(file);
    return s->log ? S_OK : E_OUTOFMEMORY;
}

HRESULT server_start(const struct server_options *options, struct server **out)
{
    static const struct server_options defaults;
    const struct server_options *o = options ? options : &defaults;
    struct server *s;
    int fd = -1;
    HRESULT hr;

    *out = NULL;
    s = calloc(1, sizeof *s);
    if (!s)
        return E_OUTOFMEMORY;
    s->site.root_fd = -1;
    s->site.files = files_new();
    s->hold = hold_new();
    hr = s->site.files && s->hold ? S_OK : E_OUTOFMEMORY;
    if (SUCCEEDED(hr))
        hr = open_root(s, o->root);
    if (SUCCEEDED(hr))
        hr = open_log(s, o->log_file);
    if (SUCCEEDED(hr))
        hr = listen_at(s, o->address ? o->address : "127.0.0.1", o->port, &fd);
    if (SUCCEEDED(hr))
        hr = http1_start(fd, o->threads ? o->threads : 1, &s->site, s->hold, s->log, &s->http1);
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
    if (s->hold)
        hold_end(s->hold); /* a connection that is suspended cannot be closed */
    http1_stop(s->http1);
    log_free(s->log);
    hold_free(s->hold);
    files_free(s->site.files);
    if (s->site.root_fd >= 0)
        close(s->site.root_fd);
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

HRESULT server_add_file(struct server *s, const struct server_file *file)
{
    return files_add(s->site.files, file);
}

HRESULT server_remove_file(struct server *s, const char *path)
{
    return files_remove(s->site.files, path);
}

HRESULT server_log(struct server *s, struct server_log_entry **out, size_t *count)
{
    return log_copy(s->log, out, count);
}

void server_log_clear(struct server *s)
{
    log_clear(s->log);
}

uint64_t server_log_count(struct server *s)
{
    return log_count(s->log);
}

HRESULT server_log_wait(struct server *s, uint64_t count, unsigned timeout_ms)
{
    return log_wait(s->log, count, timeout_ms);
}

void server_hold_bodies(struct server *s, uint64_t after_bytes)
{
    hold_set(s->hold, after_bytes);
}

HRESULT server_wait_held(struct server *s, size_t count, unsigned timeout_ms)
{
    return hold_wait(s->hold, count, timeout_ms);
}
