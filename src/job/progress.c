/* progress.c: the numbers of GetProgress. */
#include "job/job.h"

/* On demand, BytesTotal may be what was asked for instead of the whole file (R-403, A16). */
static bool counts_requested(const struct job *job, uint32_t file, const struct settings *settings)
{
    return job->number[JOB_ON_DEMAND_MODE] &&
           settings_choice(settings, SETTING_A16, job->key, file) == SETTING_A16_SUM_REQUESTED;
}

void job_file_progress(const struct job *job, uint32_t index, const struct settings *settings,
                       uint64_t *total, uint64_t *transferred)
{
    const struct job_file *file = job->files[index];

    *transferred = rangeset_length(&file->requests.filled);
    *total = file->size;
    if (file->size != JOB_SIZE_UNKNOWN && counts_requested(job, index, settings))
        *total = *transferred + rangeset_length(&file->requests.pending);
}

void job_progress(const struct job *job, const struct settings *settings, struct job_progress *out)
{
    *out = (struct job_progress){.files_total = (uint32_t)job->file_count};
    for (size_t i = 0; i < job->file_count; i++) {
        uint64_t total, transferred;

        job_file_progress(job, (uint32_t)i, settings, &total, &transferred);
        out->bytes_transferred += transferred;
        if (total == JOB_SIZE_UNKNOWN || out->bytes_total == JOB_SIZE_UNKNOWN)
            out->bytes_total = JOB_SIZE_UNKNOWN;
        else
            out->bytes_total += total;
        out->files_transferred += job->files[i]->finished;
    }
}
