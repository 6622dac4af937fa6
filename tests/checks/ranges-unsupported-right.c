/* The server ignores ranges. The program asks whether they work, and gives up what can never come. */
#include "world.h"

static HRESULT filled_answer(struct world *world)
{
    IBackgroundCopyFile6 *file = world_file(world);
    BG_FILE_RANGE *filled;
    DWORD count;
    HRESULT hr = IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled);

    if (SUCCEEDED(hr))
        CoTaskMemFree(filled);
    IBackgroundCopyFile6_Release(file);
    return hr;
}

int main(void)
{
    BG_FILE_RANGE range = {1000, 500};
    IBackgroundCopyFile6 *file;
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, SERVER_FILE_NO_RANGES);
    world_listen(&world, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    file = world_file(&world);
    MUST(IBackgroundCopyFile6_RequestFileRanges(file, 1, &range));
    IBackgroundCopyFile6_Release(file);
    MUST(IBackgroundCopyJob_Resume(world.job));
    world_wait(&world, BG_JOB_STATE_ERROR, NULL);
    if (filled_answer(&world) == BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
        MUST(IBackgroundCopyJob_SetNotifyFlags(world.job, BG_NOTIFY_JOB_TRANSFERRED));
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
