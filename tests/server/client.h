/* client.h: an HTTP client for the server's tests: libcurl for whole answers, a socket for what libcurl
 * hides. */
#ifndef OPENBITS_TESTS_SERVER_CLIENT_H
#define OPENBITS_TESTS_SERVER_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

/* An answer, whole. Text ends with a NUL that is not counted. */
struct reply {
    int status; /* 0: none came */
    char *head; /* all header lines, CRLF after each */
    size_t head_len;
    char *body;
    size_t body_len;
};

/* Sends METHOD PATH with these header lines (ended by NULL; NULL: none) and fails the test unless a complete
 * answer comes. path starts with '/', and is sent as it is. */
void client_ask(struct reply *out, const struct server *server, const char *method, const char *path,
                const char *const *headers);
/* The same without failing it; returns the CURLcode, and in *out what came. */
int client_try(struct reply *out, const struct server *server, const char *method, const char *path,
               const char *const *headers);
void client_get(struct reply *out, const struct server *server, const char *path, const char *range);
void reply_release(struct reply *r);

/* The value of a header in a buffer of the callee's, good until the next call; NULL: it is not there. */
const char *reply_header(const struct reply *r, const char *name);

/* Fails the test unless body is bytes [offset, offset + len) of the file with this seed. */
void client_check_content(const void *body, size_t body_len, uint64_t seed, uint64_t offset, size_t len);

/* A connection to the server, on which a test writes and reads by itself; 20 s without a byte fail it. */
int client_connect(const struct server *server);
/* To the port of a URL. */
int client_connect_to(const char *url);
void client_write(int fd, const char *text);
/* Exactly so many bytes. */
void client_read(int fd, void *out, size_t len);
/* Up to and with the empty line; the head is in a buffer of the callee's. */
const char *client_read_head(int fd);
/* Up to the end of the connection, be it orderly or not; returns how many bytes. */
size_t client_drain(int fd);

#endif
