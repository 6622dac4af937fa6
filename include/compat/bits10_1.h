/* bits10_1.h: BITS 10.1: the range contract: ranges of a file on demand, and the callback that reports them.
 */
#ifndef __bits10_1_h__
#define __bits10_1_h__

#include <bits.h>

#include "openbits_interface.h"

#ifndef __IBackgroundCopyCallback3_FWD_DEFINED__
#define __IBackgroundCopyCallback3_FWD_DEFINED__
typedef struct IBackgroundCopyCallback3 IBackgroundCopyCallback3;
#endif

#ifndef __IBackgroundCopyFile6_FWD_DEFINED__
#define __IBackgroundCopyFile6_FWD_DEFINED__
typedef struct IBackgroundCopyFile6 IBackgroundCopyFile6;
#endif

#ifndef __IBackgroundCopyCallback3_INTERFACE_DEFINED__
#define __IBackgroundCopyCallback3_INTERFACE_DEFINED__

#define BG_NOTIFY_FILE_RANGES_TRANSFERRED 0x0020

OPENBITS_IID(IBackgroundCopyCallback3, 0x98C97BD2, 0xE32B, 0x4AD8, 0xA5, 0x28, 0x95, 0xFD, 0x8B, 0x16, 0xBD,
             0x42);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyCallback3 : public IBackgroundCopyCallback2 {
    virtual HRESULT STDMETHODCALLTYPE FileRangesTransferred(IBackgroundCopyJob *job,
                                                            IBackgroundCopyFile *file, DWORD rangeCount,
                                                            const BG_FILE_RANGE ranges[]) = 0;
};

#else

typedef struct IBackgroundCopyCallback3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyCallback3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyCallback3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyCallback3 *This);
    HRESULT(STDMETHODCALLTYPE *JobTransferred)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob);
    HRESULT(STDMETHODCALLTYPE *JobError)
    (IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, IBackgroundCopyError *pError);
    HRESULT(STDMETHODCALLTYPE *JobModification)
    (IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, DWORD dwReserved);
    HRESULT(STDMETHODCALLTYPE *FileTransferred)
    (IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile);
    HRESULT(STDMETHODCALLTYPE *FileRangesTransferred)
    (IBackgroundCopyCallback3 *This, IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD rangeCount,
     const BG_FILE_RANGE ranges[]);
} IBackgroundCopyCallback3Vtbl;

