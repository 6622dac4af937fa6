/* download.c: see download.h. The tool is a client like any other: nothing here is not in a public header. */
#include "cli/download.h"

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL: not text, or no memory. */
static WCHAR *widen(const char *text)
{
    size_t n = utf_wide_size(text);
    WCHAR *wide = n ? malloc(n * sizeof *wide) : NULL;

    if (wide)
        utf_widen_to(text, wide);
    return wide;
}

/* The folder must exist; the file need not. */
static char *absolute(const char *path)
{
    char folder[PATH_MAX];
    char *joined;
    size_t room;

    if (path[0] == '/')
        return strdup(path);
    if (!getcwd(folder, sizeof folder))
        return NULL;
    room = strlen(folder) + strlen(path) + 2;
    joined = malloc(room);
    if (joined)
        snprintf(joined, room, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
    return joined;
}

static HRESULT set_property(IBackgroundCopyJob *job, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value)
{
    IBackgroundCopyJob5 *job5;
    HRESULT hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob5, (void **)&job5);

    if (FAILED(hr))
        return hr;
    hr = IBackgroundCopyJob5_SetProperty(job5, id, value);
    IBackgroundCopyJob5_Release(job5);
    return hr;
}

static HRESULT first_file(IBackgroundCopyJob *job, IBackgroundCopyFile **out)
{
    IEnumBackgroundCopyFiles *files;
    HRESULT hr = IBackgroundCopyJob_EnumFiles(job, &files);

    if (FAILED(hr))
        return hr;
    hr = IEnumBackgroundCopyFiles_Next(files, 1, out, NULL);
    IEnumBackgroundCopyFiles_Release(files);
    return hr == S_OK ? S_OK : FAILED(hr) ? hr : E_UNEXPECTED;
}

/* Each call in turn; the first that fails is named. */
static HRESULT open_calls(struct download *d, const struct download_options *options, const WCHAR *url,
                          const WCHAR *local)
{
    struct openbits_options engine = {.size = sizeof engine,
                                      .flags = OPENBITS_PUMP_CALLBACKS,
                                      .trace_file = options->trace_file,
                                      .ca_file = options->ca_file};
    BITS_JOB_PROPERTY_VALUE on_demand = {.Enable = TRUE}, interval = {.Dword = options->interval_ms};
    GUID id;
    HRESULT hr;

#define CALL(name, call)                                                                                     \
    do {                                                                                                     \
        d->failed = name;                                                                                    \
        hr = (call);                                                                                         \
        if (FAILED(hr))                                                                                      \
            return hr;                                                                                       \
    } while (0)
    CALL("openbits_create_manager", openbits_create_manager(&engine, &d->manager));
    CALL("CreateJob",
         IBackgroundCopyManager_CreateJob(d->manager, L"openbits", BG_JOB_TYPE_DOWNLOAD, &id, &d->job));
    if (options->on_demand)
        CALL("SetProperty(ON_DEMAND_MODE)",
             set_property(d->job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, on_demand));
    CALL("SetProperty(MINIMUM_NOTIFICATION_INTERVAL_MS)",
         set_property(d->job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, interval));
    CALL("SetPriority", IBackgroundCopyJob_SetPriority(d->job, BG_JOB_PRIORITY_FOREGROUND));
    CALL("AddFile", IBackgroundCopyJob_AddFile(d->job, url, local));
    hr = wishes_tell(&options->wishes, d->job, &d->failed);
    if (FAILED(hr))
        return hr;
    CALL("EnumFiles", first_file(d->job, &d->file));
    CALL("QueryInterface(IBackgroundCopyFile6)",
         IBackgroundCopyFile_QueryInterface(d->file, &IID_IBackgroundCopyFile6, (void **)&d->file6));
    CALL("SetNotifyInterface", IBackgroundCopyJob_SetNotifyInterface(d->job, (IUnknown *)&d->watcher.iface));
    CALL("SetNotifyFlags",
         IBackgroundCopyJob_SetNotifyFlags(d->job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR |
                                                       BG_NOTIFY_FILE_RANGES_TRANSFERRED));
#undef CALL
    d->failed = NULL;
    return S_OK;
}

HRESULT download_open(struct download *download, const struct download_options *options)
{
    AUTOFREE WCHAR *url = widen(options->url), *local = NULL;
    HRESULT hr = E_INVALIDARG;

    *download = (struct download){.failed = "AddFile"};
    watcher_init(&download->watcher);
    download->local = absolute(options->file);
    if (download->local)
        local = widen(download->local);
    if (url && local)
        hr = open_calls(download, options, url, local);
    if (FAILED(hr)) {
        const char *failed = download->failed;

        download_close(download);
        download->failed = failed;
    }
    return hr;
}

