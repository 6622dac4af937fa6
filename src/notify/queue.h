/* queue.h: items on their way to a slot; private. Everything here wants notify's lock held. */
#ifndef OPENBITS_NOTIFY_QUEUE_H
#define OPENBITS_NOTIFY_QUEUE_H

#include "notify/core.h"

/* Puts an item that is not ready where it belongs now: blocked, timed or ready. */
void queue_place(struct notify *notify, struct notify_item *item, uint64_t now_us);

/* Takes it out of its queue, if it is in one. */
void queue_remove(struct notify *notify, struct notify_item *item);

/* Something of the job has changed: looks anew at each of its items that is queued and not ready. */
void queue_review(struct notify *notify, struct notify_job *job, uint64_t now_us);

/* Makes ready what is due. */
void queue_tick(struct notify *notify, uint64_t now_us);

/* The best ready item, or NULL; and one of any that is queued, for the end. */
struct notify_item *queue_best(const struct notify *notify);
struct notify_item *queue_any(const struct notify *notify);

#endif
