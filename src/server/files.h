/* files.h: the table of synthetic files: path to the file's present version. Thread safe. */
#ifndef OPENBITS_SERVER_FILES_H
#define OPENBITS_SERVER_FILES_H

#include <stdatomic.h>

#include "server/headers.h"

/* One version of a file: counted, and unchanged once it is in the table. */
struct file {
    atomic_uint refs;
    char *path;
    uint64_t size, seed;
    int64_t last_modified_s; /* 0: none */
    char *etag;              /* NULL: none */
    unsigned flags;          /* enum server_file_flags */
    int status;              /* 0, or the one it always has */
    struct headers headers;
};

void file_unref(struct file *f);

struct files;

struct files *files_new(void);
void files_free(struct files *files);

/* As server_add_file. */
HRESULT files_add(struct files *files, const struct server_file *file);
/* As server_remove_file. */
HRESULT files_remove(struct files *files, const char *path);
/* A reference, or NULL. */
struct file *files_get(struct files *files, const char *path);

#endif
