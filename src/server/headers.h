/* headers.h: an ordered list of header fields, owned. Not thread safe. */
#ifndef OPENBITS_SERVER_HEADERS_H
#define OPENBITS_SERVER_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

struct headers {
    struct server_header *items; /* each one block: name, then value */
    size_t count;
    bool failed; /* memory was short once; checked when the list is complete */
};

/* All zero is an empty list. */
void headers_release(struct headers *h);

void headers_add(struct headers *h, const char *name, const char *value);
void headers_addf(struct headers *h, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Takes away all of this name. */
void headers_remove(struct headers *h, const char *name);
/* In the place of all of this name, or at the end. */
void headers_set(struct headers *h, const char *name, const char *value);

/* "Name: value"; false: it is not that, or would inject another line. */
bool headers_add_line(struct headers *h, const char *line);

/* The first of this name; NULL: none. */
const char *headers_find(const struct server_header *items, size_t count, const char *name);

#endif
