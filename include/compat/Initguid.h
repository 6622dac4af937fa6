/* Initguid.h: another spelling of initguid.h. */
#include <initguid.h>