struct IBackgroundCopyCallback3 {
    CONST_VTBL struct IBackgroundCopyCallback3Vtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyCallback3_QueryInterface(This, riid, ppvObject)                                       \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyCallback3_AddRef(This)                 ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyCallback3_Release(This)                ((This)->lpVtbl->Release(This))
#define IBackgroundCopyCallback3_JobTransferred(This, pJob)   ((This)->lpVtbl->JobTransferred(This, pJob))
#define IBackgroundCopyCallback3_JobError(This, pJob, pError) ((This)->lpVtbl->JobError(This, pJob, pError))
#define IBackgroundCopyCallback3_JobModification(This, pJob, dwReserved)                                     \
    ((This)->lpVtbl->JobModification(This, pJob, dwReserved))
#define IBackgroundCopyCallback3_FileTransferred(This, pJob, pFile)                                          \
    ((This)->lpVtbl->FileTransferred(This, pJob, pFile))
#define IBackgroundCopyCallback3_FileRangesTransferred(This, job, file, rangeCount, ranges)                  \
    ((This)->lpVtbl->FileRangesTransferred(This, job, file, rangeCount, ranges))
#endif

#endif
#endif /* __IBackgroundCopyCallback3_INTERFACE_DEFINED__ */

#ifndef __IBackgroundCopyFile6_INTERFACE_DEFINED__
#define __IBackgroundCopyFile6_INTERFACE_DEFINED__

OPENBITS_IID(IBackgroundCopyFile6, 0xCF6784F7, 0xD677, 0x49FD, 0x93, 0x68, 0xCB, 0x47, 0xAE, 0xE9, 0xD1,
             0xAD);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyFile6 : public IBackgroundCopyFile5 {
    virtual HRESULT STDMETHODCALLTYPE UpdateDownloadPosition(UINT64 offset) = 0;
    virtual HRESULT STDMETHODCALLTYPE RequestFileRanges(DWORD rangeCount, const BG_FILE_RANGE ranges[]) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetFilledFileRanges(DWORD *rangeCount, BG_FILE_RANGE **ranges) = 0;
};

#else

typedef struct IBackgroundCopyFile6Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile6 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile6 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile6 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile6 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile6 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile6 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)
    (IBackgroundCopyFile6 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile6 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile6 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile6 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile6 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile6 *This, BOOL *pVal);
    HRESULT(STDMETHODCALLTYPE *GetPeerDownloadStats)
    (IBackgroundCopyFile6 *This, UINT64 *pFromOrigin, UINT64 *pFromPeers);
    HRESULT(STDMETHODCALLTYPE *SetProperty)
    (IBackgroundCopyFile6 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE PropertyValue);
    HRESULT(STDMETHODCALLTYPE *GetProperty)
    (IBackgroundCopyFile6 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE *PropertyValue);
    HRESULT(STDMETHODCALLTYPE *UpdateDownloadPosition)(IBackgroundCopyFile6 *This, UINT64 offset);
    HRESULT(STDMETHODCALLTYPE *RequestFileRanges)
    (IBackgroundCopyFile6 *This, DWORD rangeCount, const BG_FILE_RANGE ranges[]);
    HRESULT(STDMETHODCALLTYPE *GetFilledFileRanges)
    (IBackgroundCopyFile6 *This, DWORD *rangeCount, BG_FILE_RANGE **ranges);
} IBackgroundCopyFile6Vtbl;

struct IBackgroundCopyFile6 {
    CONST_VTBL struct IBackgroundCopyFile6Vtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyFile6_QueryInterface(This, riid, ppvObject)                                           \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile6_AddRef(This)              ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile6_Release(This)             ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile6_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile6_GetLocalName(This, pVal)  ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile6_GetProgress(This, pVal)   ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile6_GetFileRanges(This, RangeCount, Ranges)                                         \
    ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile6_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile6_GetTemporaryName(This, pFilename)                                               \
    ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile6_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile6_GetValidationState(This, pState)                                                \
    ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile6_IsDownloadedFromPeer(This, pVal)                                                \
    ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))
#define IBackgroundCopyFile6_GetPeerDownloadStats(This, pFromOrigin, pFromPeers)                             \
    ((This)->lpVtbl->GetPeerDownloadStats(This, pFromOrigin, pFromPeers))
#define IBackgroundCopyFile6_SetProperty(This, PropertyId, PropertyValue)                                    \
    ((This)->lpVtbl->SetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyFile6_GetProperty(This, PropertyId, PropertyValue)                                    \
    ((This)->lpVtbl->GetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyFile6_UpdateDownloadPosition(This, offset)                                            \
    ((This)->lpVtbl->UpdateDownloadPosition(This, offset))
#define IBackgroundCopyFile6_RequestFileRanges(This, rangeCount, ranges)                                     \
    ((This)->lpVtbl->RequestFileRanges(This, rangeCount, ranges))
#define IBackgroundCopyFile6_GetFilledFileRanges(This, rangeCount, ranges)                                   \
    ((This)->lpVtbl->GetFilledFileRanges(This, rangeCount, ranges))
#endif

#endif
#endif /* __IBackgroundCopyFile6_INTERFACE_DEFINED__ */

#ifndef __BackgroundCopyManager10_1_LIBRARY_DEFINED__
#define __BackgroundCopyManager10_1_LIBRARY_DEFINED__
OPENBITS_CLSID(BackgroundCopyManager10_1, 0x4BD3E4E1, 0x7BD4, 0x4A2B, 0x99, 0x64, 0x49, 0x64, 0x00, 0xDE,
               0x51, 0x93);
#endif

#include <bits10_2.h>

#endif
