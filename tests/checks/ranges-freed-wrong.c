/* Frees `ranges`, as if it were the array of GetFilledFileRanges. */
#include "world.h"

static void on_ranges(struct world *world, DWORD count, const BG_FILE_RANGE *ranges)
{
    (void)world, (void)count;
    CoTaskMemFree((void *)(UINT_PTR)ranges);
}

static BOOL came(struct world *world)
{
    return world->ranges_calls > 0;
}

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world.callback.ranges = on_ranges;
    world_listen(&world, BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    MUST(IBackgroundCopyJob_Resume(world.job));
    world_wait(&world, BG_JOB_STATE_TRANSFERRED, came);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
