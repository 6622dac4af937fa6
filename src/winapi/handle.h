/* handle.h: handles, numbers that stand for objects.
 *
 * A number and not a pointer, since programs use handles after closing them: on Windows that is an error they
 * never notice, and here it must not be worse. The caller's lock guards the table.
 */
#ifndef OPENBITS_WINAPI_HANDLE_H
#define OPENBITS_WINAPI_HANDLE_H

#include "openbits_types.h"

/* A handle for the object; NULL if there is no memory or there are HANDLE_MAX of them. */
enum { HANDLE_MAX = 1 << 16 };
HANDLE handle_new(void *object);

/* The object; NULL if the handle is none, or closed. */
void *handle_get(HANDLE handle);

/* Closes the handle: it, though not the object, is gone. NULL as handle_get. */
void *handle_close(HANDLE handle);

#endif
