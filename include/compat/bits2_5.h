/* bits2_5.h: BITS 2.5: client certificates, headers, redirects. */
#ifndef __bits2_5_h__
#define __bits2_5_h__

#include <bits.h>

#include "openbits_interface.h"

#ifndef __IBackgroundCopyJobHttpOptions_FWD_DEFINED__
#define __IBackgroundCopyJobHttpOptions_FWD_DEFINED__
typedef struct IBackgroundCopyJobHttpOptions IBackgroundCopyJobHttpOptions;
#endif

#ifndef BG_SSL_ENABLE_CRL_CHECK
#define BG_SSL_ENABLE_CRL_CHECK         0x0001
#define BG_SSL_IGNORE_CERT_CN_INVALID   0x0002
#define BG_SSL_IGNORE_CERT_DATE_INVALID 0x0004
#define BG_SSL_IGNORE_UNKNOWN_CA        0x0008
#define BG_SSL_IGNORE_CERT_WRONG_USAGE  0x0010

#define BG_HTTP_REDIRECT_POLICY_MASK                0x0700
#define BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT        0x0000
#define BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT        0x0100
#define BG_HTTP_REDIRECT_POLICY_DISALLOW            0x0200
#define BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP 0x0800
#endif

#ifndef __IBackgroundCopyJobHttpOptions_INTERFACE_DEFINED__
#define __IBackgroundCopyJobHttpOptions_INTERFACE_DEFINED__

typedef enum BG_CERT_STORE_LOCATION {
    BG_CERT_STORE_LOCATION_CURRENT_USER = 0,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE = 1,
    BG_CERT_STORE_LOCATION_CURRENT_SERVICE = 2,
    BG_CERT_STORE_LOCATION_SERVICES = 3,
    BG_CERT_STORE_LOCATION_USERS = 4,
    BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY = 5,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY = 6,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE = 7
} BG_CERT_STORE_LOCATION;

OPENBITS_IID(IBackgroundCopyJobHttpOptions, 0xF1BD1079, 0x9F01, 0x4BDC, 0x80, 0x36, 0xF0, 0x9B, 0x70, 0x09,
             0x50, 0x66);

#if defined(__cplusplus) && !defined(CINTERFACE)

struct IBackgroundCopyJobHttpOptions : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByID(BG_CERT_STORE_LOCATION StoreLocation,
                                                               LPCWSTR StoreName, byte *pCertHashBlob) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByName(BG_CERT_STORE_LOCATION StoreLocation,
                                                                 LPCWSTR StoreName, LPCWSTR SubjectName) = 0;
    virtual HRESULT STDMETHODCALLTYPE RemoveClientCertificate() = 0;
    virtual HRESULT STDMETHODCALLTYPE GetClientCertificate(BG_CERT_STORE_LOCATION *pStoreLocation,
                                                           LPWSTR *pStoreName, byte **ppCertHashBlob,
                                                           LPWSTR *pSubjectName) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetCustomHeaders(LPCWSTR RequestHeaders) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCustomHeaders(LPWSTR *pRequestHeaders) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetSecurityFlags(ULONG Flags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetSecurityFlags(ULONG *pFlags) = 0;
};

#else

typedef struct IBackgroundCopyJobHttpOptionsVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)
    (IBackgroundCopyJobHttpOptions *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJobHttpOptions *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJobHttpOptions *This);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByID)
    (IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName,
     byte *pCertHashBlob);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByName)
    (IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName,
     LPCWSTR SubjectName);
    HRESULT(STDMETHODCALLTYPE *RemoveClientCertificate)(IBackgroundCopyJobHttpOptions *This);
    HRESULT(STDMETHODCALLTYPE *GetClientCertificate)
    (IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName,
     byte **ppCertHashBlob, LPWSTR *pSubjectName);
    HRESULT(STDMETHODCALLTYPE *SetCustomHeaders)(IBackgroundCopyJobHttpOptions *This, LPCWSTR RequestHeaders);
    HRESULT(STDMETHODCALLTYPE *GetCustomHeaders)
    (IBackgroundCopyJobHttpOptions *This, LPWSTR *pRequestHeaders);
    HRESULT(STDMETHODCALLTYPE *SetSecurityFlags)(IBackgroundCopyJobHttpOptions *This, ULONG Flags);
    HRESULT(STDMETHODCALLTYPE *GetSecurityFlags)(IBackgroundCopyJobHttpOptions *This, ULONG *pFlags);
} IBackgroundCopyJobHttpOptionsVtbl;

struct IBackgroundCopyJobHttpOptions {
    CONST_VTBL struct IBackgroundCopyJobHttpOptionsVtbl *lpVtbl;
};

#ifdef COBJMACROS
#define IBackgroundCopyJobHttpOptions_QueryInterface(This, riid, ppvObject)                                  \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJobHttpOptions_AddRef(This)  ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJobHttpOptions_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJobHttpOptions_SetClientCertificateByID(This, StoreLocation, StoreName,               \
                                                               pCertHashBlob)                                \
    ((This)->lpVtbl->SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob))
#define IBackgroundCopyJobHttpOptions_SetClientCertificateByName(This, StoreLocation, StoreName,             \
                                                                 SubjectName)                                \
    ((This)->lpVtbl->SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName))
#define IBackgroundCopyJobHttpOptions_RemoveClientCertificate(This)                                          \
    ((This)->lpVtbl->RemoveClientCertificate(This))
#define IBackgroundCopyJobHttpOptions_GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, \
                                                           pSubjectName)                                     \
    ((This)->lpVtbl->GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName))
#define IBackgroundCopyJobHttpOptions_SetCustomHeaders(This, RequestHeaders)                                 \
    ((This)->lpVtbl->SetCustomHeaders(This, RequestHeaders))
#define IBackgroundCopyJobHttpOptions_GetCustomHeaders(This, pRequestHeaders)                                \
    ((This)->lpVtbl->GetCustomHeaders(This, pRequestHeaders))
#define IBackgroundCopyJobHttpOptions_SetSecurityFlags(This, Flags)                                          \
    ((This)->lpVtbl->SetSecurityFlags(This, Flags))
#define IBackgroundCopyJobHttpOptions_GetSecurityFlags(This, pFlags)                                         \
    ((This)->lpVtbl->GetSecurityFlags(This, pFlags))
#endif

#endif
#endif /* __IBackgroundCopyJobHttpOptions_INTERFACE_DEFINED__ */

#ifndef __BackgroundCopyManager2_5_LIBRARY_DEFINED__
#define __BackgroundCopyManager2_5_LIBRARY_DEFINED__
OPENBITS_CLSID(BackgroundCopyManager2_5, 0x03CA98D6, 0xFF5D, 0x49B8, 0xAB, 0xC6, 0x03, 0xDD, 0x84, 0x12, 0x70,
               0x20);
#endif

#include <bits3_0.h>

#endif
