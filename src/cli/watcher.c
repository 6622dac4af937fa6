/* watcher.c: see watcher.h. */
#include "cli/watcher.h"

#include <stddef.h>

static struct watcher *watcher_of(IBackgroundCopyCallback3 *iface)
{
    return (struct watcher *)(void *)((char *)iface - offsetof(struct watcher, iface));
}

static HRESULT STDMETHODCALLTYPE query(IBackgroundCopyCallback3 *This, REFIID riid, void **ppvObject)
{
    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyCallback) ||
        IsEqualIID(riid, &IID_IBackgroundCopyCallback2) || IsEqualIID(riid, &IID_IBackgroundCopyCallback3)) {
        watcher_of(This)->references++;
        *ppvObject = This;
        return S_OK;
    }
    *ppvObject = NULL;
    return E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE add_ref(IBackgroundCopyCallback3 *This)
{
    return ++watcher_of(This)->references;
}

static ULONG STDMETHODCALLTYPE release(IBackgroundCopyCallback3 *This)
{
    return --watcher_of(This)->references;
}

static HRESULT STDMETHODCALLTYPE transferred(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob)
{
    (void)pJob;
    watcher_of(This)->transferred++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE error(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                       IBackgroundCopyError *pError)
{
    (void)pJob;
    (void)pError;
    watcher_of(This)->errors++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE modification(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                              DWORD dwReserved)
{
    (void)This;
    (void)pJob;
    (void)dwReserved;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE file_transferred(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                                  IBackgroundCopyFile *pFile)
{
    (void)This;
    (void)pJob;
    (void)pFile;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE ranges_transferred(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *job,
                                                    IBackgroundCopyFile *file, DWORD rangeCount,
                                                    const BG_FILE_RANGE ranges[])
{
    struct watcher *watcher = watcher_of(This);

    (void)job;
    (void)file;
    watcher->reports++;
    for (DWORD i = 0; i < rangeCount; i++) {
        struct range range = {ranges[i].InitialOffset, ranges[i].InitialOffset + ranges[i].Length};

        watcher->reported_twice += rangeset_length_within(&watcher->reported, range);
        if (FAILED(rangeset_add(&watcher->reported, range)))
            return E_OUTOFMEMORY;
    }
    if (watcher->on_ranges)
        watcher->on_ranges(watcher->context, rangeCount, ranges);
    return S_OK;
}

static const IBackgroundCopyCallback3Vtbl vtable = {
    .QueryInterface = query,
    .AddRef = add_ref,
    .Release = release,
    .JobTransferred = transferred,
    .JobError = error,
    .JobModification = modification,
    .FileTransferred = file_transferred,
    .FileRangesTransferred = ranges_transferred,
};

void watcher_init(struct watcher *watcher)
{
    *watcher =
        (struct watcher){.iface = {(IBackgroundCopyCallback3Vtbl *)(uintptr_t)&vtable}, .references = 1};
    rangeset_init(&watcher->reported);
}

void watcher_release(struct watcher *watcher)
{
    rangeset_release(&watcher->reported);
}
