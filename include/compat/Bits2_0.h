/* Bits2_0.h: another spelling of bits2_0.h. */
#include <bits2_0.h>
