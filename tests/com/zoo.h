/* zoo.h: one object of each kind over a fake engine, made through the interfaces only. */
#ifndef OPENBITS_TESTS_COM_ZOO_H
#define OPENBITS_TESTS_COM_ZOO_H

#include "openbits.h"

#include "fake_engine.h"

struct zoo {
    struct engine *engine;
    struct engine_job *fake_job; /* what the engine has behind job; not held */
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    IBackgroundCopyFile *file;
    IBackgroundCopyError *error;
    IEnumBackgroundCopyJobs *enum_jobs;
    IEnumBackgroundCopyFiles *enum_files;
    IEnumBitsPeerCacheRecords *enum_records;
    IEnumBitsPeers *enum_peers;
};

/* The job has two files, an error on the second, and a description. trace_path may be NULL. */
void zoo_open(struct zoo *zoo, const char *trace_path);

/* Releases everything and asserts that each count ends at zero. */
void zoo_close(struct zoo *zoo);

/* By the name in data/com_objects.tsv; borrowed. */
IUnknown *zoo_object(struct zoo *zoo, const char *name);

/* Fails the test unless an output is this text; frees it. */
void zoo_assert_text(LPWSTR text, const WCHAR *expected);

#endif
