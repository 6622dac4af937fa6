/* settings.h: every choice that the contract leaves open, and the seed that hostile choices come from.
 *
 * One table, made from data/ambiguities.tsv: A1 to A33, each with a word name, its legal values, a default
 * and the choice of each profile (kind, literal, hostile). A value may be "random": then each decision is
 * drawn from (seed, setting, job, event), so that the same seed decides the same way (decision 17).
 *
 * Layers: a setting that was set by name keeps its value; the others follow the profile, whenever that is
 * chosen. Who sets later wins. So a caller applies the environment, then the options, then what
 * IOpenBitsControl says, and decision 12's precedence follows.
 *
 * What is not done: the column `done` lists the values that this release really follows. A profile that
 * wants another one gets the default instead, and "random" draws only among those that are done; so a
 * setting never says what is not so, and settings_get shows what is followed.
 *
 * Values are an enum a setting (SETTING_A10_NEWEST_FIRST ...) in settings_table.h, made by the build.
 * A struct settings is plain data: copy it freely. Not thread safe; the engine's lock guards the engine's.
 */
#ifndef OPENBITS_SETTINGS_SETTINGS_H
#define OPENBITS_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"
#include "settings/settings_table.h" /* enum setting, SETTING_COUNT, enum setting_a1 ... */

#define SETTING_RANDOM 255

enum settings_profile {
    SETTINGS_KIND,    /* the defaults */
    SETTINGS_LITERAL, /* the least that the contract's words promise */
    SETTINGS_HOSTILE, /* legal, and different each time */
    SETTINGS_PROFILE_COUNT,
};

struct settings {
    uint8_t chosen[SETTING_COUNT];  /* index of the value, or SETTING_RANDOM; 0 if it is a number */
    uint32_t number[SETTING_COUNT]; /* for settings whose value is a number (a slice in seconds, a cap) */
    bool by_name[SETTING_COUNT];    /* set by name, so that profiles leave it alone */
    uint64_t seed;
    enum settings_profile profile;
};

/* The profile "kind", seed 0. */
void settings_init(struct settings *settings);

/* By name, any case. E_INVALIDARG: no such profile. */
HRESULT settings_set_profile(struct settings *settings, const char *profile);

const char *settings_profile_name(const struct settings *settings);

/* name: "A10" or the word name ("request-order"), any case; value: one of the legal ones, "random", or
 * "profile" to follow the profile again; numbers are decimal and cannot be random.
 * E_INVALIDARG: no such name or value; E_NOTIMPL: legal, but this release does not do it (for "random": it
 * does only one value). Nothing is changed on failure. */
HRESULT settings_set(struct settings *settings, const char *name, const char *value);

/* The value's name; static, or NULL for an unknown name. A number is written into buffer (11 bytes are
 * enough), and NULL is returned if it has no room. */
const char *settings_get(const struct settings *settings, const char *name, char *buffer, size_t size);

/* "A10=fifo,A5=trailing" as in the options and the environment; blanks around the parts are allowed, NULL
 * and "" set nothing. *bad, if asked, points at the first entry that failed, in list. All or nothing.
 * Results as settings_set. */
HRESULT settings_set_list(struct settings *settings, const char *list, const char **bad);

/* OPENBITS_PROFILE, OPENBITS_SEED (decimal or 0x), then OPENBITS_A1 ... OPENBITS_A33; an empty variable
 * counts as unset. *bad, if asked, names the variable that failed (static). All or nothing. */
HRESULT settings_from_environment(struct settings *settings, const char **bad);

/* The value to follow for one decision. job and event number the decision; the same triple with the same
 * seed always gives the same value. Cheap (no lock, no allocation). Not for numbers. */
unsigned settings_choice(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event);

static inline uint32_t settings_number(const struct settings *settings, enum setting setting)
{
    return settings->number[setting];
}

/* The hash behind the choice: for draws that are not among named values (a split point, a delay). */
uint64_t settings_draw(const struct settings *settings, enum setting setting, uint64_t job, uint64_t event);

/* A row of the table: for lists, traces and tests. count is 0 if the value is a number. */
struct setting_info {
    const char *id, *word, *variable, *rules, *text;
    const char *const *values;
    uint32_t count;
    uint32_t done; /* a bit a value */
    uint32_t min, max, done_min, done_max;
    uint32_t fallback;                        /* the default: an index, or the number */
    uint32_t profile[SETTINGS_PROFILE_COUNT]; /* the same, or SETTING_RANDOM */
};

const struct setting_info *settings_info(enum setting setting);

#endif
