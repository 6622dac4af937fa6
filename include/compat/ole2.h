/* ole2.h: another spelling of objbase.h. */
#include <objbase.h>
