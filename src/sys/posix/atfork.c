/* atfork.c: pthread_atfork; glibc takes the handlers back when the library that set them is unloaded. */
#include "sys/atfork.h"

#include <pthread.h>

HRESULT atfork_register(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    return pthread_atfork(prepare, parent, child) ? E_OUTOFMEMORY : S_OK;
}
