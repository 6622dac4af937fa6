/* trace.h: one JSON object a line for each call, return, callback, state and request (docs/trace.md).
 *
 * com, engine, fetch and notify write; nobody reads here. A NULL trace costs one comparison: every function
 * takes a NULL line and does nothing. A line is built by one thread and written with one write(2), so lines
 * of several threads never mix. Secrets never come here: callers leave them out.
 *
 * The stamps (t_us, mono_us) and seq are taken together in trace_begin, so seq, the engine's time and real
 * time agree in their order. Lines may reach the file a little out of that order: readers sort by seq.
 *
 * A file that cannot be written any more (disk full) is said once on stderr; then tracing ends and the
 * program goes on. A line that memory was too short for is left out, and the next one that is written says
 * in `missing` how many were.
 *
 * Threads: any may write lines; one line belongs to one thread; trace_close comes after all of them.
 * Lock order: the trace's lock is the innermost, but for what now_us takes.
 */
#ifndef OPENBITS_TRACE_TRACE_H
#define OPENBITS_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"
#include "rangeset/rangeset.h"

#define TRACE_SCHEMA 1

struct trace;
struct trace_line;

/* path: %p is the process id, %% a percent sign; without %p, who finds the file taken gets ".<pid>" added
 * (decision 34), and a further one of the same process "-2" ... to either. An existing file is continued.
 * now_us gives the engine's time and may not trace; NULL: real time. The first line is the header.
 * E_INVALIDARG: path is NULL or empty; HRESULTs of file errors; E_OUTOFMEMORY. */
HRESULT trace_open(const char *path, uint64_t (*now_us)(void *context), void *context, struct trace **out);
void trace_close(struct trace *trace); /* NULL is allowed */

/* The file's name as it was opened, suffix included; the trace's own. */
const char *trace_path(const struct trace *trace);

/* kind: "call", "return", "callback", "state", "request" ...; NULL if trace is NULL or has ended, or memory
 * is short. Keys are static ASCII text and come once a line. */
struct trace_line *trace_begin(struct trace *trace, const char *kind);

/* NULL value: null. Text that is not UTF-8 keeps its ASCII; each other byte becomes U+FFFD. */
void trace_text(struct trace_line *line, const char *key, const char *value);
/* A number above INT64_MAX (BG_SIZE_UNKNOWN) becomes decimal text: JSON readers have no room for it. */
void trace_number(struct trace_line *line, const char *key, uint64_t value);
void trace_flag(struct trace_line *line, const char *key, bool value);
/* As "0x80200003", and "<key>_name" if the code has a name. */
void trace_hr(struct trace_line *line, const char *key, HRESULT hr);
/* "{6B29FC40-CA47-1067-B31D-00DD010662DA}"; NULL: null. */
void trace_guid(struct trace_line *line, const char *key, const GUID *guid);
/* [[offset, length], ...] */
void trace_ranges(struct trace_line *line, const char *key, const struct range *ranges, size_t count);
/* One more [offset, length] in key's list, which it begins if need be: for a client's raw ranges, which
 * may be illegal. */
void trace_range(struct trace_line *line, const char *key, uint64_t offset, uint64_t length);

/* What follows until trace_leave goes into an object of its own: the arguments of a call
 * ("args"). One level deep. */
void trace_enter(struct trace_line *line, const char *key);
void trace_leave(struct trace_line *line);

/* Writes and frees the line. */
void trace_end(struct trace_line *line);

#endif
