/* service.h: what all protocols of one server share: where paths lead, faults, holds, the log, the counters.
 */
#ifndef OPENBITS_SERVER_SERVICE_H
#define OPENBITS_SERVER_SERVICE_H

#include <stdatomic.h>

#include "server/connections.h"
#include "server/faults.h"
#include "server/hold.h"
#include "server/log.h"
#include "server/login.h"
#include "server/redirect.h"
#include "server/resource.h"
#include "server/stall.h"
#include "server/tls.h"

struct service {
    struct site site;
    struct faults *faults;
    struct hold *hold;
    struct stall *stall;
    struct log *log;
    struct connections *connections;
    struct redirect_key key;        /* signs URLs; unchanged after the start */
    struct login login;             /* unchanged after the start, as is what follows */
    struct tls *tls;                /* NULL: no HTTPS */
    bool proxy;                     /* CONNECT is granted */
    atomic_uint_fast64_t requests;  /* that began */
    atomic_uint_fast64_t under_way; /* that began and have not ended */
};

/* S_OK or E_OUTOFMEMORY; file as log_new takes it, and not taken on failure. */
HRESULT service_init(struct service *s, FILE *log_file);
/* Also after a failed init. */
void service_release(struct service *s);

#endif
