/* httpdate.h: dates in HTTP headers (RFC 9110 section 5.6.7), apart from any locale. Pure. */
#ifndef OPENBITS_SERVER_HTTPDATE_H
#define OPENBITS_SERVER_HTTPDATE_H

#include <stdbool.h>
#include <stdint.h>

#define HTTPDATE_SIZE 32

/* "Sun, 06 Nov 1994 08:49:37 GMT" for a Unix time; years outside 1..9999 are cut to them. */
void httpdate_format(int64_t time_s, char out[HTTPDATE_SIZE]);

/* All three forms a recipient must read; false: none of them. The two-digit year of RFC 850 is the one
 * closest to now_s, at most 50 years ahead. */
bool httpdate_parse(const char *text, int64_t now_s, int64_t *out_time_s);

#endif
