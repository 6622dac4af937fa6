/* default.c: CoCreateInstance: ten classes, one engine for the process.
 *
 * All ten classes make the same manager (section 1 of the contract's interfaces): the versions exist so that
 * a client can ask which BITS there is. Nothing here keeps the engine alive: it is found by its name while it
 * lives, and made anew after it ended, by whoever comes next. The lock makes two first callers share one.
 */
#include <objbase.h>

#include "api/create.h"
#include "com/com.h"
#include "sys/thread.h"
#include "winapi/com_init.h"

static const CLSID *const classes[] = {
    &CLSID_BackgroundCopyManager,     &CLSID_BackgroundCopyManager1_5,  &CLSID_BackgroundCopyManager2_0,
    &CLSID_BackgroundCopyManager2_5,  &CLSID_BackgroundCopyManager3_0,  &CLSID_BackgroundCopyManager4_0,
    &CLSID_BackgroundCopyManager5_0,  &CLSID_BackgroundCopyManager10_1, &CLSID_BackgroundCopyManager10_2,
    &CLSID_BackgroundCopyManager10_3,
};

static bool is_manager_class(REFCLSID clsid)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (IsEqualGUID(clsid, classes[i]))
            return true;
    return false;
}

static HRESULT hold_default_engine(struct engine **out)
{
    static struct mutex making = MUTEX_INIT;
    LOCK_SCOPE(&making);

    *out = engine_find("default");
    return *out ? S_OK : api_create_engine(NULL, "default", out);
}

HRESULT STDAPICALLTYPE CoCreateInstance(REFCLSID rclsid, LPUNKNOWN outer, DWORD clsctx, REFIID riid,
                                        LPVOID *ppv)
{
    IBackgroundCopyManager *manager;
    struct engine *engine;
    HRESULT hr;

    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    if (!rclsid || !riid)
        return E_INVALIDARG;
    hr = com_init_check();
    if (FAILED(hr))
        return hr;
    /* BITS is a service: a class that is asked for in this process alone is not registered. */
    if (!is_manager_class(rclsid) || !(clsctx & CLSCTX_LOCAL_SERVER))
        return REGDB_E_CLASSNOTREG;
    if (outer)
        return CLASS_E_NOAGGREGATION;
    hr = hold_default_engine(&engine);
    if (FAILED(hr))
        return hr;
    hr = com_manager_create(engine, &manager);
    engine_drop(engine);
    if (FAILED(hr))
        return hr;
    hr = manager->lpVtbl->QueryInterface(manager, riid, ppv);
    manager->lpVtbl->Release(manager);
    return hr;
}
