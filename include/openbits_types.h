/* openbits_types.h: the few Windows types that every room speaks.
 *
 * On Windows this is <windows.h>. Elsewhere it declares the same names with the same sizes on every ABI:
 * LONG, DWORD, HRESULT and BOOL have 32 bits on LP64 too. WCHAR is wchar_t (docs/adr/0001-wchar.md).
 */
#ifndef OPENBITS_TYPES_H
#define OPENBITS_TYPES_H

#ifdef _WIN32
#include <windows.h>
#define OPENBITS_API
#else

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* Marks what the library exports; src/api/openbits.map names it once more. */
#define OPENBITS_API __attribute__((visibility("default")))

#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif

#define VOID void
typedef int32_t HRESULT;
typedef int32_t BOOL;
typedef int32_t LONG;
typedef int32_t INT;
typedef int64_t LONGLONG;
typedef int64_t INT64;
typedef int8_t INT8;
typedef int16_t INT16;
typedef int32_t INT32;
typedef int64_t LONG64;
typedef uint8_t UINT8;
typedef uint16_t UINT16;
typedef uint32_t UINT32;
typedef uint8_t UCHAR;
typedef uint8_t BOOLEAN;
typedef uint8_t BYTE;
typedef uint8_t byte;
typedef uint16_t WORD;
typedef uint16_t USHORT;
typedef int16_t SHORT;
typedef uint32_t UINT;
typedef uint32_t DWORD;
typedef uint32_t ULONG;
typedef uint64_t UINT64;
typedef uint64_t ULONGLONG;
typedef uint64_t ULONG64;
typedef uint64_t DWORD64;
typedef uint64_t DWORDLONG;
typedef size_t SIZE_T;
typedef uintptr_t ULONG_PTR;
typedef uintptr_t DWORD_PTR;
typedef intptr_t LONG_PTR;
typedef intptr_t INT_PTR;
typedef uintptr_t UINT_PTR;
typedef intptr_t SSIZE_T;
typedef char CHAR;
typedef wchar_t WCHAR;
typedef WCHAR OLECHAR;
typedef WCHAR *LPWSTR, *PWSTR, *PWCHAR, *LPOLESTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCOLESTR;
typedef char *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef BOOL *PBOOL, *LPBOOL;
typedef BYTE *PBYTE, *LPBYTE;
typedef LONG *PLONG, *LPLONG;
typedef ULONG *PULONG;
typedef UINT *PUINT;
typedef WORD *PWORD, *LPWORD;
typedef DWORD *PDWORD, *LPDWORD;
typedef UINT64 *PUINT64;
typedef void *HANDLE, **PHANDLE, **LPHANDLE;
typedef DWORD LCID;
typedef WORD LANGID;

#define MAX_PATH 260

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;
#endif
typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, *LPIID;
typedef GUID CLSID, *LPCLSID;

#ifdef __cplusplus
typedef const GUID &REFGUID;
typedef const IID &REFIID;
typedef const CLSID &REFCLSID;
#else
typedef const GUID *REFGUID;
typedef const IID *REFIID;
typedef const CLSID *REFCLSID;
#endif

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

#define STDMETHODCALLTYPE
#define STDMETHODVCALLTYPE
#define STDAPICALLTYPE
#define WINAPI
#define APIENTRY
#define CALLBACK

#define SUCCEEDED(hr) (((HRESULT)(hr)) >= 0)
#define FAILED(hr)    (((HRESULT)(hr)) < 0)

#define FACILITY_NULL     0
#define FACILITY_RPC      1
#define FACILITY_DISPATCH 2
#define FACILITY_STORAGE  3
#define FACILITY_ITF      4
#define FACILITY_WIN32    7
#define FACILITY_WINDOWS  8

#define FACILITY_SECURITY 9
#define FACILITY_HTTP     25

#define SEVERITY_SUCCESS 0
#define SEVERITY_ERROR   1

#define HRESULT_CODE(hr)     ((hr)&0xFFFF)
#define HRESULT_FACILITY(hr) (((hr) >> 16) & 0x1FFF)
#define HRESULT_SEVERITY(hr) (((hr) >> 31) & 1)
#define MAKE_HRESULT(severity, facility, code)                                                             \
    ((HRESULT)(((uint32_t)(severity) << 31) | ((uint32_t)(facility) << 16) | ((uint32_t)(code))))
#define HRESULT_FROM_WIN32(x)                                                                              \
    ((HRESULT)(x) <= 0 ? (HRESULT)(x) : (HRESULT)(((uint32_t)(x)&0x0000FFFFu) | 0x80070000u))

#define S_OK    ((HRESULT)0)
#define S_FALSE ((HRESULT)1)

#define E_NOTIMPL      ((HRESULT)0x80004001)
#define E_NOINTERFACE  ((HRESULT)0x80004002)
#define E_POINTER      ((HRESULT)0x80004003)
#define E_ABORT        ((HRESULT)0x80004004)
#define E_FAIL         ((HRESULT)0x80004005)
#define E_UNEXPECTED   ((HRESULT)0x8000FFFF)
#define E_PENDING      ((HRESULT)0x8000000A)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_HANDLE       ((HRESULT)0x80070006)
#define E_OUTOFMEMORY  ((HRESULT)0x8007000E)
#define E_INVALIDARG   ((HRESULT)0x80070057)

#define CO_E_NOT_SUPPORTED       ((HRESULT)0x80004021)
#define RPC_E_CHANGED_MODE       ((HRESULT)0x80010106)
#define CO_E_FAILEDTOIMPERSONATE ((HRESULT)0x80010123)
#define CLASS_E_NOAGGREGATION    ((HRESULT)0x80040110)
#define REGDB_E_CLASSNOTREG      ((HRESULT)0x80040154)
#define CO_E_NOTINITIALIZED      ((HRESULT)0x800401F0)
#define CO_E_CLASSSTRING         ((HRESULT)0x800401F3)
#define CRYPT_E_NOT_FOUND        ((HRESULT)0x80092004)

#endif /* !_WIN32 */
#endif
