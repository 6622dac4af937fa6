/* client.c: an HTTP client for the server's tests. */
#include <config.h>

#include "client.h"

#include <arpa/inet.h>
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define TIMEOUT_S 20

static size_t append(char **text, size_t *len, const void *more, size_t n)
{
    *text = realloc(*text, *len + n + 1);
    ck_assert_ptr_nonnull(*text);
    memcpy(*text + *len, more, n);
    *len += n;
    (*text)[*len] = '\0';
    return n;
}

static size_t on_head(char *data, size_t one, size_t n, void *context)
{
    struct reply *r = context;

    return append(&r->head, &r->head_len, data, one * n);
}

static size_t on_body(char *data, size_t one, size_t n, void *context)
{
    struct reply *r = context;

    return append(&r->body, &r->body_len, data, one * n);
}

int client_try(struct reply *out, const struct server *server, const char *method, const char *path,
               const char *const *headers)
{
    struct curl_slist *list = NULL;
    CURL *curl = curl_easy_init();
    char url[1024];
    CURLcode code;
    long status = 0;

    memset(out, 0, sizeof *out);
    append(&out->head, &out->head_len, "", 0);
    append(&out->body, &out->body_len, "", 0);
    ck_assert_int_lt(snprintf(url, sizeof url, "%s%s", server_url(server), path), (int)sizeof url);
    for (; headers && *headers; headers++)
        list = curl_slist_append(list, *headers);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, out);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (strcmp(method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "some=body");
    } else if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return code;
}

void client_ask(struct reply *out, const struct server *server, const char *method, const char *path,
                const char *const *headers)
{
    int code = client_try(out, server, method, path, headers);

    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, path, curl_easy_strerror((CURLcode)code));
}

void client_get(struct reply *out, const struct server *server, const char *path, const char *range)
{
    char line[256];
    const char *headers[] = {line, NULL};

    snprintf(line, sizeof line, "Range: %s", range ? range : "");
    client_ask(out, server, "GET", path, range ? headers : NULL);
}

void reply_release(struct reply *r)
{
    free(r->head);
    free(r->body);
    memset(r, 0, sizeof *r);
}

const char *reply_header(const struct reply *r, const char *name)
{
    static char value[512];
    size_t len = strlen(name);

    for (const char *line = r->head; line; line = strstr(line, "\r\n")) {
        line += strspn(line, "\r\n");
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *start = line + len + 1 + strspn(line + len + 1, " ");

            snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\r"), start);
            return value;
        }
        if (!*line)
            break;
    }
    return NULL;
}

void client_check_content(const void *body, size_t body_len, uint64_t seed, uint64_t offset, size_t len)
{
    uint8_t *expected = malloc(len + 1);

    ck_assert_uint_eq(body_len, len);
    server_content(seed, offset, expected, len);
    ck_assert_msg(memcmp(body, expected, len) == 0, "the bytes at %llu are not the file's",
                  (unsigned long long)offset);
    free(expected);
}

int client_connect(const struct server *server)
{
    return client_connect_to(server_url(server));
}

int client_connect_to(const char *url)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval limit = {.tv_sec = TIMEOUT_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void client_write(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

void client_read(int fd, void *out, size_t len)
{
    char *at = out;

    while (len > 0) {
        ssize_t n = recv(fd, at, len, 0);

        ck_assert_msg(n > 0, "the connection gave no more, %zu bytes early", len);
        at += n;
        len -= (size_t)n;
    }
}

const char *client_read_head(int fd)
{
    static char head[4096];
    size_t len = 0;

    do {
        ck_assert_uint_lt(len, sizeof head - 1);
        client_read(fd, head + len, 1);
        head[++len] = '\0';
    } while (len < 4 || strcmp(head + len - 4, "\r\n\r\n") != 0);
    return head;
}

size_t client_drain(int fd)
{
    char buffer[65536];
    size_t total = 0;
    ssize_t n;

    while ((n = recv(fd, buffer, sizeof buffer, 0)) > 0)
        total += (size_t)n;
    return total;
}
