/* fault_spec.c: what one fault is to do, and to which requests, as text.
 *
 *     SPEC   = ID [ "@" PATH ] [ ":" KEY "=" VALUE *( "," KEY "=" VALUE ) ]
 *     PATH   = up to the first ":"; %XX is a byte, "*" at the end stands for any rest
 *     SPAN   = N | N ".." | ".." M | N ".." M         SIZE = digits [ K | M | G | T ]
 *     TIME   = digits ( "us" | "ms" | "s" | "m" | "h" ) | "until-released" | "ever"
 *
 * An id's parameters and their defaults are a list of the same form in its row of data/faults.tsv: it is read
 * first, and what the text may set beyond the selectors is what stands there. A choice is "as=a|b" there, of
 * which a text names one; the first is the default.
 */
#include <config.h>

#include "server/fault_spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_type { TYPE_SIZE, TYPE_SIGNED, TYPE_TIME, TYPE_STATUS, TYPE_CHOICE, TYPE_COUNT };

static const struct {
    const char *name;
    enum value_type type;
} params[FAULT_KEY_COUNT] = {
    [FAULT_AFTER] = {"after", TYPE_SIZE},
    [FAULT_ALIGN] = {"align", TYPE_COUNT},
    [FAULT_AS] = {"as", TYPE_CHOICE},
    [FAULT_BY] = {"by", TYPE_SIGNED},
    [FAULT_CONDITIONS] = {"conditions", TYPE_CHOICE},
    [FAULT_EVERY] = {"every", TYPE_TIME},
    [FAULT_FOR] = {"for", TYPE_TIME},
    [FAULT_GAP] = {"gap", TYPE_SIZE},
    [FAULT_HOPS] = {"hops", TYPE_COUNT},
    [FAULT_LENGTH] = {"length", TYPE_COUNT},
    [FAULT_LIMIT] = {"limit", TYPE_COUNT},
    [FAULT_LINES] = {"lines", TYPE_COUNT},
    [FAULT_NODES] = {"nodes", TYPE_COUNT},
    [FAULT_OFFSET] = {"offset", TYPE_SIZE},
    [FAULT_PART] = {"part", TYPE_COUNT},
    [FAULT_PIECE] = {"piece", TYPE_COUNT},
    [FAULT_RETRY_AFTER] = {"retry-after", TYPE_SIZE},
    [FAULT_STATUS] = {"status", TYPE_STATUS},
    [FAULT_USES] = {"uses", TYPE_SIZE},
};

static const char selectors[] = "bytes, conn, method, p, ranges, req, seed, times, until";

/* A piece of the text. */
struct piece {
    const char *at;
    size_t len;
};

struct reader {
    const char *text;
    struct fault_spec *spec;
    const struct fault_kind *kind;
    bool reading_defaults; /* of the table, where choices are lists */
    struct server_fault_trouble *bad;
};

/* Always false. */
__attribute__((format(printf, 3, 4))) static bool fail(const struct reader *r, const char *at,
                                                       const char *format, ...)
{
    va_list args;

    r->bad->at = (size_t)(at - r->text);
    va_start(args, format);
    vsnprintf(r->bad->text, sizeof r->bad->text, format, args);
    va_end(args);
    return false;
}

static bool is(struct piece p, const char *word)
{
    return p.len == strlen(word) && memcmp(p.at, word, p.len) == 0;
}

/* Digits at the start, which are taken off. */
static bool take_digits(struct piece *p, uint64_t *out)
{
    size_t n = 0;

    *out = 0;
    while (n < p->len && p->at[n] >= '0' && p->at[n] <= '9') {
        if (__builtin_mul_overflow(*out, 10u, out) ||
            __builtin_add_overflow(*out, (uint64_t)(p->at[n] - '0'), out))
            return false;
        n++;
    }
    p->at += n;
    p->len -= n;
    return n > 0;
}