const char *download_start_remedy(HRESULT hr)
{
    switch (hr) {
    case E_INVALIDARG:
    case E_NOTIMPL:
    case E_ACCESSDENIED:
    case HR_PATH_NOT_FOUND:
        return ": are the OPENBITS_* in the environment right?";
    case HR_TOO_MANY_OPEN:
        return ": raise ulimit -n";
    default:
        return "";
    }
}

void download_close(struct download *download)
{
    if (download->file6)
        IBackgroundCopyFile6_Release(download->file6);
    if (download->file)
        IBackgroundCopyFile_Release(download->file);
    if (download->job) {
        IBackgroundCopyJob_SetNotifyInterface(download->job, NULL);
        IBackgroundCopyJob_Cancel(download->job); /* refused when it is over, which is as well */
        IBackgroundCopyJob_Release(download->job);
    }
    if (download->manager)
        IBackgroundCopyManager_Release(download->manager);
    watcher_release(&download->watcher);
    free(download->local);
    *download = (struct download){0};
}

BG_JOB_STATE download_state(struct download *download)
{
    BG_JOB_STATE state = BG_JOB_STATE_ERROR;

    IBackgroundCopyJob_GetState(download->job, &state);
    return state;
}

const char *download_state_name(BG_JOB_STATE state)
{
    static const char *const names[] = {"QUEUED",      "CONNECTING",   "TRANSFERRING",
                                        "SUSPENDED",   "ERROR",        "TRANSIENT_ERROR",
                                        "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED"};

    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "unknown";
}

struct waiting {
    struct download *download;
    bool retry;
};

static BOOL rests(void *context)
{
    struct waiting *waiting = context;

    switch (download_state(waiting->download)) {
    case BG_JOB_STATE_QUEUED:
    case BG_JOB_STATE_CONNECTING:
    case BG_JOB_STATE_TRANSFERRING:
        return FALSE;
    case BG_JOB_STATE_TRANSIENT_ERROR:
        return !waiting->retry;
    default:
        return TRUE;
    }
}

HRESULT download_wait(struct download *download, bool retry, uint64_t limit_ms)
{
    struct waiting waiting = {download, retry};

    return openbits_pump(download->manager, rests, &waiting, limit_ms);
}

HRESULT download_filled(struct download *download, struct rangeset *out)
{
    BG_FILE_RANGE *ranges;
    DWORD count;
    HRESULT hr = IBackgroundCopyFile6_GetFilledFileRanges(download->file6, &count, &ranges);

    rangeset_clear(out);
    if (FAILED(hr))
        return hr;
    for (DWORD i = 0; SUCCEEDED(hr) && i < count; i++)
        hr = rangeset_add(
            out, (struct range){ranges[i].InitialOffset, ranges[i].InitialOffset + ranges[i].Length});
    CoTaskMemFree(ranges);
    return hr;
}

HRESULT download_progress(struct download *download, BG_FILE_PROGRESS *out)
{
    return IBackgroundCopyFile_GetProgress(download->file, out);
}

bool download_error(struct download *download, struct download_error *out)
{
    IBackgroundCopyError *error;
    LPWSTR text = NULL;
    AUTOFREE char *narrow = NULL;

    if (FAILED(IBackgroundCopyJob_GetError(download->job, &error)))
        return false;
    *out = (struct download_error){0};
    IBackgroundCopyError_GetError(error, &out->context, &out->hr);
    if (SUCCEEDED(IBackgroundCopyError_GetErrorDescription(error, 0x0409, &text)) &&
        SUCCEEDED(utf_narrow(text, &narrow, NULL)))
        snprintf(out->text, sizeof out->text, "%s", narrow);
    CoTaskMemFree(text);
    IBackgroundCopyError_Release(error);
    return true;
}

const char *download_context_name(BG_ERROR_CONTEXT context)
{
    static const char *const names[] = {"NONE",
                                        "UNKNOWN",
                                        "GENERAL_QUEUE_MANAGER",
                                        "QUEUE_MANAGER_NOTIFICATION",
                                        "LOCAL_FILE",
                                        "REMOTE_FILE",
                                        "GENERAL_TRANSPORT",
                                        "REMOTE_APPLICATION",
                                        "SERVER_CERTIFICATE_CALLBACK"};

    return (unsigned)context < sizeof names / sizeof *names ? names[context] : "unknown";
}

const char *download_hresult(HRESULT hr)
{
    static _Thread_local char text[96];
    const char *name = openbits_hresult_name(hr);

    if (name)
        snprintf(text, sizeof text, "%s (0x%08X)", name, (unsigned)hr);
    else
        snprintf(text, sizeof text, "0x%08X", (unsigned)hr);
    return text;
}
