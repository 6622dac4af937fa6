/* answer.c: what is answered to a request.
 *
 * The order is RFC 9110's: the method, then whether there is anything at the path, then the conditions
 * (section 13), then Range (section 14), which only GET has. No I/O beyond opening the file.
 */
#include <config.h>

#include "server/answer.h"

#include "server/conditional.h"
#include "server/httpdate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_CONTENT_TYPE "application/octet-stream"

static const struct {
    int status;
    const char *text;
} reasons[] = {
    {200, "OK"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {407, "Proxy Authentication Required"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {416, "Range Not Satisfiable"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

const char *answer_content_type(const struct answer *a)
{
    const struct file *file = a->resource.file;
    const char *own = file ? headers_find(file->headers.items, file->headers.count, "Content-Type") : NULL;

    return own ? own : DEFAULT_CONTENT_TYPE;
}

/* A status with its name as the body. */
static void say(struct answer *a, int status)
{
    char text[64];
    const char *reason = "";

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            reason = reasons[i].text;
    snprintf(text, sizeof text, "%d%s%s\n", status, *reason ? " " : "", reason);
    a->status = status;
    headers_add(&a->headers, "Content-Type", "text/plain");
    body_set_text(&a->body, text);
}

static void add_validators(struct answer *a)
{
    char date[HTTPDATE_SIZE];

    if (a->resource.etag)
        headers_add(&a->headers, "ETag", a->resource.etag);
    if (a->resource.last_modified_s) {
        httpdate_format(a->resource.last_modified_s, date);
        headers_add(&a->headers, "Last-Modified", date);
    }
}

static void say_unsatisfiable(struct answer *a)
{
    say(a, 416);
    headers_addf(&a->headers, "Content-Range", "bytes */%llu", (unsigned long long)a->resource.size);
}

/* 206, or 416 where the parts do not fit a length. Takes slices. */
static void send_slices(struct answer *a, struct slice *slices, size_t count)
{
    if (!body_set_slices(&a->body, &a->resource, slices, count, answer_content_type(a))) {
        body_release(&a->body);
        say_unsatisfiable(a);
        return;
    }
    a->status = 206;
    add_validators(a);
    if (count == 1) {
        headers_add(&a->headers, "Content-Type", answer_content_type(a));
        headers_addf(
            &a->headers, "Content-Range", "bytes %llu-%llu/%llu", (unsigned long long)slices[0].offset,
            (unsigned long long)(slices[0].offset + slices[0].len - 1), (unsigned long long)a->resource.size);
    } else {
        headers_addf(&a->headers, "Content-Type", "multipart/byteranges; boundary=%s", a->body.boundary);
    }
}

static void send_whole(struct answer *a)
{
    struct slice *whole = a->resource.size ? malloc(sizeof *whole) : NULL;

    if (a->resource.size && !whole) {
        a->headers.failed = true;
        return;
    }
    if (whole)
        *whole = (struct slice){.offset = 0, .len = a->resource.size};
    body_set_slices(&a->body, &a->resource, whole, whole ? 1 : 0, answer_content_type(a));
    a->status = 200;
    add_validators(a);
    headers_add(&a->headers, "Content-Type", answer_content_type(a));
}

static const char *field(const struct question *q, const char *name)
{
    return headers_find(q->headers, q->header_count, name);
}

/* The field of a list that may be spread over several lines (RFC 9110, 5.3) as one new string; NULL: it is
 * not there, or memory is short, which is then in a->headers.failed. */
static char *list_field(struct answer *a, const struct question *q, const char *name)
{
    char *joined = NULL;

    for (size_t i = 0; i < q->header_count; i++) {
        char *longer;

        if (strcasecmp(q->headers[i].name, name) != 0)
            continue;
        if (asprintf(&longer, "%s%s%s", joined ? joined : "", joined ? ", " : "", q->headers[i].value) < 0) {
            a->headers.failed = true;
            break;
        }
        free(joined);
        joined = longer;
    }
    return joined;
}

static enum conditional_verdict check_conditions(struct answer *a, const struct question *q)
{
    const struct validators validators = {a->resource.etag, a->resource.last_modified_s};
    char *if_match = list_field(a, q, "If-Match"), *if_none_match = list_field(a, q, "If-None-Match");
    const struct conditions conditions = {
        .if_match = if_match,
        .if_none_match = if_none_match,
        .if_modified_since = field(q, "If-Modified-Since"),
        .if_unmodified_since = field(q, "If-Unmodified-Since"),
        .if_range = field(q, "If-Range"),
    };
    enum conditional_verdict verdict = conditional_evaluate(&conditions, &validators, q->now_s);

    free(if_match);
    free(if_none_match);
    return verdict;
}

/* There is a file, and the method asks for it. */
static void answer_file(struct answer *a, const struct question *q, bool ranges_offered)
{
    const char *range = ranges_offered && strcmp(q->method, "GET") == 0 ? field(q, "Range") : NULL;
    enum conditional_verdict verdict = check_conditions(a, q);
    struct slice *slices = NULL;
    size_t count = 0;

    if (ranges_offered)
        headers_add(&a->headers, "Accept-Ranges", "bytes");
    if (verdict == CONDITIONAL_FAILED) {
        say(a, 412);
        return;
    }
    if (verdict == CONDITIONAL_NOT_MODIFIED) {
        send_whole(a); /* the headers, its length too, are those of a 200 (RFC 9110, 15.4.5) */
        a->status = 304;
        return;
    }
    switch (
        range_parse(verdict == CONDITIONAL_IGNORE_RANGE ? NULL : range, a->resource.size, &slices, &count)) {
    case RANGE_WHOLE:
        send_whole(a);
        break;
    case RANGE_SLICES:
        send_slices(a, slices, count);
        break;
    case RANGE_UNSATISFIABLE:
        say_unsatisfiable(a);
        break;
    case RANGE_NO_MEMORY:
        a->headers.failed = true;
        break;
    }
}

void answer_say(struct answer *a, int status, const char *content_type, const char *text)
{
    body_release(&a->body);
    headers_release(&a->headers);
    a->length_hidden = false;
    say(a, status);
    if (text) {
        headers_set(&a->headers, "Content-Type", content_type);
        body_set_text(&a->body, text);
    }
    a->promised = a->body.length;
}

void answer_say_unsatisfiable(struct answer *a, bool with_range)
{
    answer_say(a, 416, NULL, NULL);
    if (with_range)
        headers_addf(&a->headers, "Content-Range", "bytes */%llu", (unsigned long long)a->resource.size);
}

static void answer_synthetic(struct answer *a, const struct question *q)
{
    const struct file *file = a->resource.file;

    for (size_t i = 0; i < file->headers.count; i++)
        if (strcasecmp(file->headers.items[i].name, "Content-Type") != 0)
            headers_add(&a->headers, file->headers.items[i].name, file->headers.items[i].value);
    if (file->status) {
        say(a, file->status);
        if (file->status == 401 && !headers_find(a->headers.items, a->headers.count, "WWW-Authenticate"))
            headers_add(&a->headers, "WWW-Authenticate", "Basic realm=\"test\"");
        return;
    }
    a->length_hidden = file->flags & SERVER_FILE_NO_LENGTH;
    answer_file(a, q, !(file->flags & SERVER_FILE_NO_RANGES));
}

bool answer_make(const struct site *site, const struct question *q, struct answer *out)
{
    int trouble;

    *out = (struct answer){.resource = {.fd = -1}};
    if (strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0) {
        say(out, 405);
        headers_add(&out->headers, "Allow", "GET, HEAD");
    } else if (!q->path) {
        say(out, 400);
    } else if ((trouble = resource_open(site, q->path, &out->resource)) != 0) {
        say(out, trouble);
    } else if (q->variation && !resource_vary(&out->resource, q->variation)) {
        out->headers.failed = true;
    } else if (out->resource.file) {
        answer_synthetic(out, q);
    } else {
        answer_file(out, q, true);
    }
    if (out->resource.variation.encoding != ENCODING_NONE && (out->status == 200 || out->status == 206))
        headers_add(&out->headers, "Content-Encoding", "gzip");
    out->promised = out->body.length;
    out->body_sent = strcmp(q->method, "HEAD") != 0 && out->status != 204 && out->status != 304;
    if (out->headers.failed) {
        answer_release(out);
        return false;
    }
    return true;
}

void answer_release(struct answer *a)
{
    headers_release(&a->headers);
    body_release(&a->body);
    resource_release(&a->resource);
}
