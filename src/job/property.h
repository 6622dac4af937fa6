/* property.h: the properties of a job that a client sets and gets, as one table.
 *
 * A row says the type, the default, what is legal and when it may be set (R-038, section J of the
 * contract). com names a property and hands a value over; every refusal comes from the row.
 */
#ifndef OPENBITS_JOB_PROPERTY_H
#define OPENBITS_JOB_PROPERTY_H

#include <stdint.h>

#include "openbits_types.h"

enum job_property {
    JOB_DISPLAY_NAME,             /* text */
    JOB_DESCRIPTION,              /* text */
    JOB_PRIORITY,                 /* number: BG_JOB_PRIORITY */
    JOB_NOTIFY_FLAGS,             /* number: BG_NOTIFY_* */
    JOB_MINIMUM_RETRY_DELAY_S,    /* number */
    JOB_NO_PROGRESS_TIMEOUT_S,    /* number */
    JOB_ON_DEMAND_MODE,           /* number: 0 or 1 */
    JOB_NOTIFICATION_INTERVAL_MS, /* number */
    JOB_MAXIMUM_DOWNLOAD_TIME_S,  /* number */
    JOB_FILE_ACL_FLAGS,           /* number: BG_COPY_FILE_* */
    JOB_PEER_CACHING_FLAGS,       /* number: BG_JOB_ENABLE_PEERCACHING_* */
    JOB_COST_FLAGS,               /* number: BITS_COST_* */
    JOB_NOTIFICATION_CLSID,       /* guid */
    JOB_DYNAMIC_CONTENT,          /* number: 0 or 1 */
    JOB_HIGH_PERFORMANCE,         /* number: 0 or 1 */
    JOB_MAX_DOWNLOAD_SIZE,        /* number */
    JOB_STORED_CREDENTIALS,       /* number: BG_AUTH_TARGET */
    JOB_HELPER_TOKEN_FLAGS,       /* number: BG_TOKEN_* */
    JOB_HELPER_TOKEN,             /* number: 0 or 1: the caller's identity was captured */
    JOB_PROPERTY_COUNT,
};

/* JOB_NOTIFY_FLAGS: the values of BG_NOTIFY_*; com asserts that. */
enum job_notify {
    JOB_NOTIFY_TRANSFERRED = 1,
    JOB_NOTIFY_ERROR = 2,
    JOB_NOTIFY_DISABLE = 4,
    JOB_NOTIFY_MODIFICATION = 8,
    JOB_NOTIFY_FILE = 16,
    JOB_NOTIFY_RANGES = 32,
};

enum job_value_type {
    JOB_VALUE_NUMBER,
    JOB_VALUE_TEXT,
    JOB_VALUE_GUID,
};

struct job_value {
    enum job_value_type type;
    uint64_t number;
    const char
        *text; /* UTF-8; setters copy it, job_get lends the job's, engine_job_get gives a copy (free) */
    GUID guid;
};

#endif
