/* world.h: what every small program here needs: a server with one file, a manager, a job for that file, and a
 * callback object that does what the program says. Whatever goes wrong by itself ends the program with 3.
 */
#ifndef OPENBITS_TESTS_CHECKS_WORLD_H
#define OPENBITS_TESTS_CHECKS_WORLD_H

#define COBJMACROS
#include <objbase.h>
#include <openbits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/server.h"

enum { WORLD_FILE_SIZE = 100000 };

struct world;

/* A BITS callback, and what the program does in it; NULL: nothing. */
struct callback {
    IBackgroundCopyCallback3 face;
    const IID *newest; /* the newest interface that it answers */
    void (*transferred)(struct world *world, IBackgroundCopyJob *job);
    void (*error)(struct world *world, IBackgroundCopyJob *job, IBackgroundCopyError *error);
    void (*modification)(struct world *world, IBackgroundCopyJob *job);
    void (*ranges)(struct world *world, DWORD count, const BG_FILE_RANGE *ranges);
};

struct world {
    struct callback callback; /* first: its interface is the world's address; so a world is static, since the
                               * last call may end later than main */
    struct server *server;
    char folder[512];
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job; /* suspended, with one file */
    atomic_int transferred_calls, error_calls, modification_calls, ranges_calls;
};

/* flags: enum server_file_flags of the file. */
void world_open(struct world *world, enum openbits_clock clock, unsigned flags);

/* SetNotifyInterface and SetNotifyFlags. */
void world_listen(struct world *world, ULONG flags);

/* Waits until the job has that state and until no longer says FALSE; until may be NULL. */
void world_wait(struct world *world, BG_JOB_STATE state, BOOL (*until)(struct world *world));
/* Resume, and world_wait for TRANSFERRED. */
void world_download(struct world *world);

/* The job's file; the caller's reference. */
IBackgroundCopyFile6 *world_file(struct world *world);
/* Makes it an on-demand job, asks for the file's first bytes and waits until they are there. */
void world_fetch_start(struct world *world, UINT64 bytes);

/* Releases job and manager if they are not NULL, stops the server and removes the folder. 0: for main. */
int world_close(struct world *world);

void world_must(HRESULT hr, const char *what);
#define MUST(call) world_must(call, #call)

#endif
