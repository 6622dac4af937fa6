/* Works for two seconds in a callback. The clock is moved by hand, so nobody waits for that. */
#include "world.h"

static void work(struct world *world)
{
    IOpenBitsControl *control;

    MUST(IBackgroundCopyManager_QueryInterface(world->manager, &IID_IOpenBitsControl, (void **)&control));
    MUST(control->lpVtbl->AdvanceTime(control, 2000000));
    control->lpVtbl->Release(control);
}

static void on_transferred(struct world *world, IBackgroundCopyJob *job)
{
    (void)job;
    work(world);
}

static BOOL came(struct world *world)
{
    return world->transferred_calls > 0;
}

int main(void)
{
    static struct world world;

    world_open(&world, OPENBITS_CLOCK_MANUAL, 0);
    world.callback.transferred = on_transferred;
    world_listen(&world, BG_NOTIFY_JOB_TRANSFERRED);
    MUST(IBackgroundCopyJob_Resume(world.job));
    world_wait(&world, BG_JOB_STATE_TRANSFERRED, came);
    MUST(IBackgroundCopyJob_Complete(world.job));
    return world_close(&world);
}
