/* Bits1_5.h: another spelling of bits1_5.h. */
#include <bits1_5.h>
