/* openbits.h: what openbits adds to the BITS interfaces: making a manager, waiting, and steering it.
 *
 * Everything else is in <bits.h>, which this header includes. Any function and any method may be called from
 * any thread, callbacks included, unless its comment says otherwise.
 */
#ifndef OPENBITS_H
#define OPENBITS_H

#include <objbase.h>

#include <bits.h>
#include <bits10_3.h>

#include "openbits_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OPENBITS_VERSION_MAJOR 0
#define OPENBITS_VERSION_MINOR 1
#define OPENBITS_VERSION_PATCH 0

/* What time an engine lives by. */
enum openbits_clock {
    OPENBITS_CLOCK_DEFAULT = 0,   /* the environment's OPENBITS_CLOCK (real, manual, auto), else real */
    OPENBITS_CLOCK_REAL = 1,
    OPENBITS_CLOCK_MANUAL = 2,    /* moves only by IOpenBitsControl::AdvanceTime */
    OPENBITS_CLOCK_AUTOMATIC = 3, /* jumps to the next timer while a client waits in openbits_pump */
};

enum openbits_flags {
    OPENBITS_PUMP_CALLBACKS = 1,  /* callbacks come only inside openbits_pump (the STA model) */
    OPENBITS_CAP_PER_PROCESS = 2, /* the notification cap counts this process only, not the whole user */
    OPENBITS_CHECK = 4,           /* checking mode (docs/checks.md), as OPENBITS_CHECK=1 in the environment */
    OPENBITS_ADMINISTRATOR = 8,   /* the owner of the jobs is an administrator */
};

/* How a manager is made. Zero in a field means the default; set size to sizeof(struct openbits_options).
 * Strings are UTF-8 and copied. Precedence: IOpenBitsControl, then this, then the environment, then the
 * profile. */
struct openbits_options {
    DWORD size;
    DWORD flags;              /* enum openbits_flags */
    DWORD clock;              /* enum openbits_clock */
    DWORD notification_cap;   /* callbacks at a time for the user, 1 to 64; 0: 4 */
    UINT64 seed;              /* of random choices; 0: OPENBITS_SEED, else 0 */
    const char *profile;      /* "kind", "literal" or "hostile"; NULL: OPENBITS_PROFILE, else "kind" */
    const char *settings;     /* "A10=fifo,A5=trailing": see docs/settings.md */
    const char *runtime_dir;  /* where processes of one user meet; NULL: see docs/sys.md */
    const char *trace_file;   /* NULL: OPENBITS_TRACE, else none */
    const char *ca_file;      /* PEM certificates to trust instead of the system's */

    /* What group policies limit on Windows; 0: BITS' default. Only the last one binds administrators too. */
    DWORD max_jobs_per_machine; /* 300 */
    DWORD max_jobs_per_user;    /* 60 */
    DWORD max_files_per_job;    /* 200 */
    DWORD max_ranges_per_file;  /* 500; of AddFileWithRanges */
    DWORD inactivity_days;      /* 90; then a job that nobody touched and that did not advance is cancelled */

    /* Checking mode. diagnostic is told of each mistake of the program: a code ("OB010") and a sentence, valid
     * during the call; any thread, several at once too, up to the end of the process, so it and its context
     * must live that long. NULL: a line on stderr. */
    void (*diagnostic)(void *context, const char *code, const char *text);
    void *diagnostic_context;
    DWORD callback_limit_ms;  /* engine time that a callback may take; 0: 1,000 */

    /* The programs that SetNotifyCmdLine may have started: absolute paths, a colon between two. Any other is
     * kept, answered with BG_S_OVERRIDDEN_BY_POLICY and never started. NULL: OPENBITS_NOTIFY_PROGRAMS, else
     * none. */
    const char *notify_programs;
};

/* Makes a manager with an engine of its own. options may be NULL. On failure *manager is NULL.
 *   E_INVALIDARG    manager is NULL; size is not a known one; a flag, clock, profile or setting is unknown;
 *                   a path of notify_programs is not absolute
 *   E_NOTIMPL       a setting is legal, but this release does not do it yet
 *   E_ACCESSDENIED  the runtime folder belongs to somebody else
 *   E_OUTOFMEMORY   memory, or threads
 *   another         why the trace file cannot be written */
OPENBITS_API HRESULT openbits_create_manager(const struct openbits_options *options,
                                             IBackgroundCopyManager **manager);

