/* map.c: see map.h. */
#include "cli/map.h"

#include <langinfo.h>
#include <string.h>

enum cell {
    CELL_NONE,
    CELL_ASKED,
    CELL_FILLED,
    CELL_REPORTED,
};

static const char *const plain[] = {".", "-", "+", "#"};
static const char *const shaded[] = {"\u00b7", "\u2591", "\u2592", "\u2588"};

bool map_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static enum cell cell_of(const struct map *map, struct range cell)
{
    uint64_t asked = rangeset_length_within(map->requested, cell);

    if (asked == 0 && rangeset_length_within(map->filled, cell) == 0)
        return CELL_NONE;
    if (rangeset_length_within(map->filled, cell) < asked)
        return CELL_ASKED;
    return rangeset_length_within(map->reported, cell) < asked ? CELL_FILLED : CELL_REPORTED;
}

void map_print(const struct map *map, FILE *out)
{
    const char *const *shapes = map_is_utf8() ? shaded : plain;
    uint64_t step = map->size / map->cells, rest = map->size % map->cells, start = 0;

    for (unsigned i = 0; i < map->cells; i++) {
        uint64_t end = start + step + (i < rest);

        if (end > start)
            fputs(shapes[cell_of(map, (struct range){start, end})], out);
        start = end;
    }
}

void map_print_legend(FILE *out)
{
    const char *const *shapes = map_is_utf8() ? shaded : plain;

    fprintf(out, "%s not asked for   %s asked for   %s arrived   %s reported", shapes[CELL_NONE],
            shapes[CELL_ASKED], shapes[CELL_FILLED], shapes[CELL_REPORTED]);
}
