/* rules.h: what the files of this room ask of each other; nobody else includes it. */
#ifndef OPENBITS_JOB_RULES_H
#define OPENBITS_JOB_RULES_H

#include "job/job.h"

/* What a setting says this time. */
static inline unsigned job_choose(struct job *job, const struct settings *settings, enum setting setting)
{
    return settings_choice(settings, setting, job->key, job->choices++);
}

/* Sets every property to its default. E_OUTOFMEMORY. */
HRESULT job_properties_init(struct job *job);

void job_file_free(struct job_file *file);

/* Nothing of this file is known or filled any more; what was asked for still is. No flight of it is open. */
void job_file_start_over(struct job_file *file);

/* Whether this file may be fetched by one request without a range: a foreground job that wants all of a file
 * of less than 2 GiB. What is filled or pending already is the caller's to see. */
bool job_may_fetch_whole(const struct job *job, const struct job_file *file);

/* Notes that the last byte of a file is there. */
void job_file_finished(struct job *job, struct job_file *file);

#endif
