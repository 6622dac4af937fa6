/* create.c: openbits_create_manager: from options to an engine, and a manager over it.
 *
 * Each choice is looked for in the options, then in the environment; what neither says is the default
 * (decision 12). An environment variable that says nothing sensible is refused like a bad option: a run that
 * silently lives by another clock would be worse than none.
 */
#include "api/create.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/check.h"
#include "com/com.h"
#include "sys/user.h"

enum {
    KNOWN_FLAGS =
        OPENBITS_PUMP_CALLBACKS | OPENBITS_CAP_PER_PROCESS | OPENBITS_CHECK | OPENBITS_ADMINISTRATOR,
    DEFAULT_CAP = 4,
    MAX_CAP = 64,
    DEFAULT_CALLBACK_LIMIT_MS = 1000,
};

static const struct openbits_options default_options = {.size = sizeof default_options};

static HRESULT check_options(const struct openbits_options *options)
{
    if (options->size != sizeof *options || options->flags & ~(DWORD)KNOWN_FLAGS ||
        options->clock > OPENBITS_CLOCK_AUTOMATIC || options->notification_cap > MAX_CAP)
        return E_INVALIDARG;
    return S_OK;
}

/* NULL if the variable is not set, or empty. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static HRESULT choose_clock(DWORD option, enum clock_mode *out)
{
    static const struct {
        const char *word;
        enum openbits_clock option;
        enum clock_mode mode;
    } clocks[] = {
        {"real", OPENBITS_CLOCK_REAL, CLOCK_REAL},
        {"manual", OPENBITS_CLOCK_MANUAL, CLOCK_MANUAL},
        {"auto", OPENBITS_CLOCK_AUTOMATIC, CLOCK_AUTOMATIC},
    };
    const char *word = environment("OPENBITS_CLOCK");

    if (option == OPENBITS_CLOCK_DEFAULT && !word)
        word = "real";
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        if (option != OPENBITS_CLOCK_DEFAULT ? clocks[i].option == (enum openbits_clock)option
                                             : strcmp(clocks[i].word, word) == 0) {
            *out = clocks[i].mode;
            return S_OK;
        }
    return E_INVALIDARG;
}

/* Settings that were set by name stay when the profile is changed, so the weakest word comes first. */
static HRESULT choose_settings(const struct openbits_options *options, struct settings *out)
{
    HRESULT hr;

    settings_init(out);
    hr = settings_from_environment(out, NULL);
    if (SUCCEEDED(hr) && options->profile)
        hr = settings_set_profile(out, options->profile);
    if (SUCCEEDED(hr) && options->settings)
        hr = settings_set_list(out, options->settings, NULL);
    if (options->seed)
        out->seed = options->seed;
    return hr;
}

/* *on: whether `out` is to be used at all. */
static HRESULT choose_check(const struct openbits_options *options, struct check_config *out, bool *on)
{
    enum { US_PER_MS = 1000 };
    const char *word = environment("OPENBITS_CHECK");

    if (word && strcmp(word, "0") != 0 && strcmp(word, "1") != 0)
        return E_INVALIDARG;
    *on = (options->flags & OPENBITS_CHECK) || (word && word[0] == '1');
    *out = (struct check_config){
        .diagnostic = options->diagnostic,
        .context = options->diagnostic_context,
        .callback_limit_us =
            (uint64_t)(options->callback_limit_ms ? options->callback_limit_ms : DEFAULT_CALLBACK_LIMIT_MS) *
            US_PER_MS,
    };
    return S_OK;
}

/* Where certificate stores are (docs/certificates.md); *out is the caller's, NULL: nowhere. E_OUTOFMEMORY. */
static HRESULT choose_certificates(char **out)
{
    const char *set = environment("OPENBITS_CERTIFICATES"), *config = environment("XDG_CONFIG_HOME");
    const char *home = environment("HOME"), *base = config ? config : home;
    const char *rest = config ? "/openbits/certificates" : "/.config/openbits/certificates";

    *out = NULL;
    if (!set && !base)
        return S_OK;
    *out = malloc(set ? strlen(set) + 1 : strlen(base) + strlen(rest) + 1);
    if (!*out)
        return E_OUTOFMEMORY;
    strcpy(*out, set ? set : base);
    if (!set)
        strcat(*out, rest);
    return S_OK;
}

/* Paths with a colon between two; a relative one would never be a command line's. */
static HRESULT choose_programs(const char *option, const char **out)
{
    const char *path = option ? option : environment("OPENBITS_NOTIFY_PROGRAMS");

    *out = path;
    for (; path; path = strchr(path, ':')) {
        path += *path == ':';
        if (*path != '/')
            return E_INVALIDARG;
    }
    return S_OK;
}

HRESULT api_create_engine(const struct openbits_options *options, const char *name, struct engine **out)
{
    AUTOFREE char *sid = NULL;
    AUTOFREE char *runtime_dir = NULL;
    AUTOFREE char *certificates = NULL;
    struct engine_config config = {.name = name};
    struct check_config check;
    bool checked = false;
    HRESULT hr;

    *out = NULL;
    if (!options)
        options = &default_options;
    hr = check_options(options);
    if (SUCCEEDED(hr))
        hr = choose_clock(options->clock, &config.clock);
    if (SUCCEEDED(hr))
        hr = choose_settings(options, &config.settings);
    if (SUCCEEDED(hr))
        hr = choose_check(options, &check, &checked);
    if (SUCCEEDED(hr))
        hr = sys_user_sid(&sid);
    if (SUCCEEDED(hr))
        hr = choose_programs(options->notify_programs, &config.notify_programs);
    if (SUCCEEDED(hr))
        hr = choose_certificates(&certificates);
    if (FAILED(hr))
        return hr;
    config.mode = options->flags & OPENBITS_PUMP_CALLBACKS ? ENGINE_PUMP : ENGINE_THREADS;
    config.check = checked ? &check : NULL;
    config.owner_sid = sid;
    config.administrator = (options->flags & OPENBITS_ADMINISTRATOR) != 0;
    config.quotas = (struct engine_quotas){
        .jobs_per_machine = options->max_jobs_per_machine,
        .jobs_per_user = options->max_jobs_per_user,
        .files_per_job = options->max_files_per_job,
        .ranges_per_file = options->max_ranges_per_file,
        .inactivity_s = (uint64_t)options->inactivity_days * 24 * 60 * 60,
    };
    config.trace_path = options->trace_file ? options->trace_file : environment("OPENBITS_TRACE");
    config.ca_file = options->ca_file;
    config.certificates = certificates;
    config.slots.scope = options->flags & OPENBITS_CAP_PER_PROCESS ? SLOTS_PROCESS : SLOTS_USER;
    config.slots.cap = options->notification_cap ? options->notification_cap : DEFAULT_CAP;
    config.slots.owner = sid;
    if (config.slots.scope == SLOTS_USER) {
        hr = sys_runtime_dir(options->runtime_dir, &runtime_dir);
        if (FAILED(hr))
            return hr;
        config.slots.runtime_dir = runtime_dir;
    }
    return engine_new(&config, out);
}

HRESULT openbits_create_manager(const struct openbits_options *options, IBackgroundCopyManager **manager)
{
    struct engine *engine;
    HRESULT hr;

    if (!manager)
        return E_INVALIDARG;
    *manager = NULL;
    hr = api_create_engine(options, NULL, &engine);
    if (FAILED(hr))
        return hr;
    hr = com_manager_create(engine, manager);
    engine_drop(engine);
    return hr;
}
