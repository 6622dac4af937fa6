/* Downloads a file and completes the job. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