static bool take_size(struct piece *p, uint64_t *out)
{
    static const char units[] = "KMGT";
    const char *unit;

    if (!take_digits(p, out))
        return false;
    unit = p->len ? memchr(units, p->at[0], sizeof units - 1) : NULL;
    if (unit) {
        p->at++;
        p->len--;
        return !__builtin_mul_overflow(*out, UINT64_C(1024) << (10 * (unit - units)), out);
    }
    return true;
}

static bool read_size(struct piece p, uint64_t *out)
{
    return take_size(&p, out) && p.len == 0;
}

static bool read_span(struct piece p, struct fault_span *out)
{
    out->first = 0;
    out->last = UINT64_MAX;
    if (p.len == 0)
        return false;
    if (p.at[0] != '.') {
        if (!take_size(&p, &out->first))
            return false;
        if (p.len == 0) {
            out->last = out->first;
            return true;
        }
    }
    if (p.len < 2 || memcmp(p.at, "..", 2) != 0)
        return false;
    p = (struct piece){p.at + 2, p.len - 2};
    return p.len == 0 || (read_size(p, &out->last) && out->first <= out->last);
}

static bool read_time(struct piece p, int64_t *out_us)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"h", INT64_C(3600000000)}};
    uint64_t n;

    if (is(p, "until-released") || is(p, "ever")) {
        *out_us = FAULT_FOREVER;
        return true;
    }
    if (!take_digits(&p, &n) || n > INT64_MAX)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (is(p, units[i].unit))
            return !__builtin_mul_overflow((int64_t)n, units[i].us, out_us) && *out_us < FAULT_FOREVER;
    return false;
}

/* "0.25" in millionths; what is finer than that is cut off. */
static bool read_probability(struct piece p, uint32_t *out_ppm)
{
    uint64_t whole;
    uint32_t unit = 100000;

    if (!take_digits(&p, &whole) || whole > 1)
        return false;
    *out_ppm = (uint32_t)whole * 1000000;
    if (p.len == 0)
        return true;
    if (p.at[0] != '.' || p.len == 1)
        return false;
    for (size_t i = 1; i < p.len; i++, unit /= 10) {
        if (p.at[i] < '0' || p.at[i] > '9')
            return false;
        *out_ppm += (uint32_t)(p.at[i] - '0') * unit;
    }
    return *out_ppm <= 1000000;
}

/* The index of word in "a|b|c"; -1: it is none of them. */
static int find_choice(struct piece list, struct piece word)
{
    for (int i = 0;; i++) {
        const char *bar = memchr(list.at, '|', list.len);
        struct piece first = {list.at, bar ? (size_t)(bar - list.at) : list.len};

        if (first.len == word.len && memcmp(first.at, word.at, word.len) == 0)
            return i;
        if (!bar)
            return -1;
        list = (struct piece){bar + 1, list.len - first.len - 1};
    }
}

/* The value that the id's row has for this key. */
static bool find_default(const struct reader *r, struct piece key, struct piece *out)
{
    const char *at = r->kind->params;

    while (*at) {
        size_t len = strcspn(at, ","), name_len = strcspn(at, "=");

        if (name_len == key.len && memcmp(at, key.at, key.len) == 0) {
            *out = (struct piece){at + name_len + 1, len - name_len - 1};
            return true;
        }
        at += len + (at[len] == ',');
    }
    return false;
}

