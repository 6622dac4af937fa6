/* say.h: how the files of the room put a diagnostic into words. */
#ifndef OPENBITS_CHECK_SAY_H
#define OPENBITS_CHECK_SAY_H

#include "check/check.h"
#include "sys/thread.h"

enum { SAY_SUBJECT_SIZE = 160, SAY_TEXT_SIZE = 1024 };

struct check {
    struct check_config config;
    struct mutex lock;
    struct list handles; /* under the lock */
};

struct check_row {
    const char *code, *text, *remedy;
};

const struct check_row *say_row(enum check_code code);

/* "Method, job {...}". out has SAY_SUBJECT_SIZE bytes. id may be NULL. */
void say_subject(char *out, const char *method, const GUID *id);

/* Not under the lock. */
void say(struct check *check, enum check_code code, const char *subject, const char *detail);

#endif
