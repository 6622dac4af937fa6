/* objbase.h: the part of COM's library that BITS' clients use. docs/windows-h.md has the list.
 *
 * CoInitializeEx keeps Windows' rules for each thread, but there are no apartments: any thread may use any
 * object. CoCreateInstance makes the ten manager classes, in this process.
 */
#ifndef _OBJBASE_H_
#define _OBJBASE_H_

#include <unknwn.h>

typedef enum COINIT {
    COINIT_MULTITHREADED = 0x0,
    COINIT_APARTMENTTHREADED = 0x2,
    COINIT_DISABLE_OLE1DDE = 0x4,
    COINIT_SPEED_OVER_MEMORY = 0x8
} COINIT;

EXTERN_C OPENBITS_API HRESULT STDAPICALLTYPE CoInitialize(LPVOID reserved);
EXTERN_C OPENBITS_API HRESULT STDAPICALLTYPE CoInitializeEx(LPVOID reserved, DWORD coinit);
EXTERN_C OPENBITS_API void STDAPICALLTYPE CoUninitialize(void);

#define RPC_C_AUTHN_LEVEL_DEFAULT       0
#define RPC_C_AUTHN_LEVEL_NONE          1
#define RPC_C_AUTHN_LEVEL_CONNECT       2
#define RPC_C_AUTHN_LEVEL_CALL          3
#define RPC_C_AUTHN_LEVEL_PKT           4
#define RPC_C_AUTHN_LEVEL_PKT_INTEGRITY 5
#define RPC_C_AUTHN_LEVEL_PKT_PRIVACY   6

#define RPC_C_IMP_LEVEL_DEFAULT     0
#define RPC_C_IMP_LEVEL_ANONYMOUS   1
#define RPC_C_IMP_LEVEL_IDENTIFY    2
#define RPC_C_IMP_LEVEL_IMPERSONATE 3
#define RPC_C_IMP_LEVEL_DELEGATE    4

typedef enum EOLE_AUTHENTICATION_CAPABILITIES {
    EOAC_NONE = 0x0,
    EOAC_STATIC_CLOAKING = 0x20,
    EOAC_DYNAMIC_CLOAKING = 0x40
} EOLE_AUTHENTICATION_CAPABILITIES;

typedef PVOID PSECURITY_DESCRIPTOR;
typedef struct tagSOLE_AUTHENTICATION_SERVICE {
    DWORD dwAuthnSvc;
    DWORD dwAuthzSvc;
    OLECHAR *pPrincipalName;
    HRESULT hr;
} SOLE_AUTHENTICATION_SERVICE;

/* Always S_OK, without effect: nothing here crosses a process. */
EXTERN_C OPENBITS_API HRESULT STDAPICALLTYPE CoInitializeSecurity(PSECURITY_DESCRIPTOR descriptor,
                                                                  LONG service_count,
                                                                  SOLE_AUTHENTICATION_SERVICE *services,
                                                                  void *reserved1, DWORD authn_level,
                                                                  DWORD imp_level, void *auth_list,
                                                                  DWORD capabilities, void *reserved3);

EXTERN_C OPENBITS_API HRESULT STDAPICALLTYPE CoCreateInstance(REFCLSID rclsid, LPUNKNOWN outer, DWORD clsctx,
                                                              REFIID riid, LPVOID *ppv);

EXTERN_C OPENBITS_API LPVOID STDAPICALLTYPE CoTaskMemAlloc(SIZE_T cb);
EXTERN_C OPENBITS_API LPVOID STDAPICALLTYPE CoTaskMemRealloc(LPVOID pv, SIZE_T cb);
EXTERN_C OPENBITS_API void STDAPICALLTYPE CoTaskMemFree(LPVOID pv);

/* The 39 characters of "{8-4-4-4-12}" and NUL; returns their number, or 0 if cchMax is smaller. */
EXTERN_C OPENBITS_API int STDAPICALLTYPE StringFromGUID2(REFGUID rguid, LPOLESTR sz, int cchMax);

/* Reads that form; NULL gives GUID_NULL. CO_E_CLASSSTRING for anything else, program names too. */
EXTERN_C OPENBITS_API HRESULT STDAPICALLTYPE CLSIDFromString(LPCOLESTR sz, LPCLSID pclsid);

#endif