static bool read_number(enum value_type type, struct piece value, int64_t *out)
{
    bool negative = type == TYPE_SIGNED && value.len && value.at[0] == '-';
    uint64_t n;

    if (negative)
        value = (struct piece){value.at + 1, value.len - 1};
    if (!read_size(value, &n) || n > INT64_MAX || (type == TYPE_COUNT && n == 0) ||
        (type == TYPE_STATUS && (n < 200 || n > 599)))
        return false;
    *out = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

static const char *const type_names[] = {
    [TYPE_SIZE] = "a number, as in 64K",
    [TYPE_SIGNED] = "a number, as in -1",
    [TYPE_TIME] = "a time, as in 30s or until-released",
    [TYPE_STATUS] = "a status from 200 to 599",
    [TYPE_COUNT] = "a number from 1",
};

static bool set_param(struct reader *r, enum fault_key key, struct piece value)
{
    struct piece list;
    int64_t *out = &r->spec->values[key];
    int index;

    if (params[key].type == TYPE_CHOICE) {
        if (r->reading_defaults) {
            *out = 0;
            return true;
        }
        if (!find_default(r, (struct piece){params[key].name, strlen(params[key].name)}, &list))
            return false;
        index = find_choice(list, value);
        if (index < 0)
            return fail(r, value.at, "%s is one of %.*s", params[key].name, (int)list.len, list.at);
        *out = index;
        return true;
    }
    if (params[key].type == TYPE_TIME ? read_time(value, out) : read_number(params[key].type, value, out))
        return true;
    return fail(r, value.at, "%s is %s", params[key].name, type_names[params[key].type]);
}

static bool set_agent(struct reader *r, struct piece value)
{
    if (value.len == 0 || value.len >= sizeof r->spec->agent)
        return fail(r, value.at, "agent is 1 to %d characters", FAULT_AGENT_MAX - 1);
    memcpy(r->spec->agent, value.at, value.len);
    r->spec->agent[value.len] = '\0';
    return true;
}

static bool set_method(struct reader *r, struct piece value)
{
    static const char *const names[] = {
        [FAULT_GET] = "GET", [FAULT_HEAD] = "HEAD", [FAULT_ANY_METHOD] = "ANY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(value, names[i])) {
            r->spec->method = (enum fault_method)i;
            return true;
        }
    return fail(r, value.at, "method is GET, HEAD or ANY");
}

/* Selectors, which every id has. *known is false where the key is none. */
static bool set_selector(struct reader *r, struct piece key, struct piece value, bool *known)
{
    struct fault_spec *s = r->spec;
    const struct {
        const char *name;
        struct fault_span *span;
    } spans[] = {
        {"req", &s->requests}, {"conn", &s->connections}, {"ranges", &s->ranges}, {"bytes", &s->bytes}};

    *known = true;
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (is(key, spans[i].name))
            return read_span(value, spans[i].span) ||
                   fail(r, value.at, "%s is from..to, as in 2..5, 2.. or 2", spans[i].name);
    if (is(key, "method"))
        return set_method(r, value);
    if (is(key, "times"))
        return read_size(value, &s->times) || fail(r, value.at, "times is a number");
    if (is(key, "until"))
        return read_time(value, &s->until_us) || fail(r, value.at, "until is a time, as in 30s");
    if (is(key, "p"))
        return read_probability(value, &s->p_ppm) || fail(r, value.at, "p is a number from 0 to 1");
    if (is(key, "seed"))
        return read_size(value, &s->seed) || fail(r, value.at, "seed is a number");
    *known = false;
    return false;
}

static bool set(struct reader *r, struct piece key, struct piece value)
{
    struct piece ignored;
    bool known;

    if (set_selector(r, key, value, &known))
        return true;
    if (known)
        return false;
    if (find_default(r, key, &ignored)) {
        if (is(key, "agent"))
            return set_agent(r, value);
        for (int i = 0; i < FAULT_KEY_COUNT; i++)
            if (is(key, params[i].name))
                return set_param(r, (enum fault_key)i, value);
    }
    return fail(r, key.at, "%s has no \"%.*s\"; it has %s%s%s", r->kind->id,
                (int)(key.len < 24 ? key.len : 24), key.at, r->kind->params, *r->kind->params ? ", and " : "",
                selectors);
}

/* KEY=VALUE,... A key that comes twice would leave it open which one counts. */
static bool read_settings(struct reader *r, const char *at)
{
    const char *begin = at;

    for (;;) {
        size_t len = strcspn(at, ","), key_len = strcspn(at, "=,");

        if (key_len == 0 || key_len >= len)
            return fail(r, at, "key=value is wanted here");
        for (const char *before = begin; before < at; before += strcspn(before, ",") + 1)
            if (strncmp(before, at, key_len + 1) == 0)
                return fail(r, at, "\"%.*s\" is there twice", (int)(key_len < 24 ? key_len : 24), at);
        if (!set(r, (struct piece){at, key_len}, (struct piece){at + key_len + 1, len - key_len - 1}))
            return false;
        if (!at[len])
            return true;
        at += len + 1;
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_path(struct reader *r, const char *at, size_t len)
{
    char *out = r->spec->path;
    size_t n = 0;

    r->spec->any_end = len && at[len - 1] == '*';
    if (r->spec->any_end)
        len--;
    else if (len == 0)
        return fail(r, at, "a path is wanted after \"@\", or *");
    if (len && at[0] != '/')
        return fail(r, at, "a path begins with \"/\"");
    for (size_t i = 0; i < len; i++) {
        int high = 0, low;
        char c = at[i];

        if (c == '%') {
            high = i + 2 < len ? hex_digit(at[i + 1]) : -1;
            low = high >= 0 ? hex_digit(at[i + 2]) : -1;
            if (low < 0 || (high == 0 && low == 0))
                return fail(r, at + i, "%% is followed by two hexadecimal digits, not both 0");
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (n == FAULT_PATH_MAX - 1)
            return fail(r, at, "the path is longer than %d bytes", FAULT_PATH_MAX - 1);
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

static const struct fault_kind *find_kind(const char *text, size_t len)
{
    for (int i = 0; i < FAULT_COUNT; i++)
        if (strlen(fault_kinds[i].id) == len && memcmp(fault_kinds[i].id, text, len) == 0)
            return &fault_kinds[i];
    return NULL;
}

/* What holds where neither the row nor the text says otherwise. */
static const struct fault_spec unset = {
    .any_end = true,
    .method = FAULT_GET,
    .connections = {0, UINT64_MAX},
    .ranges = {0, UINT64_MAX},
    .bytes = {0, UINT64_MAX},
    .requests = {0, UINT64_MAX},
    .times = UINT64_MAX,
    .until_us = FAULT_FOREVER,
    .p_ppm = 1000000,
};

bool fault_spec_parse(const char *text, struct fault_spec *out, struct server_fault_trouble *bad)
{
    struct reader r = {.text = text, .spec = out, .bad = bad};
    size_t id_len = strcspn(text, "@:");
    const char *at = text + id_len;
    bool ok;

    *out = unset;
    *bad = (struct server_fault_trouble){0};
    if (strnlen(text, FAULT_SPEC_MAX) == FAULT_SPEC_MAX)
        return fail(&r, text, "longer than %d bytes", FAULT_SPEC_MAX - 1);
    r.kind = find_kind(text, id_len);
    if (!r.kind)
        return fail(&r, text, "no fault \"%.*s\"; --list-faults lists them", (int)(id_len < 24 ? id_len : 24),
                    text);
    if (r.kind->missing)
        return fail(&r, text, "%s is not done: %s", r.kind->id, r.kind->missing);
    out->id = (enum fault_id)(r.kind - fault_kinds);
    r.reading_defaults = true;
    r.text = r.kind->params;
    ok = !*r.kind->params || read_settings(&r, r.kind->params);
    r.text = text;
    r.reading_defaults = false;
    if (ok && *at == '@' && strcmp(r.kind->layer, "tls") == 0)
        return fail(&r, at, "%s comes before any request: it has no path", r.kind->id);
    if (ok && *at == '@') {
        size_t len = strcspn(at + 1, ":");

        ok = read_path(&r, at + 1, len);
        at += 1 + len;
    }
    return ok && (*at != ':' || read_settings(&r, at + 1));
}

bool fault_spec_chance(const struct fault_spec *spec, uint64_t n)
{
    uint64_t word;

    if (spec->p_ppm == 1000000)
        return true;
    server_content(spec->seed, n * sizeof word, &word, sizeof word);
    return word % 1000000 < spec->p_ppm;
}
