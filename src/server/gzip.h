/* gzip.h: a file as gzip (RFC 1952) that can be read from any place: blocks that store, and do not compress.
 * Pure, but for the reader it is given. */
#ifndef OPENBITS_SERVER_GZIP_H
#define OPENBITS_SERVER_GZIP_H

#include "server/multipart.h"

/* The checksum at the end needs the whole file read once. */
#define GZIP_FILE_MAX ((uint64_t)64 << 20)

uint64_t gzip_length(uint64_t size);

/* Of the whole file. False: it cannot be read. */
bool gzip_checksum(uint64_t size, content_fn *content, void *context, uint32_t *out);

/* Bytes [offset, offset + len) of the encoded file into out; what is beyond its end is zero. */
bool gzip_read(uint64_t size, uint32_t checksum, uint64_t offset, void *out, size_t len, content_fn *content,
               void *context);

#endif
