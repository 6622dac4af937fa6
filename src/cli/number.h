/* number.h: numbers as people write them on a command line. Pure. */
#ifndef OPENBITS_CLI_NUMBER_H
#define OPENBITS_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits and nothing else, at most max. */
bool number_parse(const char *text, uint64_t max, uint64_t *out);

/* Digits, then perhaps one of K, M, G, T: that many times 1024, 1024^2, ... */
bool number_parse_size(const char *text, uint64_t max, uint64_t *out);

#endif