/* Waits until `until` returns non-zero, asking it after each thing that happened; with
 * OPENBITS_PUMP_CALLBACKS the callbacks of the manager's jobs run here meanwhile, on the calling thread.
 * limit_ms is time of the engine's clock.
 *   S_OK          until said so
 *   S_FALSE       the limit passed first, or the clock is manual and nothing more happens by itself
 *   E_INVALIDARG  manager or until is NULL, or manager is not one of openbits */
OPENBITS_API HRESULT openbits_pump(IBackgroundCopyManager *manager, BOOL (*until)(void *context),
                                   void *context, UINT64 limit_ms);

/* "0.1.0"; static. */
OPENBITS_API const char *openbits_version(void);

/* The name of a result code ("BG_E_EMPTY"), or NULL; static. */
OPENBITS_API const char *openbits_hresult_name(HRESULT hr);

/* IOpenBitsControl: steers an engine. Query the manager for it; real BITS answers E_NOINTERFACE.
 *
 * SetSetting / GetSetting: the choices that the contract leaves open, by id ("A10") or word
 *   ("request-order"); names and values are in data/ambiguities.tsv. GetSetting's string is for CoTaskMemFree.
 *     E_INVALIDARG  no such name or value, or NULL; E_NOTIMPL  legal, but not done by this release
 * GetTime: the engine's time in microseconds.     E_INVALIDARG  NULL
 * AdvanceTime: moves a manual or automatic clock. E_INVALIDARG  the clock is the real one
 * GetCounter: "requests", "bytes-fetched", "callbacks-ranges" ...: docs/engine.md lists them.
 *     E_INVALIDARG  no such counter, or NULL */
DEFINE_GUID(IID_IOpenBitsControl, 0x6f1c2d84, 0x0b7e, 0x4c53, 0x9d, 0x1a, 0x52, 0xe8, 0x33, 0xc4, 0x7b, 0x90);

#if defined(__cplusplus) && !defined(CINTERFACE)
struct IOpenBitsControl : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetSetting(LPCWSTR name, LPCWSTR value) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetSetting(LPCWSTR name, LPWSTR *pValue) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetTime(UINT64 *pTime_us) = 0;
    virtual HRESULT STDMETHODCALLTYPE AdvanceTime(UINT64 delta_us) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCounter(LPCWSTR name, UINT64 *pValue) = 0;
};
#else
typedef struct IOpenBitsControl IOpenBitsControl;
typedef struct IOpenBitsControlVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IOpenBitsControl *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IOpenBitsControl *This);
    ULONG(STDMETHODCALLTYPE *Release)(IOpenBitsControl *This);
    HRESULT(STDMETHODCALLTYPE *SetSetting)(IOpenBitsControl *This, LPCWSTR name, LPCWSTR value);
    HRESULT(STDMETHODCALLTYPE *GetSetting)(IOpenBitsControl *This, LPCWSTR name, LPWSTR *pValue);
    HRESULT(STDMETHODCALLTYPE *GetTime)(IOpenBitsControl *This, UINT64 *pTime_us);
    HRESULT(STDMETHODCALLTYPE *AdvanceTime)(IOpenBitsControl *This, UINT64 delta_us);
    HRESULT(STDMETHODCALLTYPE *GetCounter)(IOpenBitsControl *This, LPCWSTR name, UINT64 *pValue);
} IOpenBitsControlVtbl;
struct IOpenBitsControl {
    const struct IOpenBitsControlVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IOpenBitsControl_QueryInterface(This, riid, ppv)   ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IOpenBitsControl_AddRef(This)                      ((This)->lpVtbl->AddRef(This))
#define IOpenBitsControl_Release(This)                     ((This)->lpVtbl->Release(This))
#define IOpenBitsControl_SetSetting(This, name, value)     ((This)->lpVtbl->SetSetting(This, name, value))
#define IOpenBitsControl_GetSetting(This, name, pValue)    ((This)->lpVtbl->GetSetting(This, name, pValue))
#define IOpenBitsControl_GetTime(This, pTime_us)           ((This)->lpVtbl->GetTime(This, pTime_us))
#define IOpenBitsControl_AdvanceTime(This, delta_us)       ((This)->lpVtbl->AdvanceTime(This, delta_us))
#define IOpenBitsControl_GetCounter(This, name, pValue)    ((This)->lpVtbl->GetCounter(This, name, pValue))
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
