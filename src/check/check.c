/* check.c: one diagnostic: whether it was said before, its words, and where they go. */
#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/say.h"
#include "sys/guard.h"

static const struct check_row table[CHECK_CODE_COUNT] = {
#include "check/check_rows.h"
};

const struct check_row *say_row(enum check_code code)
{
    return &table[code];
}

HRESULT check_new(const struct check_config *config, struct check **out)
{
    struct check *check = calloc(1, sizeof *check);

    *out = NULL;
    if (!check)
        return E_OUTOFMEMORY;
    check->config = *config;
    mutex_init(&check->lock);
    list_init(&check->handles);
    *out = check;
    return S_OK;
}

void check_free(struct check *check)
{
    if (!check)
        return;
    mutex_destroy(&check->lock);
    free(check);
}

uint64_t check_callback_limit_us(const struct check *check)
{
    return check ? check->config.callback_limit_us : UINT64_MAX;
}

void check_job_init(struct check_job *job, const GUID *id)
{
    job->id = *id;
    atomic_init(&job->said, 0);
}

void say_subject(char *out, const char *method, const GUID *id)
{
    if (!id) {
        snprintf(out, SAY_SUBJECT_SIZE, "%s", method);
        return;
    }
    snprintf(out, SAY_SUBJECT_SIZE, "%s, job {%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", method,
             (unsigned)id->Data1, id->Data2, id->Data3, id->Data4[0], id->Data4[1], id->Data4[2],
             id->Data4[3], id->Data4[4], id->Data4[5], id->Data4[6], id->Data4[7]);
}

void say(struct check *check, enum check_code code, const char *subject, const char *detail)
{
    const struct check_row *row = &table[code];
    char text[SAY_TEXT_SIZE];

    snprintf(text, sizeof text, "%s: %s%s%s%s. %s", subject, row->text, detail ? " (" : "",
             detail ? detail : "", detail ? ")" : "", row->remedy);
    if (check->config.diagnostic)
        check->config.diagnostic(check->config.context, row->code, text);
    else
        fprintf(stderr, "openbits %s: %s\n", row->code, text);
}

void check_say(struct check *check, struct check_job *job, enum check_code code, const char *method,
               const char *format, ...)
{
    char subject[SAY_SUBJECT_SIZE], detail[SAY_TEXT_SIZE / 2];
    unsigned bit = 1u << code;

    if (!check || (job && atomic_fetch_or(&job->said, bit) & bit))
        return;
    if (format) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(detail, sizeof detail, format, arguments);
        va_end(arguments);
    }
    say_subject(subject, method, job ? &job->id : NULL);
    say(check, code, subject, format ? detail : NULL);
}
