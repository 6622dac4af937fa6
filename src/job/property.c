/* property.c: see property.h. Every property is a row; every refusal comes from its row. */
#include "job/property.h"

#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "base/utf.h"
#include "job/rules.h"

/* BITS_JOB_TRANSFER_POLICY_*: what COST_FLAGS may read before it is set (R-654, A32). */
#define COST_UNRESTRICTED UINT32_C(0x80000021)
#define COST_STANDARD     UINT32_C(0x80000067)
#define COST_ALWAYS       UINT32_C(0x800000FF)

/* Whether the job is at a point where the property may be set; the common answer in a final state comes
 * before. NULL in a row: at any time. */
typedef HRESULT moment_fn(struct job *job, const struct settings *settings);

/* A14. */
static HRESULT moment_of_on_demand(struct job *job, const struct settings *settings)
{
    if (job->http.method)
        return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
    switch (job_choose(job, settings, SETTING_A14)) {
    case SETTING_A14_BEFORE_RESUME:
        return job->resumed_once ? BG_E_READ_ONLY_PROPERTY_AFTER_RESUME : S_OK;
    case SETTING_A14_PAUSED:
        return job_state_is_active(job->state) ? BG_E_READ_ONLY_WHEN_JOB_ACTIVE : S_OK;
    default:
        return S_OK;
    }
}

/* "After Resume" means: Resume has ever succeeded. */
static HRESULT moment_before_resume(struct job *job, const struct settings *settings)
{
    (void)settings;
    return job->resumed_once ? BG_E_READ_ONLY_PROPERTY_AFTER_RESUME : S_OK;
}

static HRESULT moment_before_files(struct job *job, const struct settings *settings)
{
    (void)settings;
    return job->file_count > 0 ? BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE : S_OK;
}

static HRESULT moment_before_transferred(struct job *job, const struct settings *settings)
{
    (void)settings;
    return job->state == JOB_TRANSFERRED ? BG_E_INVALID_STATE : S_OK;
}

/* a method of the client's own freezes the priority. */
static HRESULT moment_of_priority(struct job *job, const struct settings *settings)
{
    (void)settings;
    return job->http.method ? BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD : S_OK;
}

/* */
static HRESULT moment_of_dynamic(struct job *job, const struct settings *settings)
{
    return job->http.method ? BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD
                            : moment_before_resume(job, settings);
}

struct property {
    enum job_value_type type;
    size_t offset; /* texts and GUIDs: of the char * or the GUID in struct job */

    /* numbers: legal from `least` to `max`, and of `bits` only; is_flag: anything but 0 becomes 1 */
    uint64_t initial, least, max;
    uint64_t bits; /* 0: any */
    bool is_flag;
    HRESULT below_least; /* S_OK: the number becomes `least` */
    HRESULT above_max;   /* of other bits too */

    /* texts */
    size_t max_utf16_units;
    HRESULT too_long;

    moment_fn *moment;
    unsigned changes; /* enum job_changes, beside JOB_CHANGED */
};

