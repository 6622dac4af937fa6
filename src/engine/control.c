/* control.c: what IOpenBitsControl steers and reads: settings, the clock, counters. */
#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

void control_trace_settings(struct engine *engine)
{
    struct trace_line *line = trace_begin(engine->trace, "settings");
    char number[16];

    trace_text(line, "profile", settings_profile_name(&engine->shared.settings));
    trace_number(line, "seed", engine->shared.settings.seed);
    trace_enter(line, "values");
    for (unsigned i = 0; line && i < SETTING_COUNT; i++) {
        const char *id = settings_info((enum setting)i)->id;

        trace_text(line, id, settings_get(&engine->shared.settings, id, number, sizeof number));
    }
    trace_leave(line);
    trace_end(line);
}

HRESULT engine_set_setting(struct engine *engine, const char *name, const char *value)
{
    HRESULT hr;

    LOCK_SCOPE(&engine->lock);
    hr = settings_set(&engine->shared.settings, name, value);
    if (FAILED(hr))
        return hr;
    notify_settings_changed(engine->notify, &engine->shared.settings);
    control_trace_settings(engine);
    return S_OK;
}

HRESULT engine_get_setting(struct engine *engine, const char *name, char *out, size_t size)
{
    const char *value;

    LOCK_SCOPE(&engine->lock);
    value = settings_get(&engine->shared.settings, name, out, size);
    if (!value)
        return E_INVALIDARG;
    if (value != out)
        snprintf(out, size, "%s", value);
    return S_OK;
}

uint64_t engine_now_us(struct engine *engine)
{
    return clock_now_us(engine->clock);
}

HRESULT engine_advance_us(struct engine *engine, uint64_t delta_us)
{
    HRESULT hr = clock_advance_us(engine->clock, delta_us);

    if (FAILED(hr))
        return hr;
    mutex_lock(&engine->lock);
    engine_note_change(engine); /* the limit of one who waits may have passed */
    mutex_unlock(&engine->lock);
    return S_OK;
}

HRESULT engine_counter(struct engine *engine, const char *name, uint64_t *out)
{
    struct notify_counters told;
    struct engine_counters own;
    uint64_t dropped = 0;

    notify_counters(engine->notify, &told);
    mutex_lock(&engine->lock);
    own = engine->shared.counters;
    mutex_unlock(&engine->lock);
    for (int kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
        dropped += told.dropped[kind];
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"requests", own.requests},
        {"bytes-fetched", own.bytes_fetched},
        {"bytes-asked-twice", own.bytes_asked_twice},
        {"callbacks-transferred", told.delivered[NOTIFY_TRANSFERRED]},
        {"callbacks-error", told.delivered[NOTIFY_ERROR]},
        {"callbacks-modification", told.delivered[NOTIFY_MODIFICATION]},
        {"callbacks-file", told.delivered[NOTIFY_FILE]},
        {"callbacks-ranges", told.delivered[NOTIFY_RANGES]},
        {"dropped-events", dropped},
        {"repeated-callbacks", told.repeated},
        {"running-callbacks", told.running},
        {"waiting-for-slot", told.waiting_for_slot},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *out = rows[i].value;
            return S_OK;
        }
    }
    *out = 0;
    return E_INVALIDARG;
}
