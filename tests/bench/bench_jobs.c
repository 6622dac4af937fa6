/* bench_jobs.c: what an idle job costs, by the public interface.
 *
 *   bench_jobs [COUNT]
 *
 * COUNT jobs (10,000) with a file each, suspended, and one client's reference to each of them. One line:
 * bytes of heap and of resident memory a job, descriptors they hold open in all, and microseconds of
 * CreateJob + AddFile.
 */
#include <dirent.h>
#include <malloc.h>
#include <openbits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static void must(HRESULT hr, const char *call)
{
    if (SUCCEEDED(hr))
        return;
    fprintf(stderr, "bench_jobs: %s: 0x%08X\n", call, (unsigned)hr);
    exit(1);
}

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0;

    if (file) {
        if (fscanf(file, "%*u %zu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static unsigned descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000, heap, resident;
    struct openbits_options options = {.size = sizeof options, .flags = OPENBITS_ADMINISTRATOR};
    IBackgroundCopyJob **jobs = calloc(count, sizeof *jobs);
    IBackgroundCopyManager *manager;
    unsigned open_before;
    double started_us;

    must(jobs ? S_OK : E_OUTOFMEMORY, "calloc");
    memset(jobs, 1, count * sizeof *jobs); /* resident before it is measured */
    must(openbits_create_manager(&options, &manager), "openbits_create_manager");
    open_before = descriptors();
    heap = mallinfo2().uordblks + mallinfo2().hblkhd;
    resident = resident_bytes();
    started_us = now_us();
    for (size_t i = 0; i < count; i++) {
        WCHAR url[64], local[64];
        GUID id;

        swprintf(url, 64, L"http://127.0.0.1:9/files/%zu", i);
        swprintf(local, 64, L"/tmp/openbits-bench-file-%zu", i);
        must(IBackgroundCopyManager_CreateJob(manager, L"bench", BG_JOB_TYPE_DOWNLOAD, &id, &jobs[i]),
             "CreateJob");
        must(IBackgroundCopyJob_AddFile(jobs[i], url, local), "AddFile");
    }
    printf("%zu\t%.0f\t%.0f\t%u\t%.2f\n", count,
           (double)(mallinfo2().uordblks + mallinfo2().hblkhd - heap) / (double)count,
           (double)(resident_bytes() - resident) / (double)count, descriptors() - open_before,
           (now_us() - started_us) / (double)count);
    for (size_t i = 0; i < count; i++) {
        must(IBackgroundCopyJob_Cancel(jobs[i]), "Cancel");
        IBackgroundCopyJob_Release(jobs[i]);
    }
    IBackgroundCopyManager_Release(manager);
    free(jobs);
    return 0;
}
