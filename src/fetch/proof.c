/* proof.c: the table of proof.h, one function a kind of request, its rows in the table's order.
 *
 * Validators are compared as text, byte by byte: an ETag that turned weak, or a date in another format, is
 * another version. That can only cost bytes fetched again, never a wrong one. A validator that only one side
 * has says nothing.
 */
#include "fetch/proof.h"

#include <string.h>

#include "base/hr.h"

enum match {
    MATCH_UNKNOWN, /* nothing to compare */
    MATCH_SAME,
    MATCH_OTHER,
};

static enum match match_text(const char *known, const struct fetch_headers *headers, enum fetch_field field)
{
    size_t len;
    const char *value = fetch_headers_value(headers, field, &len);

    if (!known || !value)
        return MATCH_UNKNOWN;
    return strlen(known) == len && memcmp(known, value, len) == 0 ? MATCH_SAME : MATCH_OTHER;
}

/* Both validators together: one that differs decides. */
static enum match match_validators(const struct fetch_version *known, const struct fetch_headers *headers)
{
    enum match etag = match_text(known->etag, headers, FETCH_FIELD_ETAG);
    enum match date = match_text(known->last_modified, headers, FETCH_FIELD_LAST_MODIFIED);

    return etag > date ? etag : date;
}

static enum match match_size(uint64_t known, uint64_t size)
{
    if (known == FETCH_SIZE_UNKNOWN || size == FETCH_SIZE_UNKNOWN)
        return MATCH_UNKNOWN;
    return known == size ? MATCH_SAME : MATCH_OTHER;
}

static HRESULT check_full(const struct fetch_spec *spec, const struct fetch_headers *h, struct proof *out)
{
    if (h->status == 206 && spec->kind == FETCH_WHOLE)
        return BG_E_INVALID_SERVER_RESPONSE;
    if (h->status != 200)
        return hr_from_http_status(h->status);

    out->size = h->content_length;
    if (h->contradictory || h->coded || (h->chunked && h->content_length != FETCH_SIZE_UNKNOWN))
        return BG_E_INVALID_SERVER_RESPONSE;
    if (h->content_length == FETCH_SIZE_UNKNOWN && spec->end == FETCH_END_OF_BODY) {
        out->body = (struct range){0, FETCH_SIZE_UNKNOWN};
        return S_OK;
    }
    if (h->content_length == FETCH_SIZE_UNKNOWN)
        return BG_E_MISSING_FILE_SIZE;
    if (match_size(spec->expected.size, h->content_length) == MATCH_OTHER ||
        match_validators(&spec->expected, h) == MATCH_OTHER)
        return BG_E_REMOTE_FILE_CHANGED;
    if (spec->kind == FETCH_SIZE)
        return S_OK;

    /* A slice that some cache kept as the whole file still carries its Content-Range. */
    size_t len;
    if (fetch_headers_value(h, FETCH_FIELD_CONTENT_RANGE, &len) &&
        (!h->has_content_range || h->content_range.range.start != 0 ||
         h->content_range.range.end != h->content_length || h->content_range.total != h->content_length))
        return BG_E_INVALID_SERVER_RESPONSE;
    out->body = (struct range){0, h->content_length};
    return S_OK;
}

static HRESULT check_part(const struct fetch_spec *spec, const struct fetch_headers *h, struct proof *out)
{
    const struct content_range *got = &h->content_range;
    enum match size, validators;

    if (h->contradictory || h->coded || (h->chunked && h->content_length != FETCH_SIZE_UNKNOWN))
        return BG_E_INVALID_SERVER_RESPONSE;
    if (!h->has_content_range || range_empty(got->range) || h->multipart)
        return BG_E_INSUFFICIENT_RANGE_SUPPORT;

    out->size = got->total;
    size = match_size(spec->expected.size, got->total);
    validators = match_validators(&spec->expected, h);
    if (size == MATCH_OTHER || validators == MATCH_OTHER)
        return BG_E_REMOTE_FILE_CHANGED;
    if (got->range.start != spec->range.start || got->range.end > spec->range.end)
        return BG_E_INSUFFICIENT_RANGE_SUPPORT;
    if (got->total == FETCH_SIZE_UNKNOWN && spec->expected.size != FETCH_SIZE_UNKNOWN &&
        validators != MATCH_SAME)
        return BG_E_INSUFFICIENT_RANGE_SUPPORT;
    if (h->content_length != FETCH_SIZE_UNKNOWN && h->content_length != range_len(got->range))
        return BG_E_INVALID_SERVER_RESPONSE;
    out->body = got->range;
    return S_OK;
}

static HRESULT check_unsatisfiable(const struct fetch_spec *spec, const struct fetch_headers *h,
                                   struct proof *out)
{
    uint64_t size = spec->expected.size;

    if (h->has_content_range && h->content_range.total != FETCH_SIZE_UNKNOWN) {
        out->size = h->content_range.total;
        if (match_size(spec->expected.size, out->size) == MATCH_OTHER)
            return BG_E_REMOTE_FILE_CHANGED;
        size = out->size;
    }
    /* The server denies a byte that exists as far as anyone knows: it must be another file by now. */
    if (size != FETCH_SIZE_UNKNOWN && spec->range.start < size)
        return BG_E_REMOTE_FILE_CHANGED;
    return BG_E_INVALID_RANGE;
}

HRESULT proof_check(const struct fetch_spec *spec, const struct fetch_headers *headers, struct proof *out)
{
    *out = (struct proof){.size = FETCH_SIZE_UNKNOWN};
    if (spec->kind != FETCH_RANGE)
        return check_full(spec, headers, out);
    switch (headers->status) {
    case 200:
        return match_validators(&spec->expected, headers) == MATCH_OTHER ? BG_E_REMOTE_FILE_CHANGED
                                                                         : BG_E_INSUFFICIENT_RANGE_SUPPORT;
    case 206:
        return check_part(spec, headers, out);
    case 412:
        return BG_E_REMOTE_FILE_CHANGED;
    case 416:
        return check_unsatisfiable(spec, headers, out);
    default:
        return hr_from_http_status(headers->status);
    }
}
