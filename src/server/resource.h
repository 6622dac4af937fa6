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

enum encoding {
    ENCODING_NONE,
    ENCODING_GZIP,        /* the encoded file is what is served: sizes and offsets are its own */
    ENCODING_GZIP_HIDDEN, /* encoded bytes under the plain file's sizes and offsets */
};

/* How the file of one answer differs from what is at its path, for faults. All zero: not at all. */
struct variation {
    char etag_end[32]; /* put before the entity tag's closing quote */
    bool weak;         /* the entity tag is weak */
    bool unidentified; /* there is no entity tag and no date */
    int64_t later_s;   /* added to the date */
    int64_t longer;    /* bytes that are added to its size; below 0: taken */
    uint64_t shift;    /* its bytes are those from so much further on */
    uint8_t mask;      /* its bytes from mask_from on are combined with this: another version's */
    uint64_t mask_from;
    enum encoding encoding;
};

/* One version of what a path leads to, for one answer. */
struct resource {
    struct file *file; /* NULL: not a synthetic file */
    int fd;            /* -1: not a real one */
    uint64_t size;
    int64_t last_modified_s; /* 0: not known */
    const char *etag;        /* NULL: none */
    char made_etag[64];
    char *varied_etag; /* owned */
    struct variation variation;
    uint64_t plain_size; /* before encoding */
    uint64_t file_size;  /* what there is to read */
    uint32_t crc;        /* of the plain file, once crc_known */
    bool crc_known;
};

/* The status that says why there is nothing to send: 403, 404 or 503; 0: there is, in *out. */
int resource_open(const struct site *site, const char *path, struct resource *out);
/* Once, after it was opened. False: memory is short. */
bool resource_vary(struct resource *r, const struct variation *variation);
/* Also for one that was not opened, or is all zero with fd -1. */
void resource_release(struct resource *r);

/* Bytes [offset, offset + len) into out; false: the file has become shorter, or cannot be read. Beyond its
 * end a varied file is zero. */
bool resource_read(struct resource *r, uint64_t offset, void *out, size_t len);

/* "/a%20b?x" or "http://host/a%20b" to a new string "/a b"; NULL: not a path (out of memory too). */
char *resource_path_from_target(const char *target);

#endif
