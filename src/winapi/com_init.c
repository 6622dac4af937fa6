/* com_init.c: the account that COM keeps of each thread: which model it asked for, and how often.
 *
 * Nothing depends on the model, since objects may be used from any thread; only the answers are Windows'. A
 * thread that ends without CoUninitialize leaves the multithreaded count raised, as it does there.
 */
#include "winapi/com_init.h"

#include <objbase.h>
#include <stdatomic.h>

struct apartment {
    unsigned count; /* calls of CoInitializeEx without their CoUninitialize */
    DWORD model;    /* COINIT_APARTMENTTHREADED or COINIT_MULTITHREADED; of no meaning if count is 0 */
};

static _Thread_local struct apartment apartment;
static atomic_uint multithreaded; /* threads in the multithreaded apartment */

HRESULT STDAPICALLTYPE CoInitializeEx(LPVOID reserved, DWORD coinit)
{
    DWORD model = coinit & COINIT_APARTMENTTHREADED;

    if (reserved ||
        coinit & ~(DWORD)(COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE | COINIT_SPEED_OVER_MEMORY))
        return E_INVALIDARG;
    if (apartment.count && apartment.model != model)
        return RPC_E_CHANGED_MODE;
    if (apartment.count++)
        return S_FALSE;
    apartment.model = model;
    if (model == COINIT_MULTITHREADED)
        multithreaded++;
    return S_OK;
}

HRESULT STDAPICALLTYPE CoInitialize(LPVOID reserved)
{
    return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
}

void STDAPICALLTYPE CoUninitialize(void)
{
    if (apartment.count && !--apartment.count && apartment.model == COINIT_MULTITHREADED)
        multithreaded--;
}

HRESULT STDAPICALLTYPE CoInitializeSecurity(PSECURITY_DESCRIPTOR descriptor, LONG service_count,
                                            SOLE_AUTHENTICATION_SERVICE *services, void *reserved1,
                                            DWORD authn_level, DWORD imp_level, void *auth_list,
                                            DWORD capabilities, void *reserved3)
{
    (void)descriptor, (void)service_count, (void)services, (void)reserved1, (void)authn_level;
    (void)imp_level, (void)auth_list, (void)capabilities, (void)reserved3;
    return S_OK;
}

HRESULT com_init_check(void)
{
    return apartment.count || multithreaded ? S_OK : CO_E_NOTINITIALIZED;
}
