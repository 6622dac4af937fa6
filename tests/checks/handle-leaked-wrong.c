/* Asks for a file of the job, and never releases it. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_file(&world);
    MUST(IBackgroundCopyJob_Cancel(world.job));
    return world_close(&world);
}
