/* Fetches the first bytes of a file and calls Complete, which keeps whole files only. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_fetch_start(&world, 1000);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
