/* sink.h: the file that a trace goes to: who may have it, and what happens when it is full.
 *
 * The file is opened for appending and held by a lock for as long as the sink lives, so that no two traces
 * share one. What is appended is whole lines, each by one write(2). The first error is said on stderr with
 * the file's name; after it the sink takes nothing more.
 * Not thread safe: the trace's lock guards it.
 */
#ifndef OPENBITS_TRACE_SINK_H
#define OPENBITS_TRACE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct sink {
    char *path; /* as opened, suffix included */
    int fd;
    bool regular; /* a file, not a pipe or a device */
    bool ended;   /* an error was said */
};

/* pattern as trace_open has it. HRESULTs of file errors, E_OUTOFMEMORY. */
HRESULT sink_open(struct sink *sink, const char *pattern);
void sink_close(struct sink *sink);

/* False after an error, now or before. */
bool sink_append(struct sink *sink, const char *bytes, size_t len);

/* As it is now: a child that was forked has its own. */
uint64_t sink_process_id(void);

#endif
