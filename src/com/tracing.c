/* tracing.c: see tracing.h. Only called when somebody traces, so it may allocate; what it cannot, it leaves
 * out of the line. */
#include "com/tracing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf.h"
#include "job/state.h"

/* A file set or a range list beyond this is cut: a line is for people and tools, not an archive. */
enum { MAX_FILES_TRACED = 16, MAX_RANGES_TRACED = 65536 };

static struct trace_line *begin(const struct com_object *object, const char *kind, const char *method)
{
    struct trace_line *line = trace_begin(engine_trace(object->engine), kind);

    if (!line)
        return NULL;
    trace_text(line, "method", method);
    if (object->job)
        trace_guid(line, "job", engine_job_id(object->job));
    if (object->file != JOB_NO_FILE)
        trace_number(line, "file", object->file);
    return line;
}

struct trace_line *com_trace_call(const struct com_object *object, const char *method)
{
    struct trace_line *line = begin(object, "call", method);

    trace_enter(line, "args");
    return line;
}

struct trace_line *com_trace_return(const struct com_object *object, const char *method, HRESULT hr)
{
    struct trace_line *line = begin(object, "return", method);

    trace_hr(line, "hr", hr);
    return line;
}

void com_trace_number(struct trace_line *line, const char *key, uint32_t value)
{
    trace_number(line, key, value);
}

/* Overwrites what stands before '@' in the authority of each URL. */
static void hide_users(char *text)
{
    for (char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
        char *authority = at + 3;
        size_t len = strcspn(authority, "/?# ");
        char *end = authority;

        for (char *c = authority; c < authority + len; c++)
            if (*c == '@')
                end = c;
        memset(authority, '*', (size_t)(end - authority));
        at = authority;
    }
}

void com_trace_text(struct trace_line *line, const char *key, LPCWSTR value)
{
    AUTOFREE char *text = NULL;

    if (value && FAILED(utf_narrow(value, &text, NULL)))
        return;
    if (text)
        hide_users(text);
    trace_text(line, key, text);
}

void com_trace_proxies(struct trace_line *line, const char *key, LPCWSTR value)
{
    AUTOFREE char *text = NULL;

    if (value && FAILED(utf_narrow(value, &text, NULL)))
        return;
    for (char *word = text; word && *word; word += strcspn(word, "; \t\r\n")) {
        size_t user = 0;

        word += strspn(word, "; \t\r\n");
        for (size_t i = 0; i < strcspn(word, "; \t\r\n"); i++)
            if (word[i] == '@')
                user = i;
        memset(word, '*', user);
    }
    trace_text(line, key, text);
}

void com_trace_given(struct trace_line *line, const char *key, const void *pointer)
{
    trace_flag(line, key, pointer != NULL);
}

void com_trace_state(struct trace_line *line, const char *key, BG_JOB_STATE state)
{
    trace_text(line, key, job_state_name((enum job_state)state));
}

/* As they are: what a client gives may be no range at all. */
void com_trace_ranges(struct trace_line *line, const char *key, const BG_FILE_RANGE *ranges, size_t count)
{
    if (!ranges)
        return;
    if (count > MAX_RANGES_TRACED) {
        trace_number(line, "ranges_cut", count - MAX_RANGES_TRACED);
        count = MAX_RANGES_TRACED;
    }
    for (size_t i = 0; i < count; i++)
        trace_range(line, key, ranges[i].InitialOffset, ranges[i].Length);
}

void com_trace_file_set(struct trace_line *line, const BG_FILE_INFO *files, size_t count)
{
    for (size_t i = 0; files && i < count && i < MAX_FILES_TRACED; i++) {
        char key[32];

        snprintf(key, sizeof key, "RemoteName%zu", i);
        com_trace_text(line, key, files[i].RemoteName);
        snprintf(key, sizeof key, "LocalName%zu", i);
        com_trace_text(line, key, files[i].LocalName);
    }
}

/* Only the field that the property uses: the rest of a client's union may never have been written. */
void com_trace_job_property(struct trace_line *line, BITS_JOB_PROPERTY_ID id,
                            const BITS_JOB_PROPERTY_VALUE *value)
{
    switch (id) {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        trace_guid(line, "value", &value->ClsID);
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        trace_number(line, "value", value->Uint64);
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        trace_flag(line, "value", value->Enable != FALSE);
        break;
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
        trace_number(line, "value", value->Dword);
        break;
    default:
        break;
    }
}

void com_trace_job_progress(struct trace_line *line, const char *key, const BG_JOB_PROGRESS *progress)
{
    (void)key;
    trace_number(line, "bytes_total", progress->BytesTotal);
    trace_number(line, "bytes_transferred", progress->BytesTransferred);
    trace_number(line, "files_total", progress->FilesTotal);
    trace_number(line, "files_transferred", progress->FilesTransferred);
}

void com_trace_file_progress(struct trace_line *line, const char *key, const BG_FILE_PROGRESS *progress)
{
    (void)key;
    trace_number(line, "bytes_total", progress->BytesTotal);
    trace_number(line, "bytes_transferred", progress->BytesTransferred);
    trace_flag(line, "completed", progress->Completed != FALSE);
}

static uint64_t ticks(FILETIME time)
{
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

void com_trace_job_times(struct trace_line *line, const char *key, const BG_JOB_TIMES *times)
{
    (void)key;
    trace_number(line, "created_100ns", ticks(times->CreationTime));
    trace_number(line, "modified_100ns", ticks(times->ModificationTime));
    trace_number(line, "transferred_100ns", ticks(times->TransferCompletionTime));
}
