/* bits10_3.h: BITS 10.3: the client's own check of the server's certificate. */
#ifndef __bits10_3_h__
#define __bits10_3_h__

#include <bits.h>

#include "openbits_interface.h"

#ifndef __IBackgroundCopyServerCertificateValidationCallback_FWD_DEFINED__
#define __IBackgroundCopyServerCertificateValidationCallback_FWD_DEFINED__
typedef struct IBackgroundCopyServerCertificateValidationCallback
    IBackgroundCopyServerCertificateValidationCallback;
#endif

#ifndef __IBackgroundCopyJobHttpOptions3_FWD_DEFINED__
#define __IBackgroundCopyJobHttpOptions3_FWD_DEFINED__
typedef struct IBackgroundCopyJobHttpOptions3 IBackgroundCopyJobHttpOptions3;
#endif

#ifndef __IBackgroundCopyServerCertificateValidationCallback_INTERFACE_DEFINED__
#define __IBackgroundCopyServerCertificateValidationCallback_INTERFACE_DEFINED__

OPENBITS_IID(IBackgroundCopyServerCertificateValidationCallback, 0x4CEC0D02, 0xDEF7, 0x4158, 0x81, 0x3A, 0xC3,
             0x2A, 0x46, 0x94, 0x5F, 0xF7);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyServerCertificateValidationCallback : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE ValidateServerCertificate(IBackgroundCopyJob *job,
                                                                IBackgroundCopyFile *file, DWORD certLength,
                                                                const BYTE certData[], DWORD certEncodingType,
                                                                DWORD certStoreLength,
                                                                const BYTE certStoreData[]) = 0;
};

#else

typedef struct IBackgroundCopyServerCertificateValidationCallbackVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)
    (IBackgroundCopyServerCertificateValidationCallback *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyServerCertificateValidationCallback *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyServerCertificateValidationCallback *This);
    HRESULT(STDMETHODCALLTYPE *ValidateServerCertificate)
    (IBackgroundCopyServerCertificateValidationCallback *This, IBackgroundCopyJob *job,
     IBackgroundCopyFile *file, DWORD certLength, const BYTE certData[], DWORD certEncodingType,
     DWORD certStoreLength, const BYTE certStoreData[]);
} IBackgroundCopyServerCertificateValidationCallbackVtbl;

struct IBackgroundCopyServerCertificateValidationCallback {
    CONST_VTBL struct IBackgroundCopyServerCertificateValidationCallbackVtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyServerCertificateValidationCallback_QueryInterface(This, riid, ppvObject)             \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyServerCertificateValidationCallback_AddRef(This)  ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyServerCertificateValidationCallback_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(                        \
    This, job, file, certLength, certData, certEncodingType, certStoreLength, certStoreData)                 \
    ((This)->lpVtbl->ValidateServerCertificate(This, job, file, certLength, certData, certEncodingType,      \
                                               certStoreLength, certStoreData))
#endif

#endif
#endif /* __IBackgroundCopyServerCertificateValidationCallback_INTERFACE_DEFINED__ */

#ifndef __IBackgroundCopyJobHttpOptions3_INTERFACE_DEFINED__
#define __IBackgroundCopyJobHttpOptions3_INTERFACE_DEFINED__

OPENBITS_IID(IBackgroundCopyJobHttpOptions3, 0x8A9263D3, 0xFD4C, 0x4EDA, 0x9B, 0x28, 0x30, 0x13, 0x2A, 0x4D,
             0x4E, 0x3C);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyJobHttpOptions3 : public IBackgroundCopyJobHttpOptions2 {
    virtual HRESULT STDMETHODCALLTYPE
    SetServerCertificateValidationInterface(IUnknown *certValidationCallback) = 0;
    virtual HRESULT STDMETHODCALLTYPE MakeCustomHeadersWriteOnly() = 0;
};

#else

typedef struct IBackgroundCopyJobHttpOptions3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)
    (IBackgroundCopyJobHttpOptions3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJobHttpOptions3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJobHttpOptions3 *This);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByID)
    (IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName,
     byte *pCertHashBlob);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByName)
    (IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName,
     LPCWSTR SubjectName);
    HRESULT(STDMETHODCALLTYPE *RemoveClientCertificate)(IBackgroundCopyJobHttpOptions3 *This);
    HRESULT(STDMETHODCALLTYPE *GetClientCertificate)
    (IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName,
     byte **ppCertHashBlob, LPWSTR *pSubjectName);
    HRESULT(STDMETHODCALLTYPE *SetCustomHeaders)
    (IBackgroundCopyJobHttpOptions3 *This, LPCWSTR RequestHeaders);
    HRESULT(STDMETHODCALLTYPE *GetCustomHeaders)
    (IBackgroundCopyJobHttpOptions3 *This, LPWSTR *pRequestHeaders);
    HRESULT(STDMETHODCALLTYPE *SetSecurityFlags)(IBackgroundCopyJobHttpOptions3 *This, ULONG Flags);
    HRESULT(STDMETHODCALLTYPE *GetSecurityFlags)(IBackgroundCopyJobHttpOptions3 *This, ULONG *pFlags);
    HRESULT(STDMETHODCALLTYPE *SetHttpMethod)(IBackgroundCopyJobHttpOptions3 *This, LPCWSTR method);
    HRESULT(STDMETHODCALLTYPE *GetHttpMethod)(IBackgroundCopyJobHttpOptions3 *This, LPWSTR *method);
    HRESULT(STDMETHODCALLTYPE *SetServerCertificateValidationInterface)
    (IBackgroundCopyJobHttpOptions3 *This, IUnknown *certValidationCallback);
    HRESULT(STDMETHODCALLTYPE *MakeCustomHeadersWriteOnly)(IBackgroundCopyJobHttpOptions3 *This);
} IBackgroundCopyJobHttpOptions3Vtbl;

