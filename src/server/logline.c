/* logline.c: one request of the log as a JSON line.
 *
 *     {"connection":1,"request":7,"start_us":..,"end_us":..,"method":"GET","target":"/f","path":"/f",
 *      "headers":[["Host","127.0.0.1:1"],..],"status":206,"slices":[[offset,len,sent],..],"body_bytes":4096,
 *      "faults":["F01@/f:after=4K"],"end":"complete"}
 *
 * Headers are a list of pairs because names may repeat. What is not UTF-8 stands with \ufffd, and credentials
 * with their scheme only: the file may be passed on.
 */
#include <config.h>

#include "server/log.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

static const char *const end_names[] = {
    [SERVER_END_COMPLETE] = "complete",
    [SERVER_END_CLIENT_GONE] = "client-gone",
    [SERVER_END_STOPPED] = "stopped",
};

static const char *const secret_names[] = {"Authorization", "Proxy-Authorization", "Cookie"};

/* Text from the network as a JSON string: every byte outside ASCII becomes U+FFFD where the whole is not
 * UTF-8. */
static json_t *text(const char *s, size_t len)
{
    json_t *made = json_stringn(s, len);
    char clean[1024];
    size_t n = 0;

    if (made)
        return made;
    for (size_t i = 0; i < len && n + 3 < sizeof clean; i++) {
        if ((unsigned char)s[i] < 0x80) {
            clean[n++] = s[i];
        } else {
            memcpy(clean + n, "\xEF\xBF\xBD", 3);
            n += 3;
        }
    }
    return json_stringn(clean, n);
}

/* "Basic dTpw" as "Basic ...". */
static json_t *scheme_only(const char *value)
{
    size_t len = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

    return value[len] == ' ' ? json_sprintf("%.*s ...", (int)len, value) : json_string("...");
}

static json_t *header_value(const struct server_header *h)
{
    for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
        if (strcasecmp(h->name, secret_names[i]) == 0)
            return scheme_only(h->value);
    return text(h->value, strlen(h->value));
}

static json_t *headers_array(const struct server_log_entry *e)
{
    json_t *array = json_array();

    for (size_t i = 0; i < e->header_count; i++)
        json_array_append_new(array, json_pack("[o,o]", text(e->headers[i].name, strlen(e->headers[i].name)),
                                               header_value(&e->headers[i])));
    return array;
}

static json_t *faults_array(const struct server_log_entry *e)
{
    json_t *array = json_array();

    for (size_t i = 0; i < e->fault_count; i++)
        json_array_append_new(array, text(e->faults[i], strlen(e->faults[i])));
    return array;
}

static json_t *slices_array(const struct server_log_entry *e)
{
    json_t *array = json_array();

    for (size_t i = 0; i < e->slice_count; i++)
        json_array_append_new(array, json_pack("[I,I,I]", (json_int_t)e->slices[i].offset,
                                               (json_int_t)e->slices[i].len, (json_int_t)e->slices[i].sent));
    return array;
}

char *log_line(const struct server_log_entry *e)
{
    json_t *line = json_pack("{s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:i,s:o,s:I,s:o,s:s}", "connection",
                             (json_int_t)e->connection, "request", (json_int_t)e->request, "start_us",
                             (json_int_t)e->start_us, "end_us", (json_int_t)e->end_us, "method",
                             text(e->method, strlen(e->method)), "target", text(e->target, strlen(e->target)),
                             "path", text(e->path, strlen(e->path)), "headers", headers_array(e), "status",
                             e->status, "slices", slices_array(e), "body_bytes", (json_int_t)e->body_bytes,
                             "faults", faults_array(e), "end", end_names[e->end]);
    char *out = line ? json_dumps(line, JSON_COMPACT) : NULL;

    json_decref(line);
    return out;
}
