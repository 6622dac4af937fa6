/* Bits3_0.h: another spelling of bits3_0.h. */
#include <bits3_0.h>
