/* Keeps the job of a callback with a reference of its own, and releases that one. */
#include "world.h"

static IBackgroundCopyJob *_Atomic kept;

static void on_transferred(struct world *world, IBackgroundCopyJob *job)
{
    (void)world;
    IBackgroundCopyJob_AddRef(job);
    kept = job;
}

static BOOL came(struct world *world)
{
    return world->transferred_calls > 0;
}

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world.callback.transferred = on_transferred;
    world_listen(&world, BG_NOTIFY_JOB_TRANSFERRED);
    MUST(IBackgroundCopyJob_Resume(world.job));
    world_wait(&world, BG_JOB_STATE_TRANSFERRED, came);
    MUST(IBackgroundCopyJob_Complete(kept));
    IBackgroundCopyJob_Release(kept);
    return world_close(&world);
}
