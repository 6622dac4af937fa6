/* listener.h: a client whose callbacks can be made to stay. Host side: what is wrong ends the process. */
#ifndef OPENBITS_TESTS_HOST_LISTENER_H
#define OPENBITS_TESTS_HOST_LISTENER_H

#include <openbits.h>
#include <semaphore.h>
#include <stdbool.h>

struct listener {
    IBackgroundCopyCallback3 face;
    bool stays;         /* a callback waits for `go` */
    sem_t begun, go;    /* begun: once for each callback */
    void (*look)(void); /* called in each callback; NULL: nothing */
};

/* One for the life of the process: it counts no references. */
void listener_init(struct listener *listener, bool stays);
/* A suspended FOREGROUND job with one file and this listener; flags as in SetNotifyFlags. */
IBackgroundCopyJob *listener_job(struct listener *listener, IBackgroundCopyManager *manager, const char *url,
                                 const char *folder, const char *name, DWORD flags);
/* A manager with slots of its own in the folder. */
IBackgroundCopyManager *listener_manager(const char *folder, const char *trace_file);
/* Waits until the job is in this state, or fails. */
void listener_wait(IBackgroundCopyManager *manager, IBackgroundCopyJob *job, BG_JOB_STATE state);

#endif
