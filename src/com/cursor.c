/* cursor.c: see cursor.h. */
#include "com/cursor.h"

void com_cursor_init(struct com_cursor *cursor, ULONG count, ULONG position)
{
    cursor->count = count;
    atomic_init(&cursor->position, position);
}

ULONG com_cursor_take(struct com_cursor *cursor, ULONG want, ULONG *first)
{
    unsigned position = atomic_load(&cursor->position);
    ULONG taken;

    do
        taken = want < cursor->count - position ? want : cursor->count - position;
    while (!atomic_compare_exchange_weak(&cursor->position, &position, position + taken));
    *first = position;
    return taken;
}

void com_cursor_untake(struct com_cursor *cursor, ULONG first, ULONG taken)
{
    unsigned expected = first + taken;

    atomic_compare_exchange_strong(&cursor->position, &expected, first);
}

ULONG com_cursor_position(struct com_cursor *cursor)
{
    return atomic_load(&cursor->position);
}

void com_cursor_reset(struct com_cursor *cursor)
{
    atomic_store(&cursor->position, 0);
}
