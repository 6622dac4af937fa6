/* Changes `ranges` in place, on the callback's own thread. */
#include "world.h"

static void on_ranges(struct world *world, DWORD count, const BG_FILE_RANGE *ranges)
{
    BG_FILE_RANGE *mine = (BG_FILE_RANGE *)(UINT_PTR)ranges;

    (void)world;
    for (DWORD i = 0; i < count; i++)
        mine[i].Length += mine[i].InitialOffset; /* now it is an end */
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
