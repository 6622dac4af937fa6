/* cursor.h: the position of an enumerator, which several threads may move at once.
 *
 * A caller of Next claims its elements before it makes them, so that no two callers get the same one.
 */
#ifndef OPENBITS_COM_CURSOR_H
#define OPENBITS_COM_CURSOR_H

#include <stdatomic.h>

#include "openbits_types.h"

struct com_cursor {
    ULONG count;
    atomic_uint position; /* 0 .. count */
};

void com_cursor_init(struct com_cursor *cursor, ULONG count, ULONG position);

/* Moves over at most `want` elements; answers how many, the first of them in *first. */
ULONG com_cursor_take(struct com_cursor *cursor, ULONG want, ULONG *first);

/* Puts them back, if nobody has moved on since: for a caller who could not use them. */
void com_cursor_untake(struct com_cursor *cursor, ULONG first, ULONG taken);

ULONG com_cursor_position(struct com_cursor *cursor);
void com_cursor_reset(struct com_cursor *cursor);

#endif
