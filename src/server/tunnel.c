/* tunnel.c: the answer to CONNECT.
 *
 * Whatever host is asked for, the tunnel leads to this server: a test may name any, and nobody gets anywhere
 * else.
 */
#include <config.h>

#include "server/tunnel.h"

#include "server/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 64

/* Splits the lines in place; false: one is no header, or there are too many. */
static bool read_headers(char *at, struct server_header *out, size_t *out_count)
{
    *out_count = 0;
    while (*at && *at != '\r') {
        char *end = strstr(at, "\r\n"), *colon = strchr(at, ':');

        if (!end || !colon || colon > end || *out_count == HEADERS_MAX)
            return false;
        *end = *colon = '\0';
        out[(*out_count)++] = (struct server_header){at, colon + 1 + strspn(colon + 1, " \t")};
        at = end + 2;
    }
    return true;
}

static char *answer_text(const struct answer *a)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (!f)
        return NULL;
    fprintf(f, "HTTP/1.1 %d %s\r\n", a->status, a->status == 200 ? "Connection established" : "Refused");
    for (size_t i = 0; i < a->headers.count; i++)
        fprintf(f, "%s: %s\r\n", a->headers.items[i].name, a->headers.items[i].value);
    fprintf(f, a->status == 200 ? "\r\n" : "Content-Length: 0\r\n\r\n");
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

char *tunnel_answer(struct service *service, char *head, size_t len, bool *opened)
{
    struct server_header headers[HEADERS_MAX];
    struct exchange e;
    char *target = head + strlen("CONNECT "), *line_end, *text = NULL;
    size_t count;

    *opened = false;
    head[len - 1] = '\0';
    line_end = strstr(head, "\r\n");
    if (!line_end || memchr(head, '\0', len - 1) || !read_headers(line_end + 2, headers, &count))
        return NULL;
    *line_end = '\0';
    target[strcspn(target, " ")] = '\0';
    if (exchange_begin(&e, service, target)) {
        e.tunnel = true;
        if (exchange_make(&e, "CONNECT", headers, count)) {
            text = answer_text(&e.answer);
            *opened = text && e.answer.status == 200;
        }
    }
    exchange_end(&e, SERVER_END_COMPLETE);
    return text;
}
