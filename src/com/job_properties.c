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

/* --- IBackgroundCopyJob5: properties by id (section J of the contract) */

/* S_OK for the two that are done, E_NOTIMPL for the others that BITS has (data/unimplemented.tsv lists
 * them), BG_E_UNKNOWN_PROPERTY_ID for all else, 6 and 8 included. */
static HRESULT known_property(BITS_JOB_PROPERTY_ID id)
{
    switch (id) {
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        return S_OK;
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        return E_NOTIMPL;
    default:
        return BG_E_UNKNOWN_PROPERTY_ID;
    }
}

HRESULT com_job_SetProperty(struct com_job *self, BITS_JOB_PROPERTY_ID PropertyId,
                            BITS_JOB_PROPERTY_VALUE PropertyValue)
{
    HRESULT hr = known_property(PropertyId);

    if (FAILED(hr))
        return hr;
    if (PropertyId == BITS_JOB_PROPERTY_ON_DEMAND_MODE)
        return set_number(self, JOB_ON_DEMAND_MODE, PropertyValue.Enable != FALSE);
    return set_number(self, JOB_NOTIFICATION_INTERVAL_MS, PropertyValue.Dword);
}

HRESULT com_job_GetProperty(struct com_job *self, BITS_JOB_PROPERTY_ID PropertyId,
                            BITS_JOB_PROPERTY_VALUE *PropertyValue)
{
    uint32_t number = 0;
    HRESULT hr = known_property(PropertyId);

    if (FAILED(hr))
        return hr;
    if (PropertyId == BITS_JOB_PROPERTY_ON_DEMAND_MODE) {
        hr = get_number(self, JOB_ON_DEMAND_MODE, &number);
        PropertyValue->Enable = number != 0;
        return hr;
    }
    return get_number(self, JOB_NOTIFICATION_INTERVAL_MS, &PropertyValue->Dword);
}
