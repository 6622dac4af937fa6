/* damage.c: what is done to the bytes of one answer on their way to the client. */
#include "server/damage.h"

void damage_init(struct damage *d)
{
    *d = (struct damage){.end_at = DAMAGE_NEVER};
}

bool damage_is_none(const struct damage *d)
{
    return d->length == DAMAGE_LENGTH_KEPT && d->end == DAMAGE_END_NONE;
}
