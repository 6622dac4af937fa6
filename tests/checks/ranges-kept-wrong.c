/* Keeps the pointer to `ranges` and looks at it when the callback has returned. */
#include "world.h"

static const BG_FILE_RANGE *kept;

static void on_ranges(struct world *world, DWORD count, const BG_FILE_RANGE *ranges)
{
    (void)world, (void)count;
    kept = ranges;
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
    printf("the first byte of it is %llu\n", (unsigned long long)kept[0].InitialOffset);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
