/* request_trace.c: a request in the trace: two lines (docs/trace.md), however many hops it takes.
 *
 * URLs go in without user, password and query: signed URLs carry their secret there.
 */
#include "base/cleanup.h"
#include "fetch/request.h"
#include "fetch/url.h"

static const char *method_of(const struct fetch_request *r)
{
    if (r->spec.kind == FETCH_SIZE)
        return "HEAD";
    return r->spec.kind == FETCH_WHOLE && r->hop.method ? r->hop.method : "GET";
}

static struct trace_line *trace_phase(const struct fetch_request *r, const char *phase)
{
    struct trace_line *line = trace_begin(r->defaults->trace, "request");

    if (!line)
        return NULL;
    trace_text(line, "phase", phase);
    trace_number(line, "request", r->number);
    if (r->spec.trace_job) {
        trace_guid(line, "job", r->spec.trace_job);
        trace_number(line, "file", r->spec.trace_file);
    }
    trace_text(line, "method", method_of(r));
    return line;
}

static void trace_url(struct trace_line *line, const char *url)
{
    AUTOFREE char *shown = url_public(url);

    if (shown)
        trace_text(line, "url", shown);
}

void request_trace_start(const struct fetch_request *request)
{
    const struct fetch_request *r = request;
    struct trace_line *line = trace_phase(r, "start");

    if (!line)
        return;
    trace_url(line, r->url);
    if (r->spec.kind == FETCH_RANGE)
        trace_ranges(line, "ranges", &r->spec.range, 1);
    trace_end(line);
}

void request_trace_end(const struct fetch_request *request)
{
    const struct fetch_request *r = request;
    struct trace_line *line = trace_phase(r, "end");

    if (!line)
        return;
    if (r->hops > 0)
        trace_url(line, r->url);
    trace_number(line, "status", (uint64_t)r->headers.status);
    trace_number(line, "bytes", r->pos - r->spec.range.start);
    trace_hr(line, "hr", r->state == REQUEST_SETTLED ? r->result : E_ABORT); /* E_ABORT: cancelled */
    trace_end(line);
}