struct IBackgroundCopyJobHttpOptions3 {
    CONST_VTBL struct IBackgroundCopyJobHttpOptions3Vtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyJobHttpOptions3_QueryInterface(This, riid, ppvObject)                                 \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJobHttpOptions3_AddRef(This)  ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJobHttpOptions3_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(This, StoreLocation, StoreName,              \
                                                                pCertHashBlob)                               \
    ((This)->lpVtbl->SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob))
#define IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(This, StoreLocation, StoreName,            \
                                                                  SubjectName)                               \
    ((This)->lpVtbl->SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName))
#define IBackgroundCopyJobHttpOptions3_RemoveClientCertificate(This)                                         \
    ((This)->lpVtbl->RemoveClientCertificate(This))
#define IBackgroundCopyJobHttpOptions3_GetClientCertificate(This, pStoreLocation, pStoreName,                \
                                                            ppCertHashBlob, pSubjectName)                    \
    ((This)->lpVtbl->GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName))
#define IBackgroundCopyJobHttpOptions3_SetCustomHeaders(This, RequestHeaders)                                \
    ((This)->lpVtbl->SetCustomHeaders(This, RequestHeaders))
#define IBackgroundCopyJobHttpOptions3_GetCustomHeaders(This, pRequestHeaders)                               \
    ((This)->lpVtbl->GetCustomHeaders(This, pRequestHeaders))
#define IBackgroundCopyJobHttpOptions3_SetSecurityFlags(This, Flags)                                         \
    ((This)->lpVtbl->SetSecurityFlags(This, Flags))
#define IBackgroundCopyJobHttpOptions3_GetSecurityFlags(This, pFlags)                                        \
    ((This)->lpVtbl->GetSecurityFlags(This, pFlags))
#define IBackgroundCopyJobHttpOptions3_SetHttpMethod(This, method)                                           \
    ((This)->lpVtbl->SetHttpMethod(This, method))
#define IBackgroundCopyJobHttpOptions3_GetHttpMethod(This, method)                                           \
    ((This)->lpVtbl->GetHttpMethod(This, method))
#define IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(This, certValidationCallback) \
    ((This)->lpVtbl->SetServerCertificateValidationInterface(This, certValidationCallback))
#define IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(This)                                      \
    ((This)->lpVtbl->MakeCustomHeadersWriteOnly(This))
#endif

#endif
#endif /* __IBackgroundCopyJobHttpOptions3_INTERFACE_DEFINED__ */

#ifndef __BackgroundCopyManager10_3_LIBRARY_DEFINED__
#define __BackgroundCopyManager10_3_LIBRARY_DEFINED__
OPENBITS_CLSID(BackgroundCopyManager10_3, 0x5FD42AD5, 0xC04E, 0x4D36, 0xAD, 0xC7, 0xE0, 0x8F, 0xF1, 0x57,
               0x37, 0xAD);
#endif

#endif
