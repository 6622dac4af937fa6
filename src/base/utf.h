/* utf.h: wide strings at the edge, UTF-8 inside.
 *
 * WCHAR is UTF-32 off Windows and UTF-16 on it. The contract counts the length of strings in UTF-16 units
 * everywhere (decision 1), so both conversions can tell that number.
 */
#ifndef OPENBITS_BASE_UTF_H
#define OPENBITS_BASE_UTF_H

#include "openbits_types.h"

/* *out is a new string (free it with free), *utf16_units its length in UTF-16 units, if asked.
 * E_INVALIDARG: in is NULL or is not well-formed. E_OUTOFMEMORY. On failure *out is NULL. */
HRESULT utf_narrow(const WCHAR *in, char **out, size_t *utf16_units);

/* The same length for text that is already UTF-8, and well-formed. */
size_t utf_utf16_units(const char *in);

/* How many WCHARs utf_widen_to will write, the terminator included; 0 if in is not well-formed. */
size_t utf_wide_size(const char *in);

/* out has room for utf_wide_size(in) elements. */
void utf_widen_to(const char *in, WCHAR *out);

#endif
