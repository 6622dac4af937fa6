/* ranges.h: byte ranges as people write them: OFF:LEN on the command line, "OFF LEN" lines in a file. */
#ifndef OPENBITS_CLI_RANGES_H
#define OPENBITS_CLI_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <openbits.h>

/* Lines of a ranges file are bounded, and so is their number. */
#define RANGES_MAX 10000000u

struct ranges {
    BG_FILE_RANGE *data;
    size_t count, cap;
};

void ranges_release(struct ranges *ranges);

/* "OFF:LEN", LEN may be "eof"; suffixes K, M, G, T. NULL: added; else what is wrong, static. */
const char *ranges_add(struct ranges *ranges, const char *text);

/* Lines "OFF LEN"; '#' begins a comment, blank lines are passed over. NULL: all added; else what is wrong
 * with line *line, static. Pure but for the reading, so that it can be fuzzed with fmemopen. */
const char *ranges_read(struct ranges *ranges, FILE *file, unsigned *line);

#endif
