/* shown.h: what a client sees of one fault, as a row of a table, and whether it does. */
#ifndef OPENBITS_TESTS_SERVER_SHOWN_H
#define OPENBITS_TESTS_SERVER_SHOWN_H

#include "client.h"

/* The files that shown_start adds. */
#define SHOWN_SIZE 200000
#define SHOWN_SEED 7
#define SHOWN_DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define SHOWN_ETAG "\"v1\""

enum shown_body {
    SHOWN_ANY,
    SHOWN_BYTES, /* [offset, offset + len) of the file */
    SHOWN_OTHER, /* the same of another version: each byte differs */
    SHOWN_TEXT,  /* has text in it */
    SHOWN_GZIP,  /* gzip of [offset, offset + len) of the file */
};

struct shown {
    const char *spec;
    const char *method;   /* NULL: GET */
    const char *path;     /* NULL: /f */
    const char *asked[4]; /* header lines */
    unsigned before;      /* so many requests like it come before, which it does not strike */
    int code;             /* the CURLcode */
    int status;
    const char *told[5]; /* "Name: value" as it stands in the head, or "!Name": it does not */
    enum shown_body body;
    uint64_t offset;
    size_t len;
    const char *text;
};

/* /f (etag, date), /empty, /huge of 8 GiB, and FILE below the root, with the same bytes as /f. */
struct server *shown_start(void);
void shown_stop(struct server *server);

/* Fails the test unless the fault shows as the row says, stands in the log, and other paths are as ever. */
void shown_check(struct server *server, const struct shown *row);

/* Adds it, or fails the test with the reason. */
void shown_add(struct server *server, const char *spec);

/* Fails the test unless the log's last entry has these faults, and no others. */
void shown_logged(struct server *server, const char *const *specs, size_t count);

#endif
