/* map.h: a file drawn in one line: what was asked for, what is there, what was reported. */
#ifndef OPENBITS_CLI_MAP_H
#define OPENBITS_CLI_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rangeset/rangeset.h"

#define MAP_CELLS_MAX 256

struct map {
    uint64_t size; /* of the file; 0 or unknown: nothing is drawn */
    const struct rangeset *requested, *filled, *reported;
    unsigned cells; /* at most MAP_CELLS_MAX */
};

/* One character a cell, by what the cell's bytes have in common least far: '.' none was asked for, '-' some
 * are asked for and not there, '+' all asked ones are there, '#' and reported too. Blocks of four shades
 * when the terminal's character set is UTF-8. */
void map_print(const struct map *map, FILE *out);

/* What the four characters mean, in one line without its end. */
void map_print_legend(FILE *out);

/* Whether the locale says UTF-8; setlocale was called. */
bool map_is_utf8(void);

#endif
