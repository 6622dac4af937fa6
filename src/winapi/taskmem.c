/* taskmem.c: the task allocator, which is malloc: what one side allocates the other frees. */
#include <objbase.h>
#include <stdlib.h>

LPVOID STDAPICALLTYPE CoTaskMemAlloc(SIZE_T cb)
{
    return malloc(cb ? cb : 1); /* no bytes are still a block, not a failure */
}

LPVOID STDAPICALLTYPE CoTaskMemRealloc(LPVOID pv, SIZE_T cb)
{
    if (pv && !cb) {
        free(pv);
        return NULL;
    }
    return realloc(pv, cb ? cb : 1);
}

void STDAPICALLTYPE CoTaskMemFree(LPVOID pv)
{
    free(pv);
}
