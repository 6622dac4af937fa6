/* bar.h: a progress bar on a terminal: bytes, rate, time left, and the file's map. */
#ifndef OPENBITS_CLI_BAR_H
#define OPENBITS_CLI_BAR_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/map.h"

struct bar {
    bool shown;           /* only on a terminal */
    uint64_t started_us;  /* CLOCK_MONOTONIC */
    uint64_t first_bytes; /* there at the start */
};

/* How wide the terminal at fd is; 80 where there is none. */
unsigned bar_columns(int fd);

/* Looks whether standard error is a terminal, and one that can clear a line. */
void bar_begin(struct bar *bar, bool quiet);
/* total: BG_SIZE_UNKNOWN if nobody knows. map's cells are chosen here. */
void bar_draw(struct bar *bar, uint64_t bytes, uint64_t total, struct map *map);
/* Clears the line. */
void bar_end(struct bar *bar);

/* "12.3 MiB"; out has at least 16 bytes. */
void bar_size(uint64_t bytes, char *out, unsigned room);

#endif
