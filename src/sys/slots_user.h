/* slots_user.h: the slots of scope USER, as slots.c uses them; private to sys. Contracts as in slots.h. */
#ifndef OPENBITS_SYS_SLOTS_USER_H
#define OPENBITS_SYS_SLOTS_USER_H

#include "sys/slots.h"

struct slots_user;

HRESULT slots_user_open(const struct slots_config *config, struct slots_user **out);
void slots_user_close(struct slots_user *slots);
HRESULT slots_user_acquire(struct slots_user *slots, unsigned index);
HRESULT slots_user_try_acquire(struct slots_user *slots, unsigned index);
void slots_user_release(struct slots_user *slots, unsigned index);
void slots_user_abort(struct slots_user *slots);

#endif
