/* fault_table.h: the faults that there are, from data/faults.tsv. */
#ifndef OPENBITS_SERVER_FAULT_TABLE_H
#define OPENBITS_SERVER_FAULT_TABLE_H

#include "server/fault_ids.h"

struct fault_kind {
    const char *id; /* "A01" */
    const char *layer;
    const char *params;     /* what may be said of it, with the defaults, as in a spec; "a|b" is a choice */
    const char *missing;    /* why this server does not do it; NULL: it does */
    const char *detectable; /* "yes", "no" or "partly": whether HTTP lets a client see it */
    const char *text, *source, *reason;
};

extern const struct fault_kind fault_kinds[FAULT_COUNT];

#endif
