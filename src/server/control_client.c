/* control_client.c: drives a server in another process by its control interface.
 *
 * HTTP as little as this one server needs: a literal address, a connection a call, an answer that ends with
 * it.
 */
#include <config.h>

#include "server/control_client.h"

#include "server/headers.h"
#include "server/log.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* How much longer than it was told to wait an answer may take. */
#define GRACE_S    10
#define ANSWER_MAX ((size_t)1 << 30)

struct control_client {
    struct sockaddr_in address;
    char token[128];
};

HRESULT control_client_open(const char *url, const char *token, struct control_client **out)
{
    struct control_client *c;
    char host[16];
    unsigned port;
    int end = 0;

    *out = NULL;
    if (sscanf(url, "http://%15[0-9.]:%5u%n", host, &port, &end) != 2 || url[end] != '\0' ||
        port > UINT16_MAX || strlen(token) >= sizeof c->token || strpbrk(token, "\r\n"))
        return E_INVALIDARG;
    c = calloc(1, sizeof *c);
    if (!c)
        return E_OUTOFMEMORY;
    c->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    strcpy(c->token, token);
    if (inet_pton(AF_INET, host, &c->address.sin_addr) != 1) {
        free(c);
        return E_INVALIDARG;
    }
    *out = c;
    return S_OK;
}

void control_client_close(struct control_client *c)
{
    free(c);
}

static bool send_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* Everything up to the end of the connection, with a NUL behind it; NULL: it broke. */
static char *read_all(int fd, size_t *out_len)
{
    size_t size = 65536, len = 0;
    char *text = malloc(size);

    while (text) {
        ssize_t n = recv(fd, text + len, size - len - 1, 0);
        char *more;

        if (n < 0)
            break;
        len += (size_t)n;
        if (n == 0) {
            text[len] = '\0';
            *out_len = len;
            return text;
        }
        if (size - len > 4096)
            continue;
        more = size < ANSWER_MAX ? realloc(text, 2 * size) : NULL;
        if (!more)
            break;
        text = more;
        size *= 2;
    }
    free(text);
    return NULL;
}

/* The answer with its head; NULL: there is none. */
static char *exchange(struct control_client *c, const char *head, const char *body, unsigned wait_ms,
                      size_t *out_len)
{
    const struct timeval limit = {.tv_sec = GRACE_S + wait_ms / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char *answer = NULL;

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        connect(fd, (struct sockaddr *)&c->address, sizeof c->address) == 0 &&
        send_all(fd, head, strlen(head)) && send_all(fd, body, strlen(body)))
        answer = read_all(fd, out_len);
    if (fd >= 0)
        close(fd);
    return answer;
}

static HRESULT hr_from_status(int status)
{
    switch (status) {
    case 200:
    case 201:
        return S_OK;
    case 400:
        return E_INVALIDARG;
    case 401:
    case 403:
        return E_ACCESSDENIED;
    case 404:
        return S_FALSE;
    default:
        return E_FAIL;
    }
}

/* Takes body (NULL: none). *out, if it is asked for, is the answer's value, NULL if it fails but for
 * E_INVALIDARG. */
static HRESULT ask(struct control_client *c, const char *method, const char *target, json_t *body,
                   unsigned wait_ms, json_t **out)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : strdup(""), *head = NULL, *answer = NULL;
    char host[INET_ADDRSTRLEN];
    json_t *value = NULL;
    const char *begin;
    int status = 0;
    size_t len = 0;
    HRESULT hr;

    json_decref(body);
    inet_ntop(AF_INET, &c->address.sin_addr, host, sizeof host);
    if (text &&
        asprintf(&head,
                 "%s %s HTTP/1.1\r\nHost: %s:%u\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n"
                 "Connection: close\r\n\r\n",
                 method, target, host, ntohs(c->address.sin_port), c->token, strlen(text)) < 0)
        head = NULL;
    if (text && head)
        answer = exchange(c, head, text, wait_ms, &len);
    hr = !text || !head ? E_OUTOFMEMORY : E_FAIL;
    begin = answer ? strstr(answer, "\r\n\r\n") : NULL;
    if (begin && sscanf(answer, "HTTP/1.%*d %d", &status) == 1) {
        value = json_loadb(begin + 4, len - (size_t)(begin + 4 - answer), 0, NULL);
        hr = value ? hr_from_status(status) : E_FAIL;
    }
    free(answer);
    free(head);
    free(text);
    if (!out || (FAILED(hr) && hr != E_INVALIDARG)) {
        json_decref(value);
        value = NULL;
    }
    if (out)
        *out = value;
    return hr;
}

