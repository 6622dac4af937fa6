/* watcher.h: the tool's callback object: an IBackgroundCopyCallback3 that keeps what it is told.
 *
 * The tool's managers deliver callbacks inside openbits_pump (OPENBITS_PUMP_CALLBACKS), so everything here
 * happens on one thread and there is no lock.
 */
#ifndef OPENBITS_CLI_WATCHER_H
#define OPENBITS_CLI_WATCHER_H

#include <openbits.h>

#include "rangeset/rangeset.h"

struct watcher {
    IBackgroundCopyCallback3 iface;
    ULONG references;
    struct rangeset reported;
    uint64_t reported_twice; /* bytes */
    unsigned reports, transferred, errors;
    /* Told of each report, after it was kept; NULL: nobody. */
    void (*on_ranges)(void *context, DWORD count, const BG_FILE_RANGE *ranges);
    void *context;
};

/* One reference, the caller's; the watcher is the caller's memory and must outlive every reference. */
void watcher_init(struct watcher *watcher);
void watcher_release(struct watcher *watcher);

#endif
