/* owner.c: whose a job is, and for whom it acts: owners and helper tokens (IBitsTokenOptions).
 *
 * There is one owner an engine, and every caller is that owner. A helper token captures the caller's
 * identity, so it is the owner's too; what is remembered is whether one was captured.
 */
#include "com/objects.h"

#include "com/text.h"

/* S-1-16-x: mandatory levels. */
enum { LEVEL_MEDIUM = 0x2000, LEVEL_HIGH = 0x3000 };

HRESULT com_job_GetOwner(struct com_job *self, LPWSTR *pVal)
{
    return com_text_out(engine_owner_sid(self->object.engine), pVal);
}

HRESULT com_job_GetOwnerIntegrityLevel(struct com_job *self, ULONG *pLevel)
{
    *pLevel = engine_owner_is_administrator(self->object.engine) ? LEVEL_HIGH : LEVEL_MEDIUM;
    return S_OK;
}

HRESULT com_job_GetOwnerElevationState(struct com_job *self, BOOL *pElevated)
{
    *pElevated = engine_owner_is_administrator(self->object.engine);
    return S_OK;
}

HRESULT com_job_TakeOwnership(struct com_job *self)
{
    return engine_job_take_ownership(self->object.job);
}

static HRESULT set(struct com_job *self, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    return engine_job_set(self->object.job, property, &value);
}

HRESULT com_job_SetHelperTokenFlags(struct com_job *self, DWORD UsageFlags)
{
    return set(self, JOB_HELPER_TOKEN_FLAGS, UsageFlags);
}

HRESULT com_job_GetHelperTokenFlags(struct com_job *self, DWORD *pFlags)
{
    struct job_value value;
    HRESULT hr = engine_job_get(self->object.job, JOB_HELPER_TOKEN_FLAGS, &value);

    if (SUCCEEDED(hr))
        *pFlags = (DWORD)value.number;
    return hr;
}

HRESULT com_job_SetHelperToken(struct com_job *self)
{
    return set(self, JOB_HELPER_TOKEN, 1);
}

HRESULT com_job_ClearHelperToken(struct com_job *self)
{
    return set(self, JOB_HELPER_TOKEN, 0);
}

/* NULL with S_OK if there is no token. */
HRESULT com_job_GetHelperTokenSid(struct com_job *self, LPWSTR *pSid)
{
    struct job_value value;
    HRESULT hr = engine_job_get(self->object.job, JOB_HELPER_TOKEN, &value);

    if (FAILED(hr) || value.number == 0)
        return hr;
    return com_text_out(engine_owner_sid(self->object.engine), pSid);
}
