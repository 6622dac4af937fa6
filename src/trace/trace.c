/* trace.c: lines of JSON, built with jansson, stamped and numbered by the trace, appended to its sink.
 *
 * A line is a json object that belongs to one thread until trace_end. The first failure of a line's making
 * (memory) marks it, what follows does nothing, and trace_end counts it as missing. So callers never check.
 *
 * The lock is taken twice a line: for the stamps, so that seq and both times go up together, and for the
 * write, so that a line which the system takes in two pieces stays whole. Formatting happens outside.
 */
#include "config.h"

#include "trace/trace.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"
#include "base/vec.h"
#include "sys/clock.h"
#include "sys/thread.h"
#include "trace/sink.h"

struct trace {
    uint64_t (*now_us)(void *context);
    void *context;
    struct mutex lock; /* guards all below */
    struct sink sink;
    uint64_t seq;     /* of the next line */
    uint64_t missing; /* lines left out since the last that was written */
};

struct trace_line {
    struct trace *trace;
    json_t *root;
    json_t *at; /* where keys go: root, or the object that was entered; borrowed */
    bool failed;
};

/* Small numbers, so that a drawing can give each thread a row; the first is 1. */
static uint64_t thread_number(void)
{
    static atomic_uint_fast64_t last;
    static _Thread_local uint64_t mine;

    if (!mine)
        mine = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
    return mine;
}

/* --- values: new json, NULL if memory is short --- */

static json_t *json_number(uint64_t value)
{
    char text[24];

    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

static json_t *json_damaged_text(const char *text)
{
    AUTOFREE char *out = malloc(3 * strlen(text) + 1);
    size_t at = 0;

    if (!out)
        return NULL;
    for (; *text; text++) {
        if ((unsigned char)*text < 0x80) {
            out[at++] = *text;
        } else {
            memcpy(out + at, "\xEF\xBF\xBD", 3);
            at += 3;
        }
    }
    out[at] = '\0';
    return json_string(out);
}

/* utf_wide_size is 0 for what is not UTF-8, which jansson would refuse in the same way as it does when
 * memory is short. */
static json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    return utf_wide_size(text) ? json_string(text) : json_damaged_text(text);
}

/* False when memory is short; jansson's calls take NULL for a failure before them. */
static bool append_pair(json_t *list, uint64_t offset, uint64_t length)
{
    json_t *pair = json_array();

    json_array_append_new(pair, json_number(offset));
    json_array_append_new(pair, json_number(length));
    if (json_array_size(pair) == 2)
        return json_array_append_new(list, pair) == 0;
    json_decref(pair);
    return false;
}

/* --- opening and closing --- */

HRESULT trace_open(const char *path, uint64_t (*now_us)(void *context), void *context, struct trace **out)
{
    struct trace_line *header;
    struct trace *trace;
    HRESULT hr;

    *out = NULL;
    if (!path || !*path)
        return E_INVALIDARG;
    trace = calloc(1, sizeof *trace);
    if (!trace)
        return E_OUTOFMEMORY;
    hr = sink_open(&trace->sink, path);
    if (FAILED(hr)) {
        free(trace);
        return hr;
    }
    trace->now_us = now_us;
    trace->context = context;
    mutex_init(&trace->lock);

    header = trace_begin(trace, "trace");
    trace_number(header, "schema", TRACE_SCHEMA);
    trace_text(header, "version", PACKAGE_VERSION);
    trace_end(header);
    if (trace->missing) {
        trace_close(trace);
        return E_OUTOFMEMORY;
    }
    *out = trace;
    return S_OK;
}

void trace_close(struct trace *trace)
{
    if (!trace)
        return;
    sink_close(&trace->sink);
    mutex_destroy(&trace->lock);
    free(trace);
}

const char *trace_path(const struct trace *trace)
{
    return trace->sink.path;
}

/* --- building a line --- */

/* Takes value over. */
static void put(struct trace_line *line, const char *key, json_t *value)
{
    if (!line || line->failed) {
        json_decref(value);
        return;
    }
    if (json_object_set_new(line->at, key, value) < 0)
        line->failed = true;
}

static void count_missing(struct trace *trace, uint64_t lines)
{
    LOCK_SCOPE(&trace->lock);
    trace->missing += lines;
}

struct trace_line *trace_begin(struct trace *trace, const char *kind)
{
    uint64_t t_us, mono_us, seq;
    struct trace_line *line;

