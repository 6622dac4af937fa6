/* conditional.c: whether a request's conditions hold, as RFC 9110 section 13 reads them.
 *
 * The order is that of section 13.2.2: If-Match, else If-Unmodified-Since; If-None-Match, else
 * If-Modified-Since; then If-Range. A date that cannot be read, or a file without one, is as if the header
 * was not there, but for If-Range: what does not surely name this version does not.
 */
#include "server/conditional.h"

#include "server/httpdate.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How two entity tags compare (section 8.8.3.2). */
enum comparison { COMPARE_STRONG, COMPARE_WEAK };

struct tag {
    const char *text; /* from the opening quote */
    size_t len;
    bool weak;
};

/* Reads one entity tag; false: there is none here. */
static bool read_tag(const char **at, struct tag *out)
{
    const char *p = *at, *end;

    out->weak = p[0] == 'W' && p[1] == '/';
    if (out->weak)
        p += 2;
    if (*p != '"')
        return false;
    end = strchr(p + 1, '"');
    if (!end)
        return false;
    out->text = p;
    out->len = (size_t)(end + 1 - p);
    *at = end + 1;
    return true;
}

static bool same_tag(const struct tag *a, const struct tag *b, enum comparison how)
{
    if (how == COMPARE_STRONG && (a->weak || b->weak))
        return false;
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Whether a list of tags, or "*", names this one. A malformed rest of a list is not looked at. */
static bool list_names(const char *list, const char *etag, enum comparison how)
{
    struct tag mine, theirs;

    list += strspn(list, " \t");
    if (*list == '*')
        return true;
    if (!etag || !read_tag(&etag, &mine))
        return false;
    for (;;) {
        list += strspn(list, " \t,");
        if (!read_tag(&list, &theirs))
            return false;
        if (same_tag(&mine, &theirs, how))
            return true;
    }
}

/* Section 13.1.5. A date counts only if it is strong: a second with two versions in it may still be running
 * while it is younger than one (section 8.8.2.2). */
static bool if_range_holds(const char *if_range, const struct validators *v, int64_t now_s)
{
    struct tag mine, theirs;
    int64_t date_s;

    if (read_tag(&if_range, &theirs)) {
        const char *etag = v->etag;

        return etag && read_tag(&etag, &mine) && *if_range == '\0' &&
               same_tag(&mine, &theirs, COMPARE_STRONG);
    }
    return v->last_modified_s && httpdate_parse(if_range, now_s, &date_s) && date_s == v->last_modified_s &&
           v->last_modified_s < now_s;
}

enum conditional_verdict conditional_evaluate(const struct conditions *c, const struct validators *v,
                                              int64_t now_s)
{
    int64_t date_s;

    if (c->if_match) {
        if (!list_names(c->if_match, v->etag, COMPARE_STRONG))
            return CONDITIONAL_FAILED;
    } else if (c->if_unmodified_since && v->last_modified_s &&
               httpdate_parse(c->if_unmodified_since, now_s, &date_s)) {
        if (v->last_modified_s > date_s)
            return CONDITIONAL_FAILED;
    }
    if (c->if_none_match) {
        if (list_names(c->if_none_match, v->etag, COMPARE_WEAK))
            return CONDITIONAL_NOT_MODIFIED;
    } else if (c->if_modified_since && v->last_modified_s &&
               httpdate_parse(c->if_modified_since, now_s, &date_s)) {
        if (v->last_modified_s <= date_s)
            return CONDITIONAL_NOT_MODIFIED;
    }
    if (c->if_range && !if_range_holds(c->if_range, v, now_s))
        return CONDITIONAL_IGNORE_RANGE;
    return CONDITIONAL_PROCEED;
}
