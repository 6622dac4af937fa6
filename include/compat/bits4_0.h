/* bits4_0.h: BITS 4.0: helper tokens, statistics of the peer cache. */
#ifndef __bits4_0_h__
#define __bits4_0_h__

#include <bits.h>

#include "openbits_interface.h"

#ifndef __IBackgroundCopyFile4_FWD_DEFINED__
#define __IBackgroundCopyFile4_FWD_DEFINED__
typedef struct IBackgroundCopyFile4 IBackgroundCopyFile4;
#endif

#ifndef __IBitsTokenOptions_FWD_DEFINED__
#define __IBitsTokenOptions_FWD_DEFINED__
typedef struct IBitsTokenOptions IBitsTokenOptions;
#endif

#ifndef __IBitsTokenOptions_INTERFACE_DEFINED__
#define __IBitsTokenOptions_INTERFACE_DEFINED__

#define BG_TOKEN_LOCAL_FILE 0x0001
#define BG_TOKEN_NETWORK    0x0002

OPENBITS_IID(IBitsTokenOptions, 0x9A2584C3, 0xF7D2, 0x457A, 0x9A, 0x5E, 0x22, 0xB6, 0x7B, 0xFF, 0xC7, 0xD2);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBitsTokenOptions : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetHelperTokenFlags(DWORD UsageFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHelperTokenFlags(DWORD *pFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetHelperToken() = 0;
    virtual HRESULT STDMETHODCALLTYPE ClearHelperToken() = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHelperTokenSid(LPWSTR *pSid) = 0;
};

#else

typedef struct IBitsTokenOptionsVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBitsTokenOptions *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBitsTokenOptions *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *SetHelperTokenFlags)(IBitsTokenOptions *This, DWORD UsageFlags);
    HRESULT(STDMETHODCALLTYPE *GetHelperTokenFlags)(IBitsTokenOptions *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *SetHelperToken)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *ClearHelperToken)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *GetHelperTokenSid)(IBitsTokenOptions *This, LPWSTR *pSid);
} IBitsTokenOptionsVtbl;

struct IBitsTokenOptions {
    CONST_VTBL struct IBitsTokenOptionsVtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBitsTokenOptions_QueryInterface(This, riid, ppvObject)                                              \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBitsTokenOptions_AddRef(This)  ((This)->lpVtbl->AddRef(This))
#define IBitsTokenOptions_Release(This) ((This)->lpVtbl->Release(This))
#define IBitsTokenOptions_SetHelperTokenFlags(This, UsageFlags)                                              \
    ((This)->lpVtbl->SetHelperTokenFlags(This, UsageFlags))
#define IBitsTokenOptions_GetHelperTokenFlags(This, pFlags)                                                  \
    ((This)->lpVtbl->GetHelperTokenFlags(This, pFlags))
#define IBitsTokenOptions_SetHelperToken(This)          ((This)->lpVtbl->SetHelperToken(This))
#define IBitsTokenOptions_ClearHelperToken(This)        ((This)->lpVtbl->ClearHelperToken(This))
#define IBitsTokenOptions_GetHelperTokenSid(This, pSid) ((This)->lpVtbl->GetHelperTokenSid(This, pSid))
#endif

#endif
#endif /* __IBitsTokenOptions_INTERFACE_DEFINED__ */

#ifndef __IBackgroundCopyFile4_INTERFACE_DEFINED__
#define __IBackgroundCopyFile4_INTERFACE_DEFINED__

OPENBITS_IID(IBackgroundCopyFile4, 0xEF7E0655, 0x7888, 0x4960, 0xB0, 0xE5, 0x73, 0x08, 0x46, 0xE0, 0x34,
             0x92);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyFile4 : public IBackgroundCopyFile3 {
    virtual HRESULT STDMETHODCALLTYPE GetPeerDownloadStats(UINT64 *pFromOrigin, UINT64 *pFromPeers) = 0;
};

#else

typedef struct IBackgroundCopyFile4Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile4 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile4 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile4 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile4 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)
    (IBackgroundCopyFile4 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile4 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile4 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile4 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile4 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile4 *This, BOOL *pVal);
    HRESULT(STDMETHODCALLTYPE *GetPeerDownloadStats)
    (IBackgroundCopyFile4 *This, UINT64 *pFromOrigin, UINT64 *pFromPeers);
} IBackgroundCopyFile4Vtbl;

struct IBackgroundCopyFile4 {
    CONST_VTBL struct IBackgroundCopyFile4Vtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyFile4_QueryInterface(This, riid, ppvObject)                                           \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile4_AddRef(This)              ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile4_Release(This)             ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile4_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile4_GetLocalName(This, pVal)  ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile4_GetProgress(This, pVal)   ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile4_GetFileRanges(This, RangeCount, Ranges)                                         \
    ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile4_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile4_GetTemporaryName(This, pFilename)                                               \
    ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile4_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile4_GetValidationState(This, pState)                                                \
    ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile4_IsDownloadedFromPeer(This, pVal)                                                \
    ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))
#define IBackgroundCopyFile4_GetPeerDownloadStats(This, pFromOrigin, pFromPeers)                             \
    ((This)->lpVtbl->GetPeerDownloadStats(This, pFromOrigin, pFromPeers))
#endif

#endif
#endif /* __IBackgroundCopyFile4_INTERFACE_DEFINED__ */

#ifndef __BackgroundCopyManager4_0_LIBRARY_DEFINED__
#define __BackgroundCopyManager4_0_LIBRARY_DEFINED__
OPENBITS_CLSID(BackgroundCopyManager4_0, 0xBB6DF56B, 0xCACE, 0x11DC, 0x99, 0x92, 0x00, 0x19, 0xB9, 0x3A, 0x3A,
               0x84);
#endif

#include <bits5_0.h>

#endif
