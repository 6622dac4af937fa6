/* BitsMsg.h: another spelling of bitsmsg.h. */
#include <bitsmsg.h>
