/* report.c: what FileRangesTransferred says of a file, and the latitude that the contract leaves it.
 *
 * `unreported` holds the bytes that are filled and in no report yet. It grows as bytes arrive while a client
 * wants to know, and a report takes it, whole by default. The choices:
 *   A1  how much of it one report takes      A2  whether RequestFileRanges forgets it
 *   A4  whether ranges that are filled already are reported when asked for again
 *   A8  what a report that failed leaves     A9  whether a new client hears of what came before
 * GetFilledFileRanges is the truth; a report that is lost for want of memory is one of those that R-324
 * allows to be lost. All under the engine's lock.
 */
#include "engine/internal.h"

#include <stdlib.h>

static unsigned choose(struct engine_file *file, enum setting setting)
{
    struct engine_job *job = file->job;

    return settings_choice(&job->engine->shared.settings, setting, job->job.key, job->choices++);
}

static const struct requests *requests_of(const struct engine_file *file)
{
    return &file->job->job.files[file->index]->requests;
}

/* a file whose server refused ranges has no such events, even if it comes as a whole. */
static bool is_wanted(struct engine_file *file)
{
    return deliver_wanted(file->job, NOTIFY_RANGES) &&
           SUCCEEDED(job_random_access(&file->job->job, file->index));
}

static void post(struct engine_file *file)
{
    if (rangeset_count(&file->unreported) > 0)
        notify_post(&file->ranges_item);
}

HRESULT report_arrived(struct engine_file *file, struct range arrived)
{
    HRESULT hr;

    if (!is_wanted(file))
        return S_OK;
    hr = rangeset_add(&file->unreported, arrived);
    if (FAILED(hr))
        return hr;
    if (choose(file, SETTING_A1) != SETTING_A1_WHOLE_REQUEST)
        post(file);
    return S_OK;
}

void report_rest(struct engine_file *file)
{
    if (is_wanted(file))
        post(file);
}

void report_requested(struct engine_file *file, const struct range *ranges, size_t count)
{
    const struct rangeset *filled = &requests_of(file)->filled;

    if (choose(file, SETTING_A2) == SETTING_A2_RESET)
        rangeset_clear(&file->unreported);
    if (choose(file, SETTING_A4) != SETTING_A4_REPEAT || !is_wanted(file))
        return;
    for (size_t i = 0; i < count; i++) {
        struct range held;

        for (uint64_t at = ranges[i].start; rangeset_find(filled, at, &held) && held.start < ranges[i].end;
             at = held.end)
            (void)rangeset_add(&file->unreported, range_clip(held, ranges[i]));
    }
    post(file);
}

void report_new_client(struct engine_file *file)
{
    rangeset_clear(&file->unreported);
    if (!is_wanted(file) || choose(file, SETTING_A9) != SETTING_A9_ALL_FILLED)
        return;
    if (SUCCEEDED(rangeset_copy(&file->unreported, &requests_of(file)->filled)))
        post(file);
}

/* A cut inside the last range, at a byte that the seed draws. */
static void misalign(struct engine_file *file, struct range *last)
{
    struct engine_job *job = file->job;
    uint64_t drawn = settings_draw(&job->engine->shared.settings, SETTING_A1, job->job.key, job->choices++);

    if (range_len(*last) > 1)
        last->end = last->start + 1 + drawn % (range_len(*last) - 1);
}

void report_take(struct engine_file *file, struct range **ranges, size_t *count)
{
    *count = rangeset_count(&file->unreported);
    *ranges = *count ? malloc(*count * sizeof **ranges) : NULL;
    if (!*ranges) {
        *count = 0;
        return;
    }
    rangeset_list(&file->unreported, *ranges);
    switch (choose(file, SETTING_A1)) {
    case SETTING_A1_ONE_BYTE:
        *count = 1;
        (*ranges)[0].end = (*ranges)[0].start + 1;
        break;
    case SETTING_A1_MISALIGNED:
        misalign(file, &(*ranges)[*count - 1]);
        break;
    default:
        break;
    }
    for (size_t i = 0; i < *count; i++)
        if (FAILED(rangeset_remove(&file->unreported, (*ranges)[i])))
            *count = i; /* what could not be taken out is told later */
}

void report_told(struct engine_file *file, HRESULT hr, const struct range *ranges, size_t count)
{
    if (FAILED(hr)) {
        switch (choose(file, SETTING_A8)) {
        case SETTING_A8_REDELIVER:
            for (size_t i = 0; i < count; i++)
                (void)rangeset_add(&file->unreported, ranges[i]);
            break;
        case SETTING_A8_DROP:
            rangeset_clear(&file->unreported);
            break;
        default:
            break;
        }
    }
    post(file);
}

void report_void(struct engine_file *file)
{
    struct trace_line *line = trace_begin(file->job->engine->trace, "note");

    trace_text(line, "what", "file-restarted");
    trace_guid(line, "job", &file->job->job.id);
    trace_number(line, "file", file->index);
    trace_end(line);
    rangeset_clear(&file->unreported);
}
