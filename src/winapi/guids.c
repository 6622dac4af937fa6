/* guids.c: the storage of every IID_ and CLSID_ that the bits*.h and openbits.h name.
 *
 * The definitions are weak, as INITGUID's are everywhere: a client that defines its own keeps them.
 */
#pragma GCC visibility push(default)
#define INITGUID
#include <bits.h>

#include "openbits.h"

EXTERN_C const GUID GUID_NULL;
const GUID GUID_NULL = {0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}};
#pragma GCC visibility pop