HRESULT control_client_add_fault(struct control_client *c, const char *spec, struct server_fault_trouble *bad)
{
    json_t *answer, *body = json_pack("{s:s}", "spec", spec);
    const char *text;
    HRESULT hr;

    if (!body) /* it is not UTF-8 */
        return E_INVALIDARG;
    hr = ask(c, "POST", "/faults", body, 0, &answer);
    text = json_string_value(json_object_get(answer, "error"));
    if (bad)
        *bad = (struct server_fault_trouble){.at = (size_t)json_integer_value(json_object_get(answer, "at"))};
    if (bad && text)
        snprintf(bad->text, sizeof bad->text, "%s", text);
    json_decref(answer);
    return hr;
}

static uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

HRESULT control_client_faults(struct control_client *c, struct server_fault **out, size_t *count)
{
    json_t *answer, *list, *item;
    HRESULT hr = ask(c, "GET", "/faults", NULL, 0, &answer);
    size_t i;

    *out = NULL;
    *count = 0;
    list = json_object_get(answer, "faults");
    if (json_array_size(list)) {
        *out = calloc(json_array_size(list), sizeof **out);
        hr = *out ? hr : E_OUTOFMEMORY;
    }
    json_array_foreach(list, i, item)
    {
        if (FAILED(hr))
            break;
        (*out)[i] = (struct server_fault){.number = number_of(item, "number"),
                                          .spec = strdup(text_of(item, "spec")),
                                          .met = number_of(item, "met"),
                                          .strikes = number_of(item, "strikes")};
        *count = i + 1;
        if (!(*out)[i].spec)
            hr = E_OUTOFMEMORY;
    }
    json_decref(answer);
    if (FAILED(hr)) {
        server_faults_free(*out, *count);
        *out = NULL;
        *count = 0;
    }
    return hr;
}

HRESULT control_client_remove_fault(struct control_client *c, uint64_t number)
{
    char target[40];

    snprintf(target, sizeof target, "/faults/%llu", (unsigned long long)number);
    return ask(c, "DELETE", target, NULL, 0, NULL);
}

HRESULT control_client_clear_faults(struct control_client *c)
{
    return ask(c, "DELETE", "/faults", NULL, 0, NULL);
}

static enum server_end end_from_name(const char *name)
{
    return strcmp(name, "complete") == 0  ? SERVER_END_COMPLETE
           : strcmp(name, "stopped") == 0 ? SERVER_END_STOPPED
                                          : SERVER_END_CLIENT_GONE;
}

static void fill_numbers(struct log_record *record, const json_t *line)
{
    struct server_log_entry *e = &record->entry;
    json_t *slice;
    size_t i;

    e->connection = number_of(line, "connection");
    e->request = number_of(line, "request");
    e->start_us = (int64_t)number_of(line, "start_us");
    e->end_us = (int64_t)number_of(line, "end_us");
    e->status = (int)number_of(line, "status");
    e->body_bytes = number_of(line, "body_bytes");
    e->end = end_from_name(text_of(line, "end"));
    json_array_foreach(json_object_get(line, "slices"), i, slice) record->slices[i] =
        (struct server_slice){.offset = (uint64_t)json_integer_value(json_array_get(slice, 0)),
                              .len = (uint64_t)json_integer_value(json_array_get(slice, 1)),
                              .sent = (uint64_t)json_integer_value(json_array_get(slice, 2))};
}

