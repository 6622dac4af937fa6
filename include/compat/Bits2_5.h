/* Bits2_5.h: another spelling of bits2_5.h. */
#include <bits2_5.h>
