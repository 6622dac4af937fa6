/* unknwn.h: IUnknown, and in C++ what turns a typed pointer into the two arguments of QueryInterface. */
#ifndef __unknwn_h__
#define __unknwn_h__

#include <wtypes.h>

#include "openbits_interface.h"

#ifndef __IUnknown_FWD_DEFINED__
#define __IUnknown_FWD_DEFINED__
typedef struct IUnknown IUnknown;
#endif

#ifndef __IUnknown_INTERFACE_DEFINED__
#define __IUnknown_INTERFACE_DEFINED__

typedef IUnknown *LPUNKNOWN;

OPENBITS_IID(IUnknown, 0x00000000, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IUnknown {
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void **ppvObject) = 0;
    virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
    virtual ULONG STDMETHODCALLTYPE Release() = 0;

    template <typename Q> HRESULT QueryInterface(Q **ppObject)
    {
        return QueryInterface(__uuidof(Q), reinterpret_cast<void **>(ppObject));
    }
};

/* Compiles for pointers to interfaces only; sizeof does not read the pointer, which has no value yet. */
template <typename T> inline void **IID_PPV_ARGS_Helper(T **pp)
{
    (void)sizeof(static_cast<IUnknown *>(*pp));
    return reinterpret_cast<void **>(pp);
}

#define IID_PPV_ARGS(ppType) __uuidof(**(ppType)), IID_PPV_ARGS_Helper(ppType)

#else

typedef struct IUnknownVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IUnknown *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IUnknown *This);
    ULONG(STDMETHODCALLTYPE *Release)(IUnknown *This);
} IUnknownVtbl;

struct IUnknown {
    CONST_VTBL struct IUnknownVtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IUnknown_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IUnknown_AddRef(This)                          ((This)->lpVtbl->AddRef(This))
#define IUnknown_Release(This)                         ((This)->lpVtbl->Release(This))
#endif

#endif
#endif /* __IUnknown_INTERFACE_DEFINED__ */

#endif