static const char *text_at(const json_t *array, size_t i)
{
    const char *text = json_string_value(json_array_get(array, i));

    return text ? text : "";
}

/* One request; NULL: memory is short. */
static struct log_record *record_from(const json_t *line)
{
    json_t *pairs = json_object_get(line, "headers"), *faults = json_object_get(line, "faults");
    size_t header_count = json_array_size(pairs), fault_count = json_array_size(faults);
    struct server_header *headers = calloc(header_count + 1, sizeof *headers);
    const char **names = calloc(fault_count + 1, sizeof *names);
    struct log_record *record = NULL;

    for (size_t i = 0; headers && i < header_count; i++) {
        const json_t *pair = json_array_get(pairs, i);

        headers[i] = (struct server_header){text_at(pair, 0), text_at(pair, 1)};
    }
    for (size_t i = 0; names && i < fault_count; i++)
        names[i] = text_at(faults, i);
    if (headers && names)
        record = log_record_new(text_of(line, "method"), text_of(line, "target"), text_of(line, "path"),
                                headers, header_count, json_array_size(json_object_get(line, "slices")),
                                names, fault_count);
    if (record)
        fill_numbers(record, line);
    free(headers);
    free(names);
    return record;
}

HRESULT control_client_log(struct control_client *c, uint64_t count, unsigned timeout_ms,
                           struct server_log_entry **out, size_t *out_count)
{
    json_t *answer, *lines, *line;
    char target[80];
    HRESULT hr;
    size_t i;

    *out = NULL;
    *out_count = 0;
    snprintf(target, sizeof target, "/log?count=%llu&timeout_ms=%u", (unsigned long long)count, timeout_ms);
    hr = ask(c, "GET", target, NULL, timeout_ms, &answer);
    if (hr == S_OK && !json_is_true(json_object_get(answer, "complete")))
        hr = S_FALSE;
    lines = json_object_get(answer, "requests");
    if (json_array_size(lines)) {
        *out = calloc(json_array_size(lines), sizeof **out);
        hr = *out ? hr : E_OUTOFMEMORY;
    }
    json_array_foreach(lines, i, line)
    {
        struct log_record *record = SUCCEEDED(hr) ? record_from(line) : NULL;

        if (!record) {
            hr = E_OUTOFMEMORY;
            break;
        }
        (*out)[i] = record->entry;
        *out_count = i + 1;
    }
    json_decref(answer);
    if (FAILED(hr)) {
        server_log_free(*out, *out_count);
        *out = NULL;
        *out_count = 0;
    }
    return hr;
}

HRESULT control_client_clear_log(struct control_client *c)
{
    return ask(c, "DELETE", "/log", NULL, 0, NULL);
}

HRESULT control_client_hold(struct control_client *c, uint64_t after_bytes)
{
    json_t *after = after_bytes <= INT64_MAX ? json_integer((json_int_t)after_bytes) : json_null();

    return ask(c, "POST", "/hold", json_pack("{s:o}", "after", after), 0, NULL);
}

static HRESULT wait_for(struct control_client *c, const char *what, size_t count, unsigned timeout_ms)
{
    char target[80];
    json_t *answer;
    HRESULT hr;

    snprintf(target, sizeof target, "/%s?count=%zu&timeout_ms=%u", what, count, timeout_ms);
    hr = ask(c, "GET", target, NULL, timeout_ms, &answer);
    if (hr == S_OK && !json_is_true(json_object_get(answer, "complete")))
        hr = S_FALSE;
    json_decref(answer);
    return hr;
}

HRESULT control_client_wait_held(struct control_client *c, size_t count, unsigned timeout_ms)
{
    return wait_for(c, "held", count, timeout_ms);
}

HRESULT control_client_wait_stalled(struct control_client *c, size_t count, unsigned timeout_ms)
{
    return wait_for(c, "stalled", count, timeout_ms);
}

HRESULT control_client_release(struct control_client *c)
{
    return ask(c, "POST", "/release", NULL, 0, NULL);
}
