/* probe.h: the tables that build-aux/com-entry.awk (part=cases) makes: a call of every method of every
 * object, and what each object must answer.
 */
#ifndef OPENBITS_TESTS_COM_PROBE_H
#define OPENBITS_TESTS_COM_PROBE_H

#include "openbits.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/hr.h"

enum { PROBE_POINTERS = 8, PROBE_BYTES = 64, PROBE_FILL = 0xAA, PROBE_NONE = -1 };

/* What one call passes for its pointers: memory of PROBE_FILL bytes, but NULL for number `null`. */
struct probe {
    int null;
    size_t size[PROBE_POINTERS]; /* bytes of an output; 0: no output, or not passed */
    _Alignas(16) unsigned char memory[PROBE_POINTERS][PROBE_BYTES];
};

/* For the calls: the pointer to pass as number index. */
void *probe_pointer(struct probe *probe, int index, size_t size);

struct com_case {
    const char *object;
    const char *method;
    const IID *iid; /* of the newest interface that has it */
    HRESULT (*call)(void *face, struct probe *probe);
    int pointers;    /* that must not be NULL */
    HRESULT null_hr; /* the answer when one is */
    bool unimplemented;
};

struct com_vtable {
    const char *object;
    const IID *iid;
    size_t slots;    /* by the header */
    size_t expected; /* by data/vtables.tsv */
};

struct com_answer {
    const char *object, *interface_name;
    const IID *iid;
};

extern const struct com_case com_cases[];
extern const size_t com_case_count;
extern const struct com_vtable com_vtables[];
extern const size_t com_vtable_count;
extern const struct com_answer com_answers[];
extern const size_t com_answer_count;

#endif
