/* vec.h: room for one more element in a growing array.
 *
 *     struct { struct range *data; size_t len, cap; } v;
 *     if (!vec_reserve((void **)&v.data, &v.cap, v.len + 1, sizeof *v.data)) return E_OUTOFMEMORY;
 *     v.data[v.len++] = r;
 *
 * Growth is by half, so that a million elements cost some 35 moves and a third of spare room at most.
 */
#ifndef OPENBITS_BASE_VEC_H
#define OPENBITS_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* False when memory is short or the size overflows; the array is then as it was. */
static inline bool vec_reserve(void **data, size_t *cap, size_t want, size_t element_size)
{
    size_t new_cap = *cap + *cap / 2 + 4;
    void *moved;

    if (want <= *cap)
        return true;
    if (new_cap < want)
        new_cap = want;
    if (new_cap > SIZE_MAX / element_size)
        return false;
    moved = realloc(*data, new_cap * element_size);
    if (!moved)
        return false;
    *data = moved;
    *cap = new_cap;
    return true;
}

#endif
