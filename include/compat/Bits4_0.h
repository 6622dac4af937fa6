/* Bits4_0.h: another spelling of bits4_0.h. */
#include <bits4_0.h>
