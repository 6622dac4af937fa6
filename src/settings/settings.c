/* settings.c: names to choices, and choices to decisions.
 *
 * The table's rows are made from data/ambiguities.tsv; nothing in this file knows what a setting means.
 * A decision is a hash of (seed, setting, job, event) and keeps no state: two engines with one seed agree,
 * and a decision more in one job moves none of another.
 */
#include "settings/settings.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct setting_info table[SETTING_COUNT] = {
#include "settings/settings_rows.h"
};

static const char *const profiles[SETTINGS_PROFILE_COUNT] = {
    [SETTINGS_KIND] = "kind",
    [SETTINGS_LITERAL] = "literal",
    [SETTINGS_HOSTILE] = "hostile",
};

/* A piece of somebody's text: lists are read in place. */
struct word {
    const char *text;
    size_t len;
};

static struct word word_of(const char *text)
{
    return (struct word){text, strlen(text)};
}

/* ASCII only: names must not depend on the program's locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool word_is(struct word word, const char *name)
{
    size_t i;

    for (i = 0; i < word.len; i++)
        if (!name[i] || lower(word.text[i]) != lower(name[i]))
            return false;
    return !name[i];
}

static struct word word_trim(struct word word)
{
    while (word.len && (*word.text == ' ' || *word.text == '\t')) {
        word.text++;
        word.len--;
    }
    while (word.len && (word.text[word.len - 1] == ' ' || word.text[word.len - 1] == '\t'))
        word.len--;
    return word;
}

static HRESULT find_setting(struct word name, enum setting *out)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (word_is(name, table[i].id) || word_is(name, table[i].word)) {
            *out = (enum setting)i;
            return S_OK;
        }
    }
    return E_INVALIDARG;
}

static unsigned done_count(const struct setting_info *info)
{
    return (unsigned)__builtin_popcount(info->done);
}

static bool is_done(const struct setting_info *info, uint32_t value)
{
    if (!info->count)
        return value >= info->done_min && value <= info->done_max;
    if (value == SETTING_RANDOM)
        return done_count(info) > 1;
    return info->done >> value & 1;
}

static void store(struct settings *settings, enum setting setting, uint32_t value)
{
    if (table[setting].count)
        settings->chosen[setting] = (uint8_t)value;
    else
        settings->number[setting] = value;
}

static void follow_profile(struct settings *settings, enum setting setting)
{
    const struct setting_info *info = &table[setting];
    uint32_t value = info->profile[settings->profile];

    store(settings, setting, is_done(info, value) ? value : info->fallback);
    settings->by_name[setting] = false;
}

void settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof *settings);
    settings->profile = SETTINGS_KIND;
    for (int i = 0; i < SETTING_COUNT; i++)
        follow_profile(settings, (enum setting)i);
}

HRESULT settings_set_profile(struct settings *settings, const char *profile)
{
    if (!profile)
        return E_INVALIDARG;
    for (int p = 0; p < SETTINGS_PROFILE_COUNT; p++) {
        if (!word_is(word_of(profile), profiles[p]))
            continue;
        settings->profile = (enum settings_profile)p;
        for (int i = 0; i < SETTING_COUNT; i++)
            if (!settings->by_name[i])
                follow_profile(settings, (enum setting)i);
        return S_OK;
    }
    return E_INVALIDARG;
}

const char *settings_profile_name(const struct settings *settings)
{
    return profiles[settings->profile];
}

static HRESULT parse_number(const struct setting_info *info, struct word text, uint32_t *out)
{
    uint64_t number = 0;

    if (!text.len)
        return E_INVALIDARG;
    for (size_t i = 0; i < text.len; i++) {
        if (text.text[i] < '0' || text.text[i] > '9')
            return E_INVALIDARG;
        number = number * 10 + (uint64_t)(text.text[i] - '0');
        if (number > info->max)
            return E_INVALIDARG;
    }
    if (number < info->min)
        return E_INVALIDARG;
    *out = (uint32_t)number;
    return S_OK;
}

static HRESULT parse_value(const struct setting_info *info, struct word text, uint32_t *out)
{
    if (!info->count)
        return parse_number(info, text, out);
    if (word_is(text, "random")) {
        *out = SETTING_RANDOM;
        return S_OK;
    }
    for (uint32_t i = 0; i < info->count; i++) {
        if (word_is(text, info->values[i])) {
            *out = i;
            return S_OK;
        }
    }
    return E_INVALIDARG;
}

static HRESULT set_word(struct settings *settings, struct word name, struct word text)
{
    enum setting setting;
    uint32_t value;
    HRESULT hr;

    hr = find_setting(name, &setting);
    if (FAILED(hr))
        return hr;
    if (word_is(text, "profile")) {
        follow_profile(settings, setting);
        return S_OK;
    }
    hr = parse_value(&table[setting], text, &value);
    if (FAILED(hr))
        return hr;
    if (!is_done(&table[setting], value))
        return E_NOTIMPL;
    store(settings, setting, value);
    settings->by_name[setting] = true;
    return S_OK;
}

HRESULT settings_set(struct settings *settings, const char *name, const char *value)
{
    if (!name || !value)
        return E_INVALIDARG;
    return set_word(settings, word_of(name), word_of(value));
}

const char *settings_get(const struct settings *settings, const char *name, char *buffer, size_t size)
{
    enum setting setting;
    int len;

    if (!name || FAILED(find_setting(word_of(name), &setting)))
        return NULL;
    if (!table[setting].count) {
        len = snprintf(buffer, size, "%" PRIu32, settings->number[setting]);
        return len > 0 && (size_t)len < size ? buffer : NULL;
    }
    if (settings->chosen[setting] == SETTING_RANDOM)
        return "random";
    return table[setting].values[settings->chosen[setting]];
}

HRESULT settings_set_list(struct settings *settings, const char *list, const char **bad)
{
    struct settings changed = *settings;
    const char *entry = list;

    if (bad)
        *bad = NULL;
    if (!list || !*list)
        return S_OK;
    for (;;) {
        size_t len = strcspn(entry, ","), name_len = strcspn(entry, "=,");
        HRESULT hr = E_INVALIDARG;

        if (name_len < len) {
            struct word name = {entry, name_len}, value = {entry + name_len + 1, len - name_len - 1};

            hr = set_word(&changed, word_trim(name), word_trim(value));
        }
        if (FAILED(hr)) {
            if (bad)
                *bad = entry;
            return hr;
        }
        if (!entry[len])
            break;
        entry += len + 1;
    }
    *settings = changed;
    return S_OK;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* strtoull alone takes signs, blanks and octal, and stops at the first odd character. */
