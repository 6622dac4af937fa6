/* Bits10_3.h: another spelling of bits10_3.h. */
#include <bits10_3.h>
