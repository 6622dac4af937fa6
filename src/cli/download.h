/* download.h: one job with one file, as the tool's commands drive it, through the public interfaces only. */
#ifndef OPENBITS_CLI_DOWNLOAD_H
#define OPENBITS_CLI_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <openbits.h>

#include "cli/watcher.h"
#include "cli/wishes.h"
#include "rangeset/rangeset.h"

struct download_options {
    const char *url, *file; /* file: any path; made absolute */
    bool on_demand;
    DWORD interval_ms;
    const char *trace_file, *ca_file; /* NULL: none */
    struct wishes wishes;             /* of its requests */
};

struct download {
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    IBackgroundCopyFile *file;
    IBackgroundCopyFile6 *file6;
    struct watcher watcher;
    char *local;        /* the absolute path */
    const char *failed; /* the call that download_open failed in, for a message */
};

/* A FOREGROUND job, suspended, with the watcher registered. On failure download->failed names the call and
 * everything is undone; the HRESULT is the call's. */
HRESULT download_open(struct download *download, const struct download_options *options);
/* What to do about it, ready to follow a message: "" or ": ...". For a failure of openbits_create_manager. */
const char *download_start_remedy(HRESULT hr);
/* Cancels a job that is not over, and lets everything go. */
void download_close(struct download *download);

BG_JOB_STATE download_state(struct download *download);
const char *download_state_name(BG_JOB_STATE state);

/* Waits until the job rests: SUSPENDED, TRANSFERRED, ERROR, or (unless retry) TRANSIENT_ERROR; at most
 * limit_ms. S_FALSE: not yet. */
HRESULT download_wait(struct download *download, bool retry, uint64_t limit_ms);

/* What GetFilledFileRanges says, as a set. */
HRESULT download_filled(struct download *download, struct rangeset *out);
HRESULT download_progress(struct download *download, BG_FILE_PROGRESS *out);

struct download_error {
    HRESULT hr;
    BG_ERROR_CONTEXT context;
    char text[512]; /* UTF-8 */
};

/* False: the job has no error. */
bool download_error(struct download *download, struct download_error *out);
const char *download_context_name(BG_ERROR_CONTEXT context);

/* "BG_E_EMPTY (0x80200003)", or the number alone; static per thread. */
const char *download_hresult(HRESULT hr);

#endif
