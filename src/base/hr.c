/* hr.c: names and texts of result codes, looked up in a table that the build makes from data/hresult.tsv. */
#include "base/hr.h"

#include <stdlib.h>

struct hr_row {
    uint32_t code;
    const char *name, *text;
};

static const struct hr_row rows[] = {
#include "base/hr_table.h"
};

static int by_code(const void *key, const void *row)
{
    uint32_t code = *(const uint32_t *)key, other = ((const struct hr_row *)row)->code;

    return (code > other) - (code < other);
}

static const struct hr_row *find(HRESULT hr)
{
    uint32_t code = (uint32_t)hr;

    return bsearch(&code, rows, sizeof rows / sizeof *rows, sizeof *rows, by_code);
}

const char *hr_name(HRESULT hr)
{
    const struct hr_row *row = find(hr);

    return row ? row->name : NULL;
}

const char *hr_text(HRESULT hr)
{
    const struct hr_row *row = find(hr);

    if (row)
        return row->text;
    if (hr_http_status(hr))
        return "The server answered with an HTTP status that is an error; look in the server's log.";
    return FAILED(hr) ? "The operation failed." : "The operation succeeded.";
}
