/* Bits5_0.h: another spelling of bits5_0.h. */
#include <bits5_0.h>
