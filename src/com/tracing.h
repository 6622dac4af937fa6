/* tracing.h: how the entry functions write a call and its return to the trace.
 *
 * A call line has the method, and the arguments under their names in `args`; a return line has the result
 * and, of a success, the outputs in `out` (docs/trace.md). `job` and `file` say which. Not written:
 * credentials, custom headers, parameters of a command line, response headers; and the user part of every
 * URL.
 */
#ifndef OPENBITS_COM_TRACING_H
#define OPENBITS_COM_TRACING_H

#include "com/object.h"
#include "openbits.h"
#include "trace/trace.h"

/* The line, begun, the arguments next; NULL if nobody traces. The caller adds to it and ends it.
 * method: "Interface::Method". */
struct trace_line *com_trace_call(const struct com_object *object, const char *method);
struct trace_line *com_trace_return(const struct com_object *object, const char *method, HRESULT hr);

/* A value by its type. */
void com_trace_number(struct trace_line *line, const char *key, uint32_t value);
void com_trace_text(struct trace_line *line, const char *key, LPCWSTR value);
/* A list of proxies, each of which may be given with user and password. */
void com_trace_proxies(struct trace_line *line, const char *key, LPCWSTR value);
void com_trace_given(struct trace_line *line, const char *key, const void *pointer); /* whether not NULL */
void com_trace_state(struct trace_line *line, const char *key, BG_JOB_STATE state);
void com_trace_ranges(struct trace_line *line, const char *key, const BG_FILE_RANGE *ranges, size_t count);
void com_trace_file_set(struct trace_line *line, const BG_FILE_INFO *files, size_t count);
void com_trace_job_property(struct trace_line *line, BITS_JOB_PROPERTY_ID id,
                            const BITS_JOB_PROPERTY_VALUE *value);
void com_trace_job_progress(struct trace_line *line, const char *key, const BG_JOB_PROGRESS *progress);
void com_trace_file_progress(struct trace_line *line, const char *key, const BG_FILE_PROGRESS *progress);
void com_trace_job_times(struct trace_line *line, const char *key, const BG_JOB_TIMES *times);

#endif
