/* probe.c: see probe.h. */
#include "probe.h"

#include <check.h>

void *probe_pointer(struct probe *probe, int index, size_t size)
{
    ck_assert_int_lt(index, PROBE_POINTERS);
    ck_assert_uint_le(size, PROBE_BYTES);
    if (index == probe->null)
        return NULL;
    probe->size[index] = size;
    return probe->memory[index];
}
