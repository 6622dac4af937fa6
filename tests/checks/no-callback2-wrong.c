/* Wants FileTransferred, with an object whose QueryInterface knows IBackgroundCopyCallback only. */
#include "world.h"

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world.callback.newest = &IID_IBackgroundCopyCallback;
    world_listen(&world, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_FILE_TRANSFERRED);
    world_download(&world);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