    if (!trace)
        return NULL;
    {
        LOCK_SCOPE(&trace->lock);
        if (trace->sink.ended)
            return NULL;
        mono_us = clock_monotonic_us();
        t_us = trace->now_us ? trace->now_us(trace->context) : mono_us;
        seq = trace->seq++;
    }
    line = calloc(1, sizeof *line);
    if (!line) {
        count_missing(trace, 1);
        return NULL;
    }
    line->trace = trace;
    line->root = line->at = json_object();
    line->failed = !line->root;
    trace_text(line, "kind", kind);
    trace_number(line, "seq", seq);
    trace_number(line, "t_us", t_us);
    trace_number(line, "mono_us", mono_us);
    trace_number(line, "pid", sink_process_id());
    trace_number(line, "thread", thread_number());
    return line;
}

void trace_text(struct trace_line *line, const char *key, const char *value)
{
    if (line)
        put(line, key, json_text(value));
}

void trace_number(struct trace_line *line, const char *key, uint64_t value)
{
    if (line)
        put(line, key, json_number(value));
}

void trace_flag(struct trace_line *line, const char *key, bool value)
{
    if (line)
        put(line, key, json_boolean(value));
}

void trace_hr(struct trace_line *line, const char *key, HRESULT hr)
{
    const char *name = hr_name(hr);
    char text[16], name_key[64];

    if (!line)
        return;
    snprintf(text, sizeof text, "0x%08" PRIX32, (uint32_t)hr);
    put(line, key, json_string(text));
    if (name) {
        snprintf(name_key, sizeof name_key, "%s_name", key);
        put(line, name_key, json_string(name));
    }
}

void trace_guid(struct trace_line *line, const char *key, const GUID *guid)
{
    char text[40];

    if (!line)
        return;
    if (!guid) {
        put(line, key, json_null());
        return;
    }
    snprintf(text, sizeof text, "{%08lX-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}",
             (unsigned long)guid->Data1, guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1],
             guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
    put(line, key, json_string(text));
}

void trace_ranges(struct trace_line *line, const char *key, const struct range *ranges, size_t count)
{
    json_t *list;

    if (!line)
        return;
    list = json_array();
    for (size_t i = 0; list && i < count; i++)
        if (!append_pair(list, ranges[i].start, range_len(ranges[i])))
            json_decref(TAKE(list));
    put(line, key, list);
}

void trace_range(struct trace_line *line, const char *key, uint64_t offset, uint64_t length)
{
    json_t *list;

    if (!line || line->failed)
        return;
    list = json_object_get(line->at, key);
    if (!list) {
        list = json_array();
        put(line, key, list);
    }
    if (!line->failed && !append_pair(list, offset, length))
        line->failed = true;
}

void trace_enter(struct trace_line *line, const char *key)
{
    json_t *object;

    if (!line || line->failed)
        return;
    assert(line->at == line->root);
    object = json_object();
    put(line, key, object);
    if (!line->failed)
        line->at = object;
}

void trace_leave(struct trace_line *line)
{
    if (line)
        line->at = line->root;
}

/* --- writing it --- */

struct text {
    char *data;
    size_t len, cap;
};

static int text_add(const char *bytes, size_t len, void *context)
{
    struct text *text = context;

    if (!vec_reserve((void **)&text->data, &text->cap, text->len + len, 1))
        return -1;
    memcpy(text->data + text->len, bytes, len);
    text->len += len;
    return 0;
}

static bool line_format(struct trace_line *line, struct text *text)
{
    return !line->failed &&
           json_dump_callback(line->root, text_add, text, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0 &&
           text_add("\n", 1, text) == 0;
}

void trace_end(struct trace_line *line)
{
    struct text text = {NULL, 0, 0};
    struct trace *trace;
    uint64_t missing;

    if (!line)
        return;
    trace = line->trace;
    {
        LOCK_SCOPE(&trace->lock);
        missing = trace->missing;
        trace->missing = 0;
    }
    trace_leave(line);
    if (missing)
        trace_number(line, "missing", missing);
    if (line_format(line, &text)) {
        LOCK_SCOPE(&trace->lock);
        sink_append(&trace->sink, text.data, text.len);
    } else {
        count_missing(trace, missing + 1);
    }
    free(text.data);
    json_decref(line->root);
    free(line);
}
