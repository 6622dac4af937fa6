/* Asks for the state now and then, and leaves the flags as they are. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
