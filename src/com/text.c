/* text.c: see text.h. */
#include "com/text.h"

#include "base/hr.h"
#include "base/utf.h"
#include "openbits.h"
#include <objbase.h>

HRESULT com_text_out(const char *utf8, LPWSTR *out)
{
    size_t size;
    WCHAR *text;

    *out = NULL;
    if (!utf8)
        return S_OK;
    size = utf_wide_size(utf8);
    if (size == 0)
        return E_UNEXPECTED;
    text = CoTaskMemAlloc(size * sizeof *text);
    if (!text)
        return E_OUTOFMEMORY;
    utf_widen_to(utf8, text);
    *out = text;
    return S_OK;
}

static HRESULT check_language(DWORD language)
{
    enum { PRIMARY_MASK = 0x3FF, NEUTRAL = 0x00, ENGLISH = 0x09 };
    unsigned id = language & 0xFFFF;
    unsigned primary = id & PRIMARY_MASK;

    if (id == 0)
        return E_INVALIDARG;
    return primary == ENGLISH || primary == NEUTRAL ? S_OK : HR_LANG_NOT_FOUND;
}

HRESULT com_text_of_hr(HRESULT hr, DWORD language, LPWSTR *out)
{
    HRESULT checked = check_language(language);

    return FAILED(checked) ? checked : com_text_out(hr_text(hr), out);
}
