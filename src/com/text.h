/* text.h: strings that leave by the task allocator, and the language of texts for people.
 *
 * The other direction is utf_narrow of base: strings that come in are copied before the call returns.
 */
#ifndef OPENBITS_COM_TEXT_H
#define OPENBITS_COM_TEXT_H

#include "openbits_types.h"

/* *out is for CoTaskMemFree; NULL stays NULL. E_OUTOFMEMORY. */
HRESULT com_text_out(const char *utf8, LPWSTR *out);

/* What hr_text says of a code, if the language is one that we speak: S_OK, E_INVALIDARG for 0,
 * HR_LANG_NOT_FOUND for any but English and the neutral ids. Only the low 16 bits count. */
HRESULT com_text_of_hr(HRESULT hr, DWORD language, LPWSTR *out);

#endif
