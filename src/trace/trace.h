/* trace.h: one JSON object a line for each call, return, callback, state and request (docs/trace.md).
 *
 * com, engine, fetch and notify write; nobody reads here. A NULL trace costs one comparison: every function
 * takes a NULL line and does nothing. A line is built by one thread and written with one write(2), so lines
 * of several threads never mix; `seq` gives their order. Secrets never come here: callers leave them out.
 */
#ifndef OPENBITS_TRACE_TRACE_H
#define OPENBITS_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"
#include "rangeset/rangeset.h"

struct trace;
struct trace_line;

/* path: %p is the process id; without it a second process that finds the file locked gets ".<pid>" added
 * (decision 34). now_us gives the engine's time. The first line says the schema's version.
 * HRESULTs of file errors, E_OUTOFMEMORY. */
HRESULT trace_open(const char *path, uint64_t (*now_us)(void *context), void *context, struct trace **out);
void trace_close(struct trace *trace); /* NULL is allowed */

/* kind: "call", "return", "callback", "state", "request" ...; NULL if trace is NULL or memory is short
 * (then the next line that is written says how many are missing). */
struct trace_line *trace_begin(struct trace *trace, const char *kind);
void trace_text(struct trace_line *line, const char *key, const char *value); /* NULL value: null */
void trace_wide(struct trace_line *line, const char *key, const WCHAR *value);
void trace_number(struct trace_line *line, const char *key, uint64_t value);
void trace_flag(struct trace_line *line, const char *key, bool value);
/* As "0x80200003", and "<key>_name" if the code has a name. */
void trace_hr(struct trace_line *line, const char *key, HRESULT hr);
void trace_guid(struct trace_line *line, const char *key, const GUID *guid);
/* [[offset, length], ...] */
void trace_ranges(struct trace_line *line, const char *key, const struct range *ranges, size_t count);
/* Writes and frees the line. */
void trace_end(struct trace_line *line);

#endif
