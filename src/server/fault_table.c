/* fault_table.c: the faults that there are, from data/faults.tsv. */
#include "server/fault_table.h"

#include <stddef.h>

const struct fault_kind fault_kinds[FAULT_COUNT] = {
#include "server/fault_rows.h"
};