static const struct property properties[JOB_PROPERTY_COUNT] = {
    /* R-003 has two codes for one condition; CreateJob's own is job_init's matter */
    [JOB_DISPLAY_NAME] = {.type = JOB_VALUE_TEXT,
                          .offset = offsetof(struct job, display_name),
                          .max_utf16_units = 256,
                          .too_long = BG_E_STRING_TOO_LONG},
    [JOB_DESCRIPTION] = {.type = JOB_VALUE_TEXT,
                         .offset = offsetof(struct job, description),
                         .max_utf16_units = 1024,
                         .too_long = BG_E_STRING_TOO_LONG},
    [JOB_PRIORITY] = {.initial = JOB_NORMAL,
                      .max = JOB_LOW,
                      .moment = moment_of_priority,
                      .above_max = E_NOTIMPL,
                      .changes = JOB_CHANGED_WORK | JOB_CHANGED_PRIORITY},
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
    [JOB_MAXIMUM_DOWNLOAD_TIME_S] = {.initial = 7776000, /* */
                                     .max = UINT32_MAX,
                                     .above_max = E_INVALIDARG,
                                     .changes = JOB_CHANGED_WORK},
    /* of no effect for HTTP */
    [JOB_FILE_ACL_FLAGS] = {.max = 15, .above_max = E_INVALIDARG, .moment = moment_before_transferred},
    [JOB_PEER_CACHING_FLAGS] = {.max = 7, .above_max = E_NOTIMPL}, /* */
    [JOB_COST_FLAGS] = {.initial = COST_UNRESTRICTED,
                        .max = UINT32_MAX,
                        .bits = 0xC00000FF,
                        .above_max = E_INVALIDARG,
                        .changes = JOB_CHANGED_WORK},
    [JOB_NOTIFICATION_CLSID] = {.type = JOB_VALUE_GUID, .offset = offsetof(struct job, notification_clsid)},
    [JOB_DYNAMIC_CONTENT] = {.max = UINT32_MAX,
                             .is_flag = true,
                             .above_max = E_INVALIDARG,
                             .moment = moment_of_dynamic,
                             .changes = JOB_CHANGED_WORK},
    [JOB_HIGH_PERFORMANCE] = {.max = UINT32_MAX,
                              .is_flag = true,
                              .above_max = E_INVALIDARG,
                              .moment = moment_before_files},
    [JOB_MAX_DOWNLOAD_SIZE] = {.initial = UINT64_MAX, /* no limit */
                               .least = 1,
                               .max = UINT64_MAX,
                               .below_least = BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
                               .moment = moment_before_resume},
    /* only the proxy's (BG_AUTH_TARGET_PROXY) are supported; none is set at first */
    [JOB_STORED_CREDENTIALS] = {.least = 2,
                                .max = 2,
                                .below_least = BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
                                .above_max = BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED},
    [JOB_HELPER_TOKEN_FLAGS] = {.max = 3, .above_max = E_INVALIDARG, .changes = JOB_CHANGED_WORK},
    [JOB_HELPER_TOKEN] = {.max = 1, .above_max = E_INVALIDARG, .changes = JOB_CHANGED_WORK},
};

static void *place_of(struct job *job, const struct property *row)
{
    return (char *)job + row->offset;
}

static char **text_of(struct job *job, const struct property *row)
{
    return place_of(job, row);
}

void job_choose_defaults(struct job *job, const struct settings *settings)
{
    static const uint64_t cost_flags[] = {
        [SETTING_A32_UNRESTRICTED] = COST_UNRESTRICTED,
        [SETTING_A32_STANDARD] = COST_STANDARD,
        [SETTING_A32_ALWAYS] = COST_ALWAYS,
    };

    job->number[JOB_COST_FLAGS] = cost_flags[job_choose(job, settings, SETTING_A32)];
    /* the page says 500; a client was seen that relies on reading 0. */
    if (job_choose(job, settings, SETTING_A5) == SETTING_A5_ZERO_DEFAULT)
        job->number[JOB_NOTIFICATION_INTERVAL_MS] = 0;
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
    if (row->type == JOB_VALUE_GUID)
        return S_OK;
    if (row->type == JOB_VALUE_NUMBER) {
        if (value->number > row->max || (row->bits && value->number & ~row->bits))
            return row->above_max;
        return value->number < row->least ? row->below_least : S_OK;
    }
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
    } else if (row->type == JOB_VALUE_GUID) {
        *(GUID *)place_of(job, row) = value->guid;
    } else {
        job->number[property] = stored_number(row, value->number);
    }
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED | row->changes;
    return S_OK;
}

HRESULT job_get(const struct job *job, enum job_property property, struct job_value *value)
{
    *value = (struct job_value){0};
    if ((unsigned)property >= JOB_PROPERTY_COUNT)
        return E_INVALIDARG;
    value->type = properties[property].type;
    switch (value->type) {
    case JOB_VALUE_NUMBER:
        value->number = job->number[property];
        break;
    case JOB_VALUE_TEXT:
        value->text = *(char *const *)(const void *)((const char *)job + properties[property].offset);
        break;
    case JOB_VALUE_GUID:
        value->guid = *(const GUID *)(const void *)((const char *)job + properties[property].offset);
        break;
    }
    return S_OK;
}
