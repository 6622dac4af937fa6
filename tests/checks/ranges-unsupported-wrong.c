/* The server ignores ranges. The program fetches the file as a whole, and still waits for its ranges. */
#include "world.h"

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
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
