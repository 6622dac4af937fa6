/* com_init.h: whether a thread may use COM, for CoCreateInstance. */
#ifndef OPENBITS_WINAPI_COM_INIT_H
#define OPENBITS_WINAPI_COM_INIT_H

#include "openbits_types.h"

/* S_OK, or CO_E_NOTINITIALIZED: the calling thread has not called CoInitializeEx, and no thread of the
 * process is in the multithreaded apartment, whose members all other threads then are. */
HRESULT com_init_check(void);

#endif
