/* fault_act.h: what each fault does to an exchange. One table a family, in the file of that name. */
#ifndef OPENBITS_SERVER_FAULT_ACT_H
#define OPENBITS_SERVER_FAULT_ACT_H

#include "server/exchange.h"
#include "server/gzip.h"

struct fault_act {
    /* Whether it can be shown with this request, whose answer has been made without any fault; NULL: always.
     */
    bool (*applies)(const struct fault_spec *spec, const struct exchange *e);
    /* Changes the question, from which the answer is then made anew; NULL: not that. */
    void (*ask)(struct exchange *e, const struct strike *s);
    /* Changes the answer and its course; NULL: not that. It does nothing where an earlier fault has taken
     * away what it would change. */
    void (*answer)(struct exchange *e, const struct strike *s);
};

/* Each has FAULT_COUNT rows, those of other families empty. */
extern const struct fault_act fault_acts_range[];     /* A: single ranges */
extern const struct fault_act fault_acts_parts[];     /* B: several ranges */
extern const struct fault_act fault_acts_identity[];  /* C: versions and validators */
extern const struct fault_act fault_acts_length[];    /* D: encoding and length */
extern const struct fault_act fault_acts_probe[];     /* E: probing, redirects, authorisation */
extern const struct fault_act fault_acts_transport[]; /* F: transport, overload, middleboxes */

const struct fault_act *fault_act_of(enum fault_id id);

static inline int64_t strike_value(const struct strike *s, enum fault_key key)
{
    return s->fault->spec.values[key];
}

/* What another version's bytes are combined with: each of them differs. */
#define FAULT_OTHER_VERSION 0xA5

/* There is a file, whatever the conditions and ranges make of it. */
bool fault_finds_file(const struct fault_spec *spec, const struct exchange *e);
/* 206 with one slice. */
bool fault_finds_slice(const struct fault_spec *spec, const struct exchange *e);
/* The body has bytes after "after". */
bool fault_finds_rest(const struct fault_spec *spec, const struct exchange *e);

/* An ask: the Range header is not seen. */
void fault_drop_range(struct exchange *e, const struct strike *s);
/* An answer: only "status" and its name. */
void fault_say_status(struct exchange *e, const struct strike *s);
/* An answer: a pause of "for" before it. */
void fault_wait_before_head(struct exchange *e, const struct strike *s);

#endif
