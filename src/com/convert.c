/* convert.c: see convert.h; and the proof that enumerations have one numbering on both sides. */
#include "com/convert.h"

#include <objbase.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "job/job.h"

#define SAME(theirs, ours) _Static_assert((int)(theirs) == (int)(ours), #theirs " is not " #ours)

SAME(BG_JOB_STATE_QUEUED, JOB_QUEUED);
SAME(BG_JOB_STATE_CONNECTING, JOB_CONNECTING);
SAME(BG_JOB_STATE_TRANSFERRING, JOB_TRANSFERRING);
SAME(BG_JOB_STATE_SUSPENDED, JOB_SUSPENDED);
SAME(BG_JOB_STATE_ERROR, JOB_ERROR);
SAME(BG_JOB_STATE_TRANSIENT_ERROR, JOB_TRANSIENT_ERROR);
SAME(BG_JOB_STATE_TRANSFERRED, JOB_TRANSFERRED);
SAME(BG_JOB_STATE_ACKNOWLEDGED, JOB_ACKNOWLEDGED);
SAME(BG_JOB_STATE_CANCELLED, JOB_CANCELLED);
SAME(BG_JOB_STATE_CANCELLED + 1, JOB_STATE_COUNT);

SAME(BG_JOB_TYPE_DOWNLOAD, JOB_DOWNLOAD);
SAME(BG_JOB_TYPE_UPLOAD, JOB_UPLOAD);
SAME(BG_JOB_TYPE_UPLOAD_REPLY, JOB_UPLOAD_REPLY);

SAME(BG_JOB_PRIORITY_FOREGROUND, JOB_FOREGROUND);
SAME(BG_JOB_PRIORITY_HIGH, JOB_HIGH);
SAME(BG_JOB_PRIORITY_NORMAL, JOB_NORMAL);
SAME(BG_JOB_PRIORITY_LOW, JOB_LOW);

SAME(BG_ERROR_CONTEXT_NONE, JOB_CONTEXT_NONE);
SAME(BG_ERROR_CONTEXT_UNKNOWN, JOB_CONTEXT_UNKNOWN);
SAME(BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, JOB_CONTEXT_QUEUE_MANAGER);
SAME(BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, JOB_CONTEXT_NOTIFICATION);
SAME(BG_ERROR_CONTEXT_LOCAL_FILE, JOB_CONTEXT_LOCAL_FILE);
SAME(BG_ERROR_CONTEXT_REMOTE_FILE, JOB_CONTEXT_REMOTE_FILE);
SAME(BG_ERROR_CONTEXT_GENERAL_TRANSPORT, JOB_CONTEXT_TRANSPORT);
SAME(BG_ERROR_CONTEXT_REMOTE_APPLICATION, JOB_CONTEXT_REMOTE_APPLICATION);
SAME(BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, JOB_CONTEXT_CERTIFICATE_CALLBACK);

SAME(BG_NOTIFY_JOB_TRANSFERRED, JOB_NOTIFY_TRANSFERRED);
SAME(BG_NOTIFY_JOB_ERROR, JOB_NOTIFY_ERROR);
SAME(BG_NOTIFY_DISABLE, JOB_NOTIFY_DISABLE);
SAME(BG_NOTIFY_JOB_MODIFICATION, JOB_NOTIFY_MODIFICATION);
SAME(BG_NOTIFY_FILE_TRANSFERRED, JOB_NOTIFY_FILE);
SAME(BG_NOTIFY_FILE_RANGES_TRANSFERRED, JOB_NOTIFY_RANGES);

_Static_assert(BG_SIZE_UNKNOWN == JOB_SIZE_UNKNOWN, "an unknown size is one number");

static HRESULT range_in(const BG_FILE_RANGE *in, struct range *out)
{
    if (in->InitialOffset == UINT64_MAX)
        return BG_E_INVALID_RANGE;
    out->start = in->InitialOffset;
    out->end = UINT64_MAX;
    if (in->Length == BG_LENGTH_TO_EOF)
        return S_OK;
    /* An end of UINT64_MAX would read as "to the end". */
    if (in->Length >= UINT64_MAX - in->InitialOffset)
        return BG_E_INVALID_RANGE;
    out->end = in->InitialOffset + in->Length;
    return S_OK;
}

HRESULT com_ranges_in(const BG_FILE_RANGE *ranges, size_t count, struct range **out)
{
    AUTOFREE struct range *made = calloc(count ? count : 1, sizeof *made);

    *out = NULL;
    if (!made)
        return E_OUTOFMEMORY;
    for (size_t i = 0; i < count; i++) {
        HRESULT hr = range_in(&ranges[i], &made[i]);

        if (FAILED(hr))
            return hr;
    }
    *out = TAKE(made);
    return S_OK;
}

void com_ranges_fill(const struct range *ranges, size_t count, BG_FILE_RANGE *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i].InitialOffset = ranges[i].start;
        out[i].Length = range_len(ranges[i]);
    }
}

HRESULT com_ranges_out(const struct range *ranges, size_t count, BG_FILE_RANGE **out)
{
    BG_FILE_RANGE *made;

    *out = NULL;
    if (count == 0)
        return S_OK;
    made = CoTaskMemAlloc(count * sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    com_ranges_fill(ranges, count, made);
    *out = made;
    return S_OK;
}

FILETIME com_filetime(uint64_t time_100ns)
{
    FILETIME time = {(DWORD)time_100ns, (DWORD)(time_100ns >> 32)};

    return time;
}
