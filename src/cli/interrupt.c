/* interrupt.c: see interrupt.h. There is no handler: a signal stays pending until it is looked for. */
#include <config.h>

#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

static sigset_t signals;
static bool came;

void interrupt_block(void)
{
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

bool interrupt_came(void)
{
    static const struct timespec at_once = {0};

    if (!came && sigtimedwait(&signals, NULL, &at_once) > 0)
        came = true;
    return came;
}
