/* guid.c: identifiers as text, in the one form that COM writes and reads: {8-4-4-4-12} in hexadecimal. */
#include <objbase.h>

/* A letter stands for a digit of the number it names: a, b, c for Data1 to Data3, d for the bytes of Data4.
 */
static const char form[] = "{aaaaaaaa-bbbb-cccc-dddd-dddddddddddd}";

int STDAPICALLTYPE StringFromGUID2(REFGUID rguid, LPOLESTR sz, int cchMax)
{
    static const char hex[] = "0123456789ABCDEF";
    int digits[4] = {8, 4, 4, 16}; /* still to be written of each number */

    if (cchMax < (int)sizeof form)
        return 0;
    for (int i = 0; i < (int)sizeof form; i++) {
        int left = form[i] >= 'a' && form[i] <= 'd' ? --digits[form[i] - 'a'] : 0;

        switch (form[i]) {
        case 'a':
            sz[i] = (OLECHAR)hex[rguid->Data1 >> (4 * left) & 0xF];
            break;
        case 'b':
            sz[i] = (OLECHAR)hex[rguid->Data2 >> (4 * left) & 0xF];
            break;
        case 'c':
            sz[i] = (OLECHAR)hex[rguid->Data3 >> (4 * left) & 0xF];
            break;
        case 'd':
            sz[i] = (OLECHAR)hex[rguid->Data4[(15 - left) / 2] >> (4 * (left & 1)) & 0xF];
            break;
        default:
            sz[i] = (OLECHAR)form[i]; /* NUL too */
        }
    }
    return sizeof form;
}

static int hex_value(OLECHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

HRESULT STDAPICALLTYPE CLSIDFromString(LPCOLESTR sz, LPCLSID pclsid)
{
    GUID guid = {0, 0, 0, {0}};
    int written = 0; /* digits of Data4 */

    if (!pclsid)
        return E_INVALIDARG;
    *pclsid = guid;
    if (!sz)
        return S_OK;
    for (size_t i = 0; i < sizeof form; i++) {
        int value = hex_value(sz[i]);

        if (form[i] < 'a' || form[i] > 'd' ? sz[i] != (OLECHAR)form[i] : value < 0)
            return CO_E_CLASSSTRING; /* a text that is too short ends here, at its NUL */
        if (form[i] == 'a')
            guid.Data1 = guid.Data1 << 4 | (uint32_t)value;
        else if (form[i] == 'b')
            guid.Data2 = (uint16_t)(guid.Data2 << 4 | value);
        else if (form[i] == 'c')
            guid.Data3 = (uint16_t)(guid.Data3 << 4 | value);
        else if (form[i] == 'd') {
            guid.Data4[written / 2] = (uint8_t)(guid.Data4[written / 2] << 4 | value);
            written++;
        }
    }
    *pclsid = guid;
    return S_OK;
}
