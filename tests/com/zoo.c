/* zoo.c: see zoo.h. */
#include "zoo.h"

#include <check.h>
#include <string.h>
#include <wchar.h>

#include "base/hr.h"

#include "com/com.h"

void zoo_open(struct zoo *zoo, const char *trace_path)
{
    IBitsPeerCacheAdministration *peer_cache;
    GUID id;

    memset(zoo, 0, sizeof *zoo);
    zoo->engine = fake_engine_new(trace_path);
    ck_assert_int_eq(com_manager_create(zoo->engine, &zoo->manager), S_OK);
    ck_assert_int_eq(
        IBackgroundCopyManager_CreateJob(zoo->manager, L"zoo", BG_JOB_TYPE_DOWNLOAD, &id, &zoo->job), S_OK);
    zoo->fake_job = &zoo->engine->jobs[0];
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(zoo->job, L"http://host/a", L"/tmp/a"), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(zoo->job, L"https://host/b", L"/tmp/b"), S_OK);
    zoo->fake_job->error =
        (struct job_error){.hr = hr_from_http_status(404), .context = JOB_CONTEXT_REMOTE_FILE, .file = 1};
    ck_assert_int_eq(IBackgroundCopyJob_GetError(zoo->job, &zoo->error), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo->manager, 0, &zoo->enum_jobs), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_EnumFiles(zoo->job, &zoo->enum_files), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(zoo->enum_files, 1, &zoo->file, NULL), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_QueryInterface(zoo->manager, &IID_IBitsPeerCacheAdministration,
                                                           (void **)&peer_cache),
                     S_OK);
    ck_assert_int_eq(IBitsPeerCacheAdministration_EnumRecords(peer_cache, &zoo->enum_records), S_OK);
    ck_assert_int_eq(IBitsPeerCacheAdministration_EnumPeers(peer_cache, &zoo->enum_peers), S_OK);
    IBitsPeerCacheAdministration_Release(peer_cache);
}

void zoo_close(struct zoo *zoo)
{
    ck_assert_uint_eq(IEnumBitsPeers_Release(zoo->enum_peers), 0);
    ck_assert_uint_eq(IEnumBitsPeerCacheRecords_Release(zoo->enum_records), 0);
    ck_assert_uint_eq(IEnumBackgroundCopyFiles_Release(zoo->enum_files), 0);
    ck_assert_uint_eq(IEnumBackgroundCopyJobs_Release(zoo->enum_jobs), 0);
    ck_assert_uint_eq(IBackgroundCopyError_Release(zoo->error), 0);
    ck_assert_uint_eq(IBackgroundCopyFile_Release(zoo->file), 0);
    ck_assert_uint_eq(IBackgroundCopyJob_Release(zoo->job), 0);
    ck_assert_uint_eq(IBackgroundCopyManager_Release(zoo->manager), 0);
    fake_engine_free(zoo->engine);
}

IUnknown *zoo_object(struct zoo *zoo, const char *name)
{
    const struct {
        const char *name;
        void *object;
    } objects[] = {
        {"manager", zoo->manager},
        {"job", zoo->job},
        {"file", zoo->file},
        {"error", zoo->error},
        {"enum_jobs", zoo->enum_jobs},
        {"enum_files", zoo->enum_files},
        {"enum_records", zoo->enum_records},
        {"enum_peers", zoo->enum_peers},
    };

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (strcmp(objects[i].name, name) == 0)
            return objects[i].object;
    ck_abort_msg("no object %s in the zoo", name);
    return NULL;
}

void zoo_assert_text(LPWSTR text, const WCHAR *expected)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(wcscmp(text, expected) == 0, "\"%ls\" is not \"%ls\"", text, expected);
    CoTaskMemFree(text);
}
