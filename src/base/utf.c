/* utf.c: conversion between WCHAR and UTF-8, refusing what is not well-formed (Unicode 15, D92).
 *
 * One decoder for each form feeds one encoder, so surrogates, overlong forms and values past U+10FFFF are
 * refused in one place. Whether WCHAR has 16 or 32 bits is a constant expression, not an ifdef.
 */
#include "base/utf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BAD UINT32_MAX

static bool is_scalar(uint32_t c)
{
    return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

static uint32_t next_wide(const WCHAR **in)
{
    uint32_t c = (uint32_t) * (*in)++;

    if (sizeof(WCHAR) == 2 && c >= 0xD800 && c <= 0xDBFF) {
        uint32_t low = (uint32_t) **in;

        if (low < 0xDC00 || low > 0xDFFF)
            return BAD;
        (*in)++;
        return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    return is_scalar(c) ? c : BAD;
}

static uint32_t next_narrow(const unsigned char **in)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = *(*in)++;
    int more;

    if (c < 0x80)
        return c;
    if (c >= 0xC2 && c < 0xE0)
        more = 1, c &= 0x1F;
    else if (c >= 0xE0 && c < 0xF0)
        more = 2, c &= 0x0F;
    else if (c >= 0xF0 && c < 0xF5)
        more = 3, c &= 0x07;
    else
        return BAD;
    for (int i = 0; i < more; i++) {
        if ((**in & 0xC0) != 0x80)
            return BAD;
        c = c << 6 | (*(*in)++ & 0x3F);
    }
    return c >= least[more] && is_scalar(c) ? c : BAD;
}

static size_t put_narrow(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

HRESULT utf_narrow(const WCHAR *in, char **out, size_t *utf16_units)
{
    size_t units = 0, len = 0;
    char *text;

    *out = NULL;
    if (utf16_units)
        *utf16_units = 0;
    if (!in)
        return E_INVALIDARG;
    text = malloc(wcslen(in) * 4 + 1);
    if (!text)
        return E_OUTOFMEMORY;
    while (*in) {
        uint32_t c = next_wide(&in);

        if (c == BAD) {
            free(text);
            return E_INVALIDARG;
        }
        units += c < 0x10000 ? 1 : 2;
        len += put_narrow(text + len, c);
    }
    text[len] = '\0';
    *out = text;
    if (utf16_units)
        *utf16_units = units;
    return S_OK;
}

size_t utf_utf16_units(const char *in)
{
    const unsigned char *p = (const unsigned char *)in;
    size_t units = 0;

    while (*p)
        units += next_narrow(&p) < 0x10000 ? 1 : 2;
    return units;
}

size_t utf_wide_size(const char *in)
{
    const unsigned char *p = (const unsigned char *)in;
    size_t n = 1;

    while (*p) {
        uint32_t c = next_narrow(&p);

        if (c == BAD)
            return 0;
        n += sizeof(WCHAR) == 2 && c >= 0x10000 ? 2 : 1;
    }
    return n;
}

void utf_widen_to(const char *in, WCHAR *out)
{
    const unsigned char *p = (const unsigned char *)in;

    while (*p) {
        uint32_t c = next_narrow(&p);

        if (sizeof(WCHAR) == 2 && c >= 0x10000) {
            *out++ = (WCHAR)(0xD800 + ((c - 0x10000) >> 10));
            *out++ = (WCHAR)(0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            *out++ = (WCHAR)c;
        }
    }
    *out = 0;
}
