/* hr.h: HRESULT, the one error type between rooms: the codes without a BITS name, and names for people.
 *
 * The BG_* codes come from bitsmsg.h, the only BITS header that rooms below com may see. What WinHTTP and
 * Win32 report is listed here, since those codes have no header off Windows.
 */
#ifndef OPENBITS_BASE_HR_H
#define OPENBITS_BASE_HR_H

#include <stdbool.h>

#include "openbits_types.h"
#include <bitsmsg.h>

/* Win32 errors that BITS hands on (R-104, R-423, R-614; a local file's troubles). */
#define HR_FILE_NOT_FOUND   ((HRESULT)0x80070002)
#define HR_PATH_NOT_FOUND   ((HRESULT)0x80070003)
#define HR_TOO_MANY_OPEN    ((HRESULT)0x80070004)
#define HR_WRITE_PROTECT    ((HRESULT)0x80070013)
#define HR_WRITE_FAULT      ((HRESULT)0x8007001D)
#define HR_SHARING          ((HRESULT)0x80070020)
#define HR_FILE_EXISTS      ((HRESULT)0x80070050)
#define HR_DISK_FULL        ((HRESULT)0x80070070)
#define HR_INVALID_NAME     ((HRESULT)0x8007007B)
#define HR_FILENAME_TOO_LONG ((HRESULT)0x800700CE)
#define HR_FILE_TOO_LARGE   ((HRESULT)0x800700DF)
#define HR_NOT_A_DIRECTORY  ((HRESULT)0x8007010B)
#define HR_IO_DEVICE        ((HRESULT)0x8007045D)
#define HR_QUOTA            ((HRESULT)0x80070718)
#define HR_LANG_NOT_FOUND   ((HRESULT)0x80070717)
#define HR_NULL_REF_POINTER ((HRESULT)0x800706F4)
#define HR_BAD_STUB_DATA    ((HRESULT)0x800706F7)

/* WinHTTP's codes for connections. */
#define HR_WINHTTP_TIMEOUT        ((HRESULT)0x80072EE2)
#define HR_WINHTTP_UNRECOGNIZED_SCHEME ((HRESULT)0x80072EE6)
#define HR_WINHTTP_NAME           ((HRESULT)0x80072EE7)
#define HR_WINHTTP_CANNOT_CONNECT ((HRESULT)0x80072EFD)
#define HR_WINHTTP_CONNECTION     ((HRESULT)0x80072EFE)
#define HR_WINHTTP_CLIENT_CERT    ((HRESULT)0x80072F0C)
#define HR_WINHTTP_CERT_REV_FAILED ((HRESULT)0x80072F19)
#define HR_WINHTTP_INVALID_RESPONSE ((HRESULT)0x80072F78)
#define HR_WINHTTP_CERT_REVOKED   ((HRESULT)0x80072F8A)
#define HR_WINHTTP_SECURE_FAILURE ((HRESULT)0x80072F8F)

/* A certificate store has no such certificate. */
#define HR_CRYPT_NOT_FOUND ((HRESULT)0x80092004)

/* BG_E_HTTP_ERROR_nnn for any status (section 7.1 of the type pages). status is 100..999. */
static inline HRESULT hr_from_http_status(int status)
{
    return (HRESULT)(0x80190000u + (unsigned)status);
}

/* The status in such a code, 0 for any other code. */
static inline int hr_http_status(HRESULT hr)
{
    return ((uint32_t)hr & 0xFFFF0000u) == 0x80190000u ? (int)((uint32_t)hr & 0xFFFFu) : 0;
}

/* The constant's name ("BG_E_EMPTY"), from data/hresult.tsv; NULL if the code is not listed. */
const char *hr_name(HRESULT hr);

/* What happened and what to do, in English, from the same table; a general sentence if not listed. */
const char *hr_text(HRESULT hr);

#endif
