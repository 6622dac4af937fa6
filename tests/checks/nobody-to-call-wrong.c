/* Says which notifications it wants, and not to whom they are to go. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    MUST(IBackgroundCopyJob_SetNotifyFlags(world.job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR));
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
