/* Bits10_2.h: another spelling of bits10_2.h. */
#include <bits10_2.h>
