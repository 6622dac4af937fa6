/* objects.h: the COM objects of the room, and how one makes another.
 *
 * The newest interface of a family is embedded; the older ones are its prefix, so one vtable serves them all.
 * The vtables, the entry functions in them, com_<object>_from_<member>, com_<object>_new and the prototypes
 * of the bodies are made by the build (com/entries.h, from data/com_objects.tsv and data/vtables.tsv). A body
 * com_<object>_<Method> finds its arguments checked for NULL and its outputs zero.
 */
#ifndef OPENBITS_COM_OBJECTS_H
#define OPENBITS_COM_OBJECTS_H

#define CONST_VTABLE /* of the SDK: lpVtbl points to const */
#include "openbits.h"

#include <assert.h>
#include <stddef.h>

#include "com/cursor.h"
#include "com/object.h"

struct com_manager { /* manager.c, control.c, peer_cache.c */
    struct com_object object;
    IBackgroundCopyManager iface;
    IBitsPeerCacheAdministration peer_cache;
    IOpenBitsControl control;
};

struct com_job { /* job.c, job_http.c, job_properties.c, owner.c, uploads.c */
    struct com_object object;
    IBackgroundCopyJob5 iface;
    IBackgroundCopyJobHttpOptions3 http;
    IBitsTokenOptions token;
};

struct com_file { /* file.c; object.file says which */
    struct com_object object;
    IBackgroundCopyFile6 iface;
};

struct com_error { /* error.c; a snapshot; object.file says which file, if any */
    struct com_object object;
    IBackgroundCopyError iface;
    struct job_error error;
    const char *protocol; /* "http", "file", or NULL: none; static */
};

struct com_enum_jobs { /* enum_jobs.c; a snapshot of the set */
    struct com_object object;
    IEnumBackgroundCopyJobs iface;
    struct com_cursor cursor;
    struct engine_job **jobs; /* each held; cursor.count of them */
};

struct com_enum_files { /* enum_files.c; files never leave a job, so their number is the snapshot */
    struct com_object object;
    IEnumBackgroundCopyFiles iface;
    struct com_cursor cursor;
};

struct com_enum_records { /* enum_records.c; always empty */
    struct com_object object;
    IEnumBitsPeerCacheRecords iface;
};

struct com_enum_peers { /* enum_peers.c; always empty */
    struct com_object object;
    IEnumBitsPeers iface;
};

#include "com/entries.h"

/* The oldest interface of an object, as methods return it and callbacks are given it. */
static inline IBackgroundCopyJob *com_job_interface(struct com_job *job)
{
    return (IBackgroundCopyJob *)(void *)&job->iface;
}

static inline IBackgroundCopyFile *com_file_interface(struct com_file *file)
{
    return (IBackgroundCopyFile *)(void *)&file->iface;
}

/* Each makes a new object with one reference in *out, which stays as it is on failure. E_OUTOFMEMORY. */
HRESULT com_job_create(struct engine *engine, struct engine_job *job, IBackgroundCopyJob **out);
HRESULT com_file_create(struct engine *engine, struct engine_job *job, uint32_t file,
                        IBackgroundCopyFile **out);
HRESULT com_error_create(struct engine *engine, struct engine_job *job, const struct job_error *error,
                         IBackgroundCopyError **out);
/* jobs and their holds are taken over, on failure too. */
HRESULT com_enum_jobs_create(struct engine *engine, struct engine_job **jobs, size_t count, ULONG position,
                             IEnumBackgroundCopyJobs **out);
HRESULT com_enum_files_create(struct engine *engine, struct engine_job *job, ULONG count, ULONG position,
                              IEnumBackgroundCopyFiles **out);
HRESULT com_enum_records_create(struct engine *engine, IEnumBitsPeerCacheRecords **out);
HRESULT com_enum_peers_create(struct engine *engine, IEnumBitsPeers **out);

#endif
