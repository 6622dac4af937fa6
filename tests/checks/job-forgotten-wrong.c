/* Downloads a file, releases everything, and ends without Complete: there is no file. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_download(&world);
    return world_close(&world);
}
