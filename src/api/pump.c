/* pump.c: openbits_pump: how a client waits. */
#include "com/com.h"

struct question {
    BOOL (*until)(void *context);
    void *context;
};

static bool ask(void *context)
{
    struct question *question = context;

    return question->until(question->context) != FALSE;
}

HRESULT openbits_pump(IBackgroundCopyManager *manager, BOOL (*until)(void *context), void *context,
                      UINT64 limit_ms)
{
    enum { US_PER_MS = 1000 };
    struct question question = {until, context};
    UINT64 limit_us = limit_ms < UINT64_MAX / US_PER_MS ? limit_ms * US_PER_MS : UINT64_MAX;
    struct engine *engine = manager && until ? com_manager_engine(manager) : NULL;
    HRESULT hr;

    if (!engine)
        return E_INVALIDARG;
    /* `until`, or a callback, may release the manager. */
    engine_hold(engine);
    hr = engine_pump(engine, ask, &question, limit_us);
    engine_drop(engine);
    return hr;
}
