/* cross_c.c: the half of the vtable test that is C. */
#include "cross.h"

#include "cross_objects_c.h"

#include "cross_calls.h"

const struct cross_half *cross_c(void)
{
    static const struct cross_half half = {objects, calls, sizeof calls / sizeof *calls};

    return &half;
}
