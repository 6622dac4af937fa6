/* job_properties.c: setters and getters of a job's properties: each names one row of job/property.h, which
 * does all the judging, and carries a value over. */
#include "com/objects.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"
#include "com/text.h"

static HRESULT set_number(struct com_job *self, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    return engine_job_set(self->object.job, property, &value);
}

static HRESULT get_number(struct com_job *self, enum job_property property, uint32_t *out)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER};
    HRESULT hr = engine_job_get(self->object.job, property, &value);

    if (SUCCEEDED(hr))
        *out = (uint32_t)value.number;
    return hr;
}

static HRESULT set_text(struct com_job *self, enum job_property property, LPCWSTR text)
{
    AUTOFREE char *narrow = NULL;
    struct job_value value = {.type = JOB_VALUE_TEXT};
    HRESULT hr = utf_narrow(text, &narrow, NULL);

    if (FAILED(hr))
        return hr;
    value.text = narrow;
    return engine_job_set(self->object.job, property, &value);
}

static HRESULT get_text(struct com_job *self, enum job_property property, LPWSTR *out)
{
    struct job_value value = {.type = JOB_VALUE_TEXT};
    HRESULT hr = engine_job_get(self->object.job, property, &value);

    if (FAILED(hr))
        return hr;
    hr = com_text_out(value.text, out);
    free((void *)(uintptr_t)value.text);
    return hr;
}

HRESULT com_job_SetDisplayName(struct com_job *self, LPCWSTR Val)
{
    return set_text(self, JOB_DISPLAY_NAME, Val);
}

HRESULT com_job_GetDisplayName(struct com_job *self, LPWSTR *pVal)
{
    return get_text(self, JOB_DISPLAY_NAME, pVal);
}

HRESULT com_job_SetDescription(struct com_job *self, LPCWSTR Val)
{
    return set_text(self, JOB_DESCRIPTION, Val);
}

HRESULT com_job_GetDescription(struct com_job *self, LPWSTR *pVal)
{
    return get_text(self, JOB_DESCRIPTION, pVal);
}

/* NULL stays NULL. */
static HRESULT narrow(LPCWSTR in, char **out)
{
    *out = NULL;
    return in ? utf_narrow(in, out, NULL) : S_OK;
}

HRESULT com_job_SetNotifyCmdLine(struct com_job *self, LPCWSTR Program, LPCWSTR Parameters)
{
    AUTOFREE char *program = NULL;
    AUTOFREE char *parameters = NULL;
    HRESULT hr = narrow(Program, &program);

    if (SUCCEEDED(hr))
        hr = narrow(Parameters, &parameters);
    return FAILED(hr) ? hr : engine_job_set_command_line(self->object.job, program, parameters);
}

/* What is not set is empty, not NULL. */
HRESULT com_job_GetNotifyCmdLine(struct com_job *self, LPWSTR *pProgram, LPWSTR *pParameters)
{
    AUTOFREE char *program = NULL;
    AUTOFREE char *parameters = NULL;
    HRESULT hr = engine_job_command_line(self->object.job, &program, &parameters);

    if (SUCCEEDED(hr))
        hr = com_text_out(program ? program : "", pProgram);
    if (SUCCEEDED(hr))
        hr = com_text_out(parameters ? parameters : "", pParameters);
    if (FAILED(hr)) {
        CoTaskMemFree(*pProgram);
        *pProgram = NULL;
    }
    return hr;
}

HRESULT com_job_SetPriority(struct com_job *self, BG_JOB_PRIORITY Val)
{
    return set_number(self, JOB_PRIORITY, (uint32_t)Val);
}

HRESULT com_job_GetPriority(struct com_job *self, BG_JOB_PRIORITY *pVal)
{
    uint32_t number = 0;
    HRESULT hr = get_number(self, JOB_PRIORITY, &number);

    *pVal = (BG_JOB_PRIORITY)number;
    return hr;
}

HRESULT com_job_SetNotifyFlags(struct com_job *self, ULONG Val)
{
    return set_number(self, JOB_NOTIFY_FLAGS, Val);
}

HRESULT com_job_GetNotifyFlags(struct com_job *self, ULONG *pVal)
{
    return get_number(self, JOB_NOTIFY_FLAGS, pVal);
}

HRESULT com_job_SetMinimumRetryDelay(struct com_job *self, ULONG Seconds)
{
    return set_number(self, JOB_MINIMUM_RETRY_DELAY_S, Seconds);
}

HRESULT com_job_GetMinimumRetryDelay(struct com_job *self, ULONG *Seconds)
{
    return get_number(self, JOB_MINIMUM_RETRY_DELAY_S, Seconds);
}

HRESULT com_job_SetNoProgressTimeout(struct com_job *self, ULONG Seconds)
{
    return set_number(self, JOB_NO_PROGRESS_TIMEOUT_S, Seconds);
}

HRESULT com_job_GetNoProgressTimeout(struct com_job *self, ULONG *Seconds)
{
    return get_number(self, JOB_NO_PROGRESS_TIMEOUT_S, Seconds);
}

