/* bits10_1.h, which mingw lacks: the same file as off Windows, on top of mingw's own headers. */
#include "openbits_complete.h"

#include "../compat/bits10_1.h"
