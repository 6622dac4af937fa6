/* Copies what it needs of `ranges`. */
#include "world.h"

static BG_FILE_RANGE first;

static void on_ranges(struct world *world, DWORD count, const BG_FILE_RANGE *ranges)
{
    (void)count;
    if (world->ranges_calls == 0)
        first = ranges[0];
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
    printf("the first byte of it is %llu\n", (unsigned long long)first.InitialOffset);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
