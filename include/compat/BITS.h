/* BITS.h: another spelling of bits.h. */
#include <bits.h>
