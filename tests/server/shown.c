/* shown.c: what a client sees of one fault. */
#include <config.h>

#include "shown.h"

#include <check.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/gzip.h"

#define WAIT_MS 20000

static char folder[64];

static void put(struct server *server, const struct server_file *file)
{
    ck_assert_int_eq(server_add_file(server, file), S_OK);
}

/* A real file with the same bytes. */
static void write_real(void)
{
    unsigned char *bytes = malloc(SHOWN_SIZE);
    char path[96];
    FILE *f;

    snprintf(path, sizeof path, "%s/real", folder);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    server_content(SHOWN_SEED, 0, bytes, SHOWN_SIZE);
    ck_assert_uint_eq(fwrite(bytes, 1, SHOWN_SIZE, f), SHOWN_SIZE);
    ck_assert_int_eq(fclose(f), 0);
    free(bytes);
}

struct server *shown_start(void)
{
    struct server_options options = {.root = folder};
    struct server *server;

    strcpy(folder, "/tmp/openbits-faults-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_real();
    ck_assert_int_eq(server_start(&options, &server), S_OK);
    put(server, &(struct server_file){.path = "/f",
                                      .size = SHOWN_SIZE,
                                      .seed = SHOWN_SEED,
                                      .last_modified_s = 784111777,
                                      .etag = SHOWN_ETAG});
    put(server, &(struct server_file){.path = "/other", .size = 10, .seed = 1});
    put(server, &(struct server_file){.path = "/empty"});
    put(server, &(struct server_file){.path = "/huge", .size = UINT64_C(8) << 30, .seed = 3});
    return server;
}

void shown_stop(struct server *server)
{
    char path[96];

    server_stop(server);
    snprintf(path, sizeof path, "%s/real", folder);
    unlink(path);
    rmdir(folder);
}

void shown_add(struct server *server, const char *spec)
{
    struct server_fault_trouble bad;

    ck_assert_msg(server_add_fault(server, spec, &bad) == S_OK, "%s: at %zu: %s", spec, bad.at, bad.text);
}

void shown_logged(struct server *server, const char *const *specs, size_t count)
{
    struct server_log_entry *log;
    size_t log_count;

    ck_assert_int_eq(server_log(server, &log, &log_count), S_OK);
    ck_assert_uint_ge(log_count, 1);
    ck_assert_uint_eq(log[log_count - 1].fault_count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(log[log_count - 1].faults[i], specs[i]);
    server_log_free(log, log_count);
}

static void check_told(const struct shown *row, const struct reply *r)
{
    for (const char *const *line = row->told; *line; line++) {
        char name[64];
        const char *value;

        snprintf(name, sizeof name, "%.*s", (int)strcspn(*line + (**line == '!'), ":"),
                 *line + (**line == '!'));
        value = reply_header(r, name);
        if (**line == '!')
            ck_assert_msg(!value, "%s: %s is %s", row->spec, name, value);
        else
            ck_assert_msg(value && strcmp(value, *line + strlen(name) + 2) == 0, "%s: %s is %s", row->spec,
                          name, value ? value : "absent");
    }
}

static bool read_content(uint64_t offset, void *out, size_t len, void *context)
{
    const struct shown *row = context;

    server_content(SHOWN_SEED, row->offset + offset, out, len);
    return true;
}

static void check_gzip(const struct shown *row, const struct reply *r)
{
    size_t len = (size_t)gzip_length(row->len);
    unsigned char *expected = malloc(len);
    uint32_t sum;

    ck_assert(gzip_checksum(row->len, read_content, (void *)(uintptr_t)row, &sum));
    ck_assert(gzip_read(row->len, sum, 0, expected, len, read_content, (void *)(uintptr_t)row));
    ck_assert_msg(r->body_len <= len && memcmp(r->body, expected, r->body_len) == 0, "%s: no such gzip",
                  row->spec);
    free(expected);
}

static void check_body(const struct shown *row, const struct reply *r)
{
    unsigned char *bytes = malloc(row->len + 1);

    server_content(SHOWN_SEED, row->offset, bytes, row->len);
    switch (row->body) {
    case SHOWN_ANY:
        break;
    case SHOWN_BYTES:
        ck_assert_msg(r->body_len == row->len, "%s: %zu bytes, not %zu", row->spec, r->body_len, row->len);
        ck_assert_msg(memcmp(r->body, bytes, row->len) == 0, "%s: other bytes", row->spec);
        break;
    case SHOWN_OTHER:
        ck_assert_msg(r->body_len == row->len, "%s: %zu bytes, not %zu", row->spec, r->body_len, row->len);
        for (size_t i = 0; i < row->len; i++)
            ck_assert_msg((unsigned char)r->body[i] != bytes[i], "%s: byte %zu is the file's", row->spec, i);
        break;
    case SHOWN_TEXT:
        ck_assert_msg(strstr(r->body, row->text) != NULL, "%s: body is %s", row->spec, r->body);
        break;
    case SHOWN_GZIP:
        check_gzip(row, r);
        break;
    }
    free(bytes);
}

void shown_check(struct server *server, const struct shown *row)
{
    const char *method = row->method ? row->method : "GET", *path = row->path ? row->path : "/f";
    uint64_t requests = server_log_count(server);
    struct reply r;
    int code;

    shown_add(server, row->spec);
    for (unsigned i = 0; i < row->before; i++) {
        code = client_try(&r, server, method, path, row->asked);
        ck_assert_msg(code == CURLE_OK, "%s: request %u: %s", row->spec, i + 1,
                      curl_easy_strerror((CURLcode)code));
        reply_release(&r);
        ck_assert_int_eq(server_log_wait(server, ++requests, WAIT_MS), S_OK);
        shown_logged(server, NULL, 0);
    }
    code = client_try(&r, server, method, path, row->asked);
    ck_assert_msg(code == row->code, "%s: %s (%d)", row->spec, curl_easy_strerror((CURLcode)code), code);
    ck_assert_msg(r.status == row->status, "%s: status %d", row->spec, r.status);
    check_told(row, &r);
    check_body(row, &r);
    reply_release(&r);
    ck_assert_int_eq(server_log_wait(server, ++requests, WAIT_MS), S_OK);
    shown_logged(server, &row->spec, 1);

    server_clear_faults(server);
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 206);
    client_check_content(r.body, r.body_len, SHOWN_SEED, 5, 5);
    reply_release(&r);
    ck_assert_int_eq(server_log_wait(server, ++requests, WAIT_MS), S_OK);
    shown_logged(server, NULL, 0);
}
