/* program.h: a program that this process starts and waits for. */
#ifndef OPENBITS_SYS_PROGRAM_H
#define OPENBITS_SYS_PROGRAM_H

#include "openbits_types.h"

/* Starts the program at path, and waits for its end; no shell and no search path are involved. parameters
 * becomes its argument list, argv[0] included; NULL or blank: argv[0] is path and there is no more. Blanks
 * and tabs separate; double quotes group and vanish, wherever they stand; nothing escapes anything, and a
 * quote that is not closed goes to the end. The environment and the folder are this process's, stdin is
 * empty. *status is its exit code, or -1 if a signal ended it. Errors: why it could not be started, and
 * HR_STATUS_LOST if somebody else in this process took the status (SIGCHLD ignored, wait for any child). */
HRESULT sys_program_run(const char *path, const char *parameters, int *status);

/* HRESULT_FROM_WIN32(ERROR_WAIT_NO_CHILDREN) */
#define HR_STATUS_LOST ((HRESULT)0x80070080)

#endif