static HRESULT parse_seed(const char *text, uint64_t *out)
{
    bool hex = text[0] == '0' && lower(text[1]) == 'x';
    const char *digits = hex ? text + 2 : text;
    const char *legal = hex ? "0123456789abcdefABCDEF" : "0123456789";
    uint64_t base = hex ? 16 : 10, seed = 0;

    if (!*digits || digits[strspn(digits, legal)])
        return E_INVALIDARG;
    for (; *digits; digits++) {
        char c = lower(*digits);
        uint64_t digit = (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');

        if (seed > (UINT64_MAX - digit) / base)
            return E_INVALIDARG;
        seed = seed * base + digit;
    }
    *out = seed;
    return S_OK;
}

static HRESULT from_environment(struct settings *settings, const char **bad)
{
    const char *value;
    HRESULT hr;

    *bad = "OPENBITS_PROFILE";
    value = variable(*bad);
    hr = value ? settings_set_profile(settings, value) : S_OK;
    if (FAILED(hr))
        return hr;
    *bad = "OPENBITS_SEED";
    value = variable(*bad);
    hr = value ? parse_seed(value, &settings->seed) : S_OK;
    if (FAILED(hr))
        return hr;
    for (int i = 0; i < SETTING_COUNT; i++) {
        *bad = table[i].variable;
        value = variable(*bad);
        hr = value ? settings_set(settings, table[i].id, value) : S_OK;
        if (FAILED(hr))
            return hr;
    }
    *bad = NULL;
    return S_OK;
}

HRESULT settings_from_environment(struct settings *settings, const char **bad)
{
    struct settings changed = *settings;
    const char *failed;
    HRESULT hr = from_environment(&changed, &failed);

    if (bad)
        *bad = failed;
    if (SUCCEEDED(hr))
        *settings = changed;
    return hr;
}

/* splitmix64's finisher: every bit of the input reaches every bit of the output. */
static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint64_t settings_draw(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event)
{
    return mix(mix(mix(mix(settings->seed) ^ (uint64_t)setting) ^ job) ^ event);
}

/* The nth value that is done. */
static unsigned nth_done(const struct setting_info *info, unsigned n)
{
    uint32_t done = info->done;

    for (; n; n--)
        done &= done - 1;
    return (unsigned)__builtin_ctz(done);
}

unsigned settings_choice(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event)
{
    const struct setting_info *info = &table[setting];
    uint64_t draw;

    assert(info->count);
    if (settings->chosen[setting] != SETTING_RANDOM)
        return settings->chosen[setting];
    /* The upper half, scaled: without the modulus' preference, and without its division. */
    draw = settings_draw(settings, setting, job, event) >> 32;
    return nth_done(info, (unsigned)(draw * done_count(info) >> 32));
}

const struct setting_info *settings_info(enum setting setting)
{
    return &table[setting];
}
