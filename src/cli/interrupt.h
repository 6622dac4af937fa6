/* interrupt.h: SIGINT and SIGTERM as a wish that a command looks for, so that it can clean up. */
#ifndef OPENBITS_CLI_INTERRUPT_H
#define OPENBITS_CLI_INTERRUPT_H

#include <stdbool.h>

/* Blocks both in this thread and in those that it makes from now on. Call it before any thread is made. */
void interrupt_block(void);

/* Whether one came since; stays true. For the main thread only. */
bool interrupt_came(void);

#endif
