/* Releases the job that the callback is given, though nobody gave it a reference. */
#include "world.h"

static void on_modification(struct world *world, IBackgroundCopyJob *job)
{
    (void)world;
    IBackgroundCopyJob_Release(job);
}

static BOOL came(struct world *world)
{
    return world->modification_calls > 0;
}

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world.callback.modification = on_modification;
    world_listen(&world, BG_NOTIFY_JOB_MODIFICATION);
    MUST(IBackgroundCopyJob_Resume(world.job));
    world_wait(&world, BG_JOB_STATE_TRANSFERRED, came);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