HRESULT com_job_SetFileACLFlags(struct com_job *self, DWORD Flags)
{
    return set_number(self, JOB_FILE_ACL_FLAGS, Flags);
}

HRESULT com_job_GetFileACLFlags(struct com_job *self, DWORD *Flags)
{
    return get_number(self, JOB_FILE_ACL_FLAGS, Flags);
}

HRESULT com_job_SetPeerCachingFlags(struct com_job *self, DWORD Flags)
{
    return set_number(self, JOB_PEER_CACHING_FLAGS, Flags);
}

HRESULT com_job_GetPeerCachingFlags(struct com_job *self, DWORD *pFlags)
{
    return get_number(self, JOB_PEER_CACHING_FLAGS, pFlags);
}

HRESULT com_job_SetMaximumDownloadTime(struct com_job *self, ULONG Timeout)
{
    return set_number(self, JOB_MAXIMUM_DOWNLOAD_TIME_S, Timeout);
}

HRESULT com_job_GetMaximumDownloadTime(struct com_job *self, ULONG *pTimeout)
{
    return get_number(self, JOB_MAXIMUM_DOWNLOAD_TIME_S, pTimeout);
}

/* --- IBackgroundCopyJob5: properties by id (section J of the contract) */

enum member { MEMBER_DWORD, MEMBER_CLSID, MEMBER_ENABLE, MEMBER_UINT64, MEMBER_TARGET };

/* Which property of a job an id means, and in which member of the union its value is. */
struct by_id {
    BITS_JOB_PROPERTY_ID id;
    enum job_property property;
    enum member member;
};

/* NULL: there is none of that id; 6 and 8 neither. */
static const struct by_id *find_property(BITS_JOB_PROPERTY_ID id)
{
    static const struct by_id rows[] = {
        {BITS_JOB_PROPERTY_ID_COST_FLAGS, JOB_COST_FLAGS, MEMBER_DWORD},
        {BITS_JOB_PROPERTY_NOTIFICATION_CLSID, JOB_NOTIFICATION_CLSID, MEMBER_CLSID},
        {BITS_JOB_PROPERTY_DYNAMIC_CONTENT, JOB_DYNAMIC_CONTENT, MEMBER_ENABLE},
        {BITS_JOB_PROPERTY_HIGH_PERFORMANCE, JOB_HIGH_PERFORMANCE, MEMBER_ENABLE},
        {BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, JOB_MAX_DOWNLOAD_SIZE, MEMBER_UINT64},
        {BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, JOB_STORED_CREDENTIALS, MEMBER_TARGET},
        {BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, JOB_NOTIFICATION_INTERVAL_MS, MEMBER_DWORD},
        {BITS_JOB_PROPERTY_ON_DEMAND_MODE, JOB_ON_DEMAND_MODE, MEMBER_ENABLE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

HRESULT com_job_SetProperty(struct com_job *self, BITS_JOB_PROPERTY_ID PropertyId,
                            BITS_JOB_PROPERTY_VALUE PropertyValue)
{
    const struct by_id *row = find_property(PropertyId);
    struct job_value value = {.type = JOB_VALUE_NUMBER};

    if (!row)
        return BG_E_UNKNOWN_PROPERTY_ID;
    switch (row->member) {
    case MEMBER_DWORD:
        value.number = PropertyValue.Dword;
        break;
    case MEMBER_CLSID:
        value = (struct job_value){.type = JOB_VALUE_GUID, .guid = PropertyValue.ClsID};
        break;
    case MEMBER_ENABLE:
        value.number = PropertyValue.Enable != FALSE;
        break;
    case MEMBER_UINT64:
        value.number = PropertyValue.Uint64;
        break;
    case MEMBER_TARGET:
        value.number = (uint32_t)PropertyValue.Target;
        break;
    }
    return engine_job_set(self->object.job, row->property, &value);
}

HRESULT com_job_GetProperty(struct com_job *self, BITS_JOB_PROPERTY_ID PropertyId,
                            BITS_JOB_PROPERTY_VALUE *PropertyValue)
{
    const struct by_id *row = find_property(PropertyId);
    struct job_value value = {0};
    HRESULT hr = row ? engine_job_get(self->object.job, row->property, &value) : BG_E_UNKNOWN_PROPERTY_ID;

    if (FAILED(hr))
        return hr;
    switch (row->member) {
    case MEMBER_DWORD:
        PropertyValue->Dword = (DWORD)value.number;
        break;
    case MEMBER_CLSID:
        PropertyValue->ClsID = value.guid;
        break;
    case MEMBER_ENABLE:
        PropertyValue->Enable = value.number != 0;
        break;
    case MEMBER_UINT64:
        PropertyValue->Uint64 = value.number;
        break;
    case MEMBER_TARGET:
        PropertyValue->Target = (BG_AUTH_TARGET)value.number;
        break;
    }
    return hr;
}
