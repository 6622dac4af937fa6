/* Changes a copy of `ranges`. */
#include "world.h"

static void on_ranges(struct world *world, DWORD count, const BG_FILE_RANGE *ranges)
{
    (void)world;
    for (DWORD i = 0; i < count; i++) {
        BG_FILE_RANGE mine = ranges[i];

        mine.Length += mine.InitialOffset; /* now it is an end */
        printf("up to %llu\n", (unsigned long long)mine.Length);
    }
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
