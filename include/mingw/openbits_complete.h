/* openbits_complete.h: adds to mingw's BITS headers what they lack, from ../compat.
 *
 * Mingw has bits.h to bits3_0.h and bits5_0.h, each without some of the SDK's interfaces and names. The files
 * in ../compat guard each interface and each group of constants with the SDK's names, so reading them after
 * mingw's adds the missing ones only; their file guards, which mingw's files share, are lifted for that.
 * The order is that of the versions, as each derives from the one before.
 *
 * Mingw's libbits has no IID_ or CLSID_ for what is added here: one file of the program defines INITGUID.
 */
#ifndef OPENBITS_COMPLETE_H
#define OPENBITS_COMPLETE_H

#include <bits.h>
#include <bits5_0.h>

#include "../compat/bitsmsg.h"

#undef __bits2_5_h__
#include "../compat/bits2_5.h"

#undef __bits3_0_h__
#include "../compat/bits3_0.h"

#undef __bits5_0_h__
#include "../compat/bits5_0.h"

#endif
