/* lend.c: the memory of a callback's `ranges`, and what is said when a client misuses it.
 *
 * sys/guard.h has the pages. A fault is said on stderr and not to the program's function: it is a signal
 * handler that speaks, in the middle of whatever the client was doing, and only write(2) is safe there.
 */
#include "check/check.h"

#include <string.h>

#include "check/say.h"
#include "sys/guard.h"

/* In a signal handler: no stdio. */
static void explain(enum guard_fault fault, const char *label)
{
    static const enum check_code codes[] = {
        [GUARD_FAULT_KEPT] = CHECK_RANGES_KEPT,
        [GUARD_FAULT_WRITTEN] = CHECK_RANGES_WRITTEN,
        [GUARD_FAULT_FREED] = CHECK_RANGES_FREED,
    };
    const struct check_row *row = say_row(codes[fault]);
    const char *const parts[] = {"openbits ", row->code, ": ",        label, ": ",
                                 row->text,   ". ",      row->remedy, "\n"};
    char line[SAY_TEXT_SIZE];
    size_t len = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *c = parts[i]; *c && len < sizeof line; c++)
            line[len++] = *c;
    guard_write_error(line, len);
}

const void *check_lend(struct check *check, const struct check_job *job, const char *callback,
                       const void *bytes, size_t size)
{
    char label[SAY_SUBJECT_SIZE];

    if (!check || guard_start(explain) != S_OK)
        return NULL;
    say_subject(label, callback, &job->id);
    return guard_lend(bytes, size, label);
}

void check_unlend(const void *lent)
{
    if (lent)
        guard_take_back(lent);
}

void check_unload(void)
{
    guard_stop();
}
