/* resource.h: what a path is: a synthetic file, a file below the root, or nothing. */
#ifndef OPENBITS_SERVER_RESOURCE_H
#define OPENBITS_SERVER_RESOURCE_H

#include <stdbool.h>

#include "server/files.h"

/* Where paths lead. Borrowed. */
struct site {
    struct files *files;
    int root_fd; /* -1: no folder is served */
};

/* One version of what a path leads to, for one answer. */
struct resource {
    struct file *file; /* NULL: not a synthetic file */
    int fd;            /* -1: not a real one */
    uint64_t size;
    int64_t last_modified_s; /* 0: not known */
    const char *etag;        /* NULL: none */
    char made_etag[64];
};

/* The status that says why there is nothing to send: 403, 404 or 503; 0: there is, in *out. */
int resource_open(const struct site *site, const char *path, struct resource *out);
/* Also for one that was not opened, or is all zero with fd -1. */
void resource_release(struct resource *r);

/* Bytes [offset, offset + len) into out; false: the file has become shorter, or cannot be read. */
bool resource_read(const struct resource *r, uint64_t offset, void *out, size_t len);

/* "/a%20b?x" or "http://host/a%20b" to a new string "/a b"; NULL: not a path (out of memory too). */
char *resource_path_from_target(const char *target);

#endif
