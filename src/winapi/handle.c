/* handle.c: a table of objects. A handle is four times (generation * HANDLE_MAX + place + 1).
 *
 * The generation of a place rises with each closing, so that an old handle does not meet a new object; it
 * wraps after 2^46 closings (2^14 where pointers have 32 bits). Closed places are taken again, last closed
 * first.
 */
#include "winapi/handle.h"

#include <stdlib.h>

struct place {
    void *object; /* NULL if closed */
    uintptr_t generation;
    size_t next_free; /* when closed: the next one, HANDLE_MAX for none */
};

static struct place *places;
static size_t used, allocated, first_free = HANDLE_MAX;

static const uintptr_t generations = UINTPTR_MAX / HANDLE_MAX / 4 - 1;

static HANDLE handle_of(size_t index)
{
    return (HANDLE)((places[index].generation * HANDLE_MAX + index + 1) * 4);
}

static struct place *find(HANDLE handle)
{
    size_t index = ((uintptr_t)handle / 4 - 1) % HANDLE_MAX;

    if (!handle || index >= used || !places[index].object || handle_of(index) != handle)
        return NULL;
    return &places[index];
}

HANDLE handle_new(void *object)
{
    size_t index = first_free;

    if (index == HANDLE_MAX) {
        if (used == HANDLE_MAX)
            return NULL;
        if (used == allocated) {
            size_t more = allocated ? 2 * allocated : 16;
            struct place *moved = realloc(places, more * sizeof *places);

            if (!moved)
                return NULL;
            places = moved;
            allocated = more;
        }
        index = used++;
        places[index].generation = 0;
    } else {
        first_free = places[index].next_free;
    }
    places[index].object = object;
    return handle_of(index);
}

void *handle_get(HANDLE handle)
{
    struct place *place = find(handle);

    return place ? place->object : NULL;
}

void *handle_close(HANDLE handle)
{
    struct place *place = find(handle);
    void *object = place ? place->object : NULL;

    if (place) {
        place->object = NULL;
        place->generation = (place->generation + 1) % generations;
        place->next_free = first_free;
        first_free = (size_t)(place - places);
    }
    return object;
}
