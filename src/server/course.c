/* course.c: what happens while an answer is sent. */
#include "server/course.h"

void course_init(struct course *c)
{
    *c = (struct course){.stall_at = COURSE_NEVER, .cut_at = COURSE_NEVER, .goaway_at = COURSE_NEVER};
    damage_init(&c->damage);
}

static void send_up_to(uint64_t *max, uint64_t position, uint64_t end)
{
    if (end - position < *max)
        *max = end - position;
}

enum course_step course_next(struct course *c, uint64_t position, uint64_t *max, int64_t *for_us)
{
    if (position >= c->cut_at)
        return COURSE_CUT;
    if (position >= c->stall_at) {
        c->stall_at = COURSE_NEVER;
        *for_us = c->stall_us;
        return COURSE_STALL;
    }
    send_up_to(max, position, c->cut_at);
    send_up_to(max, position, c->stall_at);
    if (!c->pace_piece)
        return COURSE_SEND;
    if (position < c->pace_from) {
        send_up_to(max, position, c->pace_from);
        return COURSE_SEND;
    }
    if (position >= c->paced_to) {
        bool first = c->paced_to == 0;

        c->paced_to = position + c->pace_piece;
        if (!first) {
            *for_us = c->pace_us;
            return COURSE_PACE;
        }
    }
    send_up_to(max, position, c->paced_to);
    return COURSE_SEND;
}
