/* log.h: the last requests, in memory and as JSON lines in a file. Thread safe. */
#ifndef OPENBITS_SERVER_LOG_H
#define OPENBITS_SERVER_LOG_H

#include <stdatomic.h>
#include <stdio.h>

#include "server/server.h"

#define LOG_MAX_ENTRIES ((size_t)1 << 20)
#define LOG_MAX_BYTES   ((size_t)256 << 20)

/* One request: one block of memory, with what entry points to behind it. Counted, because the ring and any
 * number of copies that server_log gave share it. */
struct log_record {
    atomic_uint refs;
    size_t size;
    struct server_log_entry entry;
    struct server_slice *slices; /* entry.slices, to be filled in */
};

/* Copies the strings, those of the faults too, and leaves room for slice_count slices. path may be NULL.
 * NULL: memory is short. */
struct log_record *log_record_new(const char *method, const char *target, const char *path,
                                  const struct server_header *headers, size_t header_count,
                                  size_t slice_count, const char *const *faults, size_t fault_count);
void log_record_unref(struct log_record *r);

struct log;

/* file, if not NULL, is the log's from now on. NULL: memory is short, file is the caller's still. */
struct log *log_new(FILE *file);
void log_free(struct log *log);

/* Takes the record, which nobody changes any more. */
void log_add(struct log *log, struct log_record *r);

HRESULT log_copy(struct log *log, struct server_log_entry **out, size_t *count);
void log_clear(struct log *log);
uint64_t log_count(struct log *log);
HRESULT log_wait(struct log *log, uint64_t count, unsigned timeout_ms);

/* entry as a JSON object in one line, without what is secret in its headers; malloc made it. NULL: memory. */
char *log_line(const struct server_log_entry *entry);

#endif
