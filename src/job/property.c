/* property.c: see property.h. Every property is a row; every refusal comes from its row. */
#include "job/property.h"

#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "base/utf.h"
#include "job/rules.h"

/* Whether the job is at a point where the property may be set; the common answer in a final state comes
 * before. NULL in a row: at any time. */
typedef HRESULT moment_fn(struct job *job, const struct settings *settings);

/* R-212, A14. */
static HRESULT moment_of_on_demand(struct job *job, const struct settings *settings)
{
    switch (job_choose(job, settings, SETTING_A14)) {
    case SETTING_A14_BEFORE_RESUME:
        return job->resumed_once ? BG_E_READ_ONLY_PROPERTY_AFTER_RESUME : S_OK;
    case SETTING_A14_PAUSED:
        return job_state_is_active(job->state) ? BG_E_READ_ONLY_WHEN_JOB_ACTIVE : S_OK;
    default:
        return S_OK;
    }
}

struct property {
    enum job_value_type type;

    /* numbers: legal up to `max`; below `least` they become `least`; is_flag: anything but 0 becomes 1 */
    uint64_t initial, least, max;
    bool is_flag;
    HRESULT above_max;

    /* texts */
    size_t text; /* offset of the char * in struct job */
    size_t max_utf16_units;
    HRESULT too_long;

    moment_fn *moment;
    unsigned changes; /* enum job_changes, beside JOB_CHANGED */
};

static const struct property properties[JOB_PROPERTY_COUNT] = {
    /* R-003 has two codes for one condition; CreateJob's own is job_init's matter */
    [JOB_DISPLAY_NAME] = {.type = JOB_VALUE_TEXT,
                          .text = offsetof(struct job, display_name),
                          .max_utf16_units = 256,
                          .too_long = BG_E_STRING_TOO_LONG},
    [JOB_DESCRIPTION] = {.type = JOB_VALUE_TEXT,
                         .text = offsetof(struct job, description),
                         .max_utf16_units = 1024,
                         .too_long = BG_E_STRING_TOO_LONG},
    [JOB_PRIORITY] = {.initial = JOB_NORMAL,
                      .max = JOB_LOW,
                      .above_max = E_NOTIMPL,
                      .changes = JOB_CHANGED_WORK},
    [JOB_NOTIFY_FLAGS] = {.initial = JOB_NOTIFY_TRANSFERRED | JOB_NOTIFY_ERROR,
                          .max = 0x3F, /* every legal bit */
                          .above_max = E_NOTIMPL,
                          .changes = JOB_CHANGED_INTEREST},
    [JOB_MINIMUM_RETRY_DELAY_S] = {.initial = 600,
                                   .least = 5,
                                   .max = UINT32_MAX,
                                   .above_max = E_INVALIDARG,
                                   .changes = JOB_CHANGED_WORK},
    [JOB_NO_PROGRESS_TIMEOUT_S] = {.initial = 1209600,
                                   .max = UINT32_MAX,
                                   .above_max = E_INVALIDARG,
                                   .changes = JOB_CHANGED_WORK},
    [JOB_ON_DEMAND_MODE] = {.max = UINT32_MAX,
                            .is_flag = true,
                            .above_max = E_INVALIDARG,
                            .moment = moment_of_on_demand,
                            .changes = JOB_CHANGED_WORK},
    [JOB_NOTIFICATION_INTERVAL_MS] = {.initial = 500,
                                      .max = UINT32_MAX,
                                      .above_max = E_INVALIDARG,
                                      .changes = JOB_CHANGED_INTERVAL},
};

static char **text_of(struct job *job, const struct property *row)
{
    return (char **)(void *)((char *)job + row->text);
}

HRESULT job_properties_init(struct job *job)
{
    for (size_t i = 0; i < JOB_PROPERTY_COUNT; i++) {
        const struct property *row = &properties[i];

        job->number[i] = row->initial;
        if (row->type == JOB_VALUE_TEXT) {
            *text_of(job, row) = strdup("");
            if (!*text_of(job, row))
                return E_OUTOFMEMORY;
        }
    }
    return S_OK;
}

/* Whether the value is legal by itself. */
static HRESULT check_value(const struct property *row, const struct job_value *value)
{
    if (value->type != row->type)
        return E_INVALIDARG;
    if (row->type == JOB_VALUE_NUMBER)
        return value->number > row->max ? row->above_max : S_OK;
    if (!value->text)
        return E_INVALIDARG;
    return utf_utf16_units(value->text) > row->max_utf16_units ? row->too_long : S_OK;
}

static HRESULT set_text(char **text, const char *value)
{
    char *copy = strdup(value);

    if (!copy)
        return E_OUTOFMEMORY;
    free(*text);
    *text = copy;
    return S_OK;
}

static uint64_t stored_number(const struct property *row, uint64_t number)
{
    if (row->is_flag)
        return number != 0;
    return number < row->least ? row->least : number;
}

HRESULT job_set(struct job *job, enum job_property property, const struct job_value *value,
                const struct settings *settings, uint64_t now_100ns)
{
    const struct property *row = &properties[property];
    HRESULT hr;

    if ((unsigned)property >= JOB_PROPERTY_COUNT)
        return E_INVALIDARG;
    hr = check_value(row, value);
    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    hr = row->moment ? row->moment(job, settings) : S_OK;
    if (FAILED(hr))
        return hr;
    if (row->type == JOB_VALUE_TEXT) {
        hr = set_text(text_of(job, row), value->text);
        if (FAILED(hr))
            return hr;
    } else {
        job->number[property] = stored_number(row, value->number);
    }
    job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED | row->changes;
    return S_OK;
}

HRESULT job_get(const struct job *job, enum job_property property, struct job_value *value)
{
    *value = (struct job_value){0};
    if ((unsigned)property >= JOB_PROPERTY_COUNT)
        return E_INVALIDARG;
    value->type = properties[property].type;
    if (value->type == JOB_VALUE_NUMBER)
        value->number = job->number[property];
    else
        value->text = *(char *const *)(const void *)((const char *)job + properties[property].text);
    return S_OK;
}
