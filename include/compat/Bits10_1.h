/* Bits10_1.h: another spelling of bits10_1.h. */
#include <bits10_1.h>
