/* BaseTyps.h: another spelling of basetyps.h. */
#include <basetyps.h>
