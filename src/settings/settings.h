/* settings.h: every choice that the contract leaves open, and the seed that hostile choices come from.
 *
 * One table, made from data/ambiguities.tsv: A1 to A33, each with a word name, its legal values, a default
 * and the choice of each profile (kind, literal, hostile). A value may be "random": then each decision is
 * drawn from (seed, setting, job, event), so that the same seed decides the same way (decision 17).
 *
 * Values are an enum a setting (SETTING_A10_NEWEST ...) in settings_table.h, made by the build.
 * Not thread safe; the engine's lock guards the engine's settings.
 */
#ifndef OPENBITS_SETTINGS_SETTINGS_H
#define OPENBITS_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"
#include "settings/settings_table.h" /* enum setting, SETTING_COUNT, enum setting_a1 ... */

#define SETTING_RANDOM 255

struct settings {
    uint8_t chosen[SETTING_COUNT]; /* index of the value, or SETTING_RANDOM */
    uint32_t number[SETTING_COUNT]; /* for settings whose value is a number (a slice in seconds, a cap) */
    uint64_t seed;
    char profile[16];
};

/* The profile "kind", seed 0. */
void settings_init(struct settings *settings);

/* E_INVALIDARG: no such profile. */
HRESULT settings_set_profile(struct settings *settings, const char *profile);

/* name: "A10" or the word name ("request-order"), any case; value: one of the legal ones, or "random".
 * E_INVALIDARG: no such name or value; E_NOTIMPL: legal, but this release does not do it yet (the column
 * `done` of data/ambiguities.tsv). Nothing is changed on failure. */
HRESULT settings_set(struct settings *settings, const char *name, const char *value);

/* The value's name; static, or NULL for an unknown name. A number is written into buffer. */
const char *settings_get(const struct settings *settings, const char *name, char *buffer, size_t size);

/* "A10=fifo,A5=trailing" as in the options and the environment. *bad, if asked, points at the first entry
 * that failed. All or nothing. */
HRESULT settings_set_list(struct settings *settings, const char *list, const char **bad);

/* OPENBITS_PROFILE, OPENBITS_SEED, then OPENBITS_A1 ... OPENBITS_A33. *bad names the variable. */
HRESULT settings_from_environment(struct settings *settings, const char **bad);

/* The value to follow for one decision. job and event number the decision; the same triple with the same
 * seed always gives the same value. Cheap (no lock, no allocation). */
unsigned settings_choice(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event);

static inline uint32_t settings_number(const struct settings *settings, enum setting setting)
{
    return settings->number[setting];
}

/* The hash behind the choice: for draws that are not among named values (a split point, a delay). */
uint64_t settings_draw(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event);

#endif
