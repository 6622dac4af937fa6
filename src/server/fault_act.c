/* fault_act.c: where each fault's doing is found, and what several of them do. */
#include <config.h>

#include "server/fault_act.h"

const struct fault_act *fault_act_of(enum fault_id id)
{
    static const struct fault_act *const families[] = {fault_acts_range,    fault_acts_parts,
                                                       fault_acts_identity, fault_acts_length,
                                                       fault_acts_probe,    fault_acts_transport};

    return &families[fault_kinds[id].id[0] - 'A'][id];
}

bool fault_finds_file(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 200 || e->answer.status == 206 || e->answer.status == 304 ||
           e->answer.status == 412 || e->answer.status == 416;
}

bool fault_finds_slice(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->answer.status == 206 && e->answer.body.kind == BODY_SLICE && e->answer.body.slice_count == 1;
}

bool fault_finds_rest(const struct fault_spec *spec, const struct exchange *e)
{
    return e->answer.body_sent && e->answer.body.length > (uint64_t)spec->values[FAULT_AFTER];
}

void fault_drop_range(struct exchange *e, const struct strike *s)
{
    (void)s;
    exchange_drop(e, "Range");
}

void fault_say_status(struct exchange *e, const struct strike *s)
{
    answer_say(&e->answer, (int)strike_value(s, FAULT_STATUS), NULL, NULL);
}

void fault_wait_before_head(struct exchange *e, const struct strike *s)
{
    int64_t for_us = strike_value(s, FAULT_FOR);

    if (for_us > e->course.before_head_us)
        e->course.before_head_us = for_us;
}
