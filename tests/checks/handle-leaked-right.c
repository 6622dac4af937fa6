/* Releases everything, and the manager first: a job does not need it. */
#include "world.h"

int main(void)
{
    static struct world world;
    IBackgroundCopyFile6 *file;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    IBackgroundCopyManager_Release(world.manager);
    world.manager = NULL;
    file = world_file(&world);
    MUST(IBackgroundCopyJob_Cancel(world.job));
    IBackgroundCopyFile6_Release(file);
    return world_close(&world);
}
