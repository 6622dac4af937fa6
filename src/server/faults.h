/* faults.h: the faults that were added to a server, and whom they have struck. Thread safe. */
#ifndef OPENBITS_SERVER_FAULTS_H
#define OPENBITS_SERVER_FAULTS_H

#include <stdatomic.h>

#include "server/fault_spec.h"
#include "server/range.h"

/* One of them: counted, because requests under way outlive its removal. */
struct fault {
    atomic_uint refs;
    uint64_t number;
    int64_t added_us;
    struct fault_spec spec; /* unchanged once it is added, as is all above */
    uint64_t met, strikes;  /* guarded by the list's lock */
    bool handshake;         /* it is of TLS */
    bool front;             /* the byte-level front has to do it */
    char text[];
};

/* One that strikes a request. Holds a reference. */
struct strike {
    struct fault *fault;
    uint64_t number; /* of this fault's strikes, from 1 */
};

/* What a request is, as selectors see it. All borrowed. */
struct fault_facts {
    const char *method, *path; /* path NULL: none */
    uint64_t connection;
    uint64_t range_count;       /* asked for; 0: no Range */
    const struct slice *slices; /* what is asked of the file; none: bytes= cannot be met */
    size_t slice_count;
    int64_t now_us;
    bool handshake; /* no request yet: only faults of the layer tls can strike, and they only here */
    /* Whether this behaviour can be shown with this request at all. */
    bool (*applies)(const struct fault_spec *spec, void *context);
    void *context;
};

struct faults;

struct faults *faults_new(void);
void faults_free(struct faults *list);

/* S_OK, E_INVALIDARG (bad says why) or E_OUTOFMEMORY. */
HRESULT faults_add(struct faults *list, const char *text, int64_t now_us, struct server_fault_trouble *bad);
HRESULT faults_remove(struct faults *list, uint64_t number);
void faults_clear(struct faults *list);
HRESULT faults_copy(struct faults *list, struct server_fault **out, size_t *count);

/* Those that strike this request, in the order in which they were added; counted from here on as having done
 * so. False: memory is short, and none has. */
bool faults_strike(struct faults *list, const struct fault_facts *facts, struct strike **out, size_t *count);
void strikes_free(struct strike *strikes, size_t count);

/* Whether any has ever needed the front. */
bool faults_need_front(struct faults *list);

#endif
