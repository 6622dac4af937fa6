/* file.c: IBackgroundCopyFile to 6: one file of a job, by its index, which never changes. */
#include "com/objects.h"

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"
#include "com/convert.h"
#include "com/text.h"

HRESULT com_file_create(struct engine *engine, struct engine_job *job, uint32_t file,
                        IBackgroundCopyFile **out)
{
    struct com_file *made = com_file_new(engine, job, file);

    if (!made)
        return E_OUTOFMEMORY;
    *out = com_file_interface(made);
    return S_OK;
}

static HRESULT text_of(struct com_file *self, enum engine_file_text which, LPWSTR *out)
{
    AUTOFREE char *text = NULL;
    HRESULT hr = engine_file_text(self->object.job, self->object.file, which, &text);

    return FAILED(hr) ? hr : com_text_out(text, out);
}

HRESULT com_file_GetRemoteName(struct com_file *self, LPWSTR *pVal)
{
    return text_of(self, ENGINE_FILE_REMOTE_NAME, pVal);
}

HRESULT com_file_GetLocalName(struct com_file *self, LPWSTR *pVal)
{
    return text_of(self, ENGINE_FILE_LOCAL_NAME, pVal);
}

HRESULT com_file_GetTemporaryName(struct com_file *self, LPWSTR *pFilename)
{
    return text_of(self, ENGINE_FILE_TEMPORARY_NAME, pFilename);
}

HRESULT com_file_GetProgress(struct com_file *self, BG_FILE_PROGRESS *pVal)
{
    struct engine_file_status status;

    engine_file_status(self->object.job, self->object.file, &status);
    pVal->BytesTotal = status.bytes_total;
    pVal->BytesTransferred = status.bytes_transferred;
    pVal->Completed = status.completed;
    return S_OK;
}

HRESULT com_file_UpdateDownloadPosition(struct com_file *self, UINT64 offset)
{
    return engine_file_update_position(self->object.job, self->object.file, offset);
}

HRESULT com_file_RequestFileRanges(struct com_file *self, DWORD rangeCount, const BG_FILE_RANGE *ranges)
{
    AUTOFREE struct range *list = NULL;
    HRESULT hr;

    if (rangeCount == 0)
        return E_INVALIDARG; /* */
    hr = com_ranges_in(ranges, rangeCount, &list);
    if (FAILED(hr))
        return hr;
    return engine_file_request_ranges(self->object.job, self->object.file, list, rangeCount);
}

HRESULT com_file_GetFilledFileRanges(struct com_file *self, DWORD *rangeCount, BG_FILE_RANGE **ranges)
{
    AUTOFREE struct range *list = NULL;
    size_t count = 0;
    HRESULT hr = engine_file_filled_ranges(self->object.job, self->object.file, &list, &count);

    if (FAILED(hr))
        return hr;
    if (count > UINT32_MAX)
        return E_OUTOFMEMORY; /* the array cannot be made */
    hr = com_ranges_out(list, count, ranges);
    if (SUCCEEDED(hr))
        *rangeCount = (DWORD)count;
    return hr;
}

HRESULT com_file_SetRemoteName(struct com_file *self, LPCWSTR Val)
{
    AUTOFREE char *name = NULL;
    HRESULT hr = utf_narrow(Val, &name, NULL);

    return FAILED(hr) ? hr : engine_file_set_remote_name(self->object.job, self->object.file, name);
}

/* Of a file that was added without ranges. */
HRESULT com_file_GetFileRanges(struct com_file *self, DWORD *RangeCount, BG_FILE_RANGE **Ranges)
{
    (void)self;
    (void)Ranges;
    if (!RangeCount)
        return E_INVALIDARG;
    *RangeCount = 0;
    return S_FALSE;
}

HRESULT com_file_SetValidationState(struct com_file *self, BOOL state)
{
    return engine_file_set_validation(self->object.job, self->object.file, state != FALSE);
}

HRESULT com_file_GetValidationState(struct com_file *self, BOOL *pState)
{
    struct engine_file_status status;

    engine_file_status(self->object.job, self->object.file, &status);
    *pState = status.validated;
    return S_OK;
}

/* Peer caching is dead since BITS 4.0: all comes from the origin. */
HRESULT com_file_IsDownloadedFromPeer(struct com_file *self, BOOL *pVal)
{
    (void)self;
    *pVal = FALSE;
    return S_OK;
}

HRESULT com_file_GetPeerDownloadStats(struct com_file *self, UINT64 *pFromOrigin, UINT64 *pFromPeers)
{
    struct engine_file_status status;

    engine_file_status(self->object.job, self->object.file, &status);
    *pFromOrigin = status.bytes_transferred;
    *pFromPeers = 0;
    return S_OK;
}

/* */
HRESULT com_file_SetProperty(struct com_file *self, BITS_FILE_PROPERTY_ID PropertyId,
                             BITS_FILE_PROPERTY_VALUE PropertyValue)
{
    (void)self;
    (void)PropertyValue;
    return PropertyId == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS ? BG_E_READ_ONLY_PROPERTY
                                                                     : BG_E_UNKNOWN_PROPERTY_ID;
}

HRESULT com_file_GetProperty(struct com_file *self, BITS_FILE_PROPERTY_ID PropertyId,
                             BITS_FILE_PROPERTY_VALUE *PropertyValue)
{
    if (PropertyId != BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS)
        return BG_E_UNKNOWN_PROPERTY_ID;
    return text_of(self, ENGINE_FILE_RESPONSE_HEADERS, &PropertyValue->String);
}
