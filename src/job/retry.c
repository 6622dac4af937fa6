/* retry.c: what each result means for a transfer, as one table: is it worth another try, does time heal it,
 * and where does it belong.
 *
 * Rows are intervals of codes, looked through from the top, so an exception stands above its rule. What the
 * contract does not judge is judged by who can mend it: the connection mends itself, a full disk does not.
 */
#include "base/hr.h"
#include "job/job.h"

enum remedy {
    FATAL,   /* somebody must change something, then Resume */
    RETRIES, /* again after the retry delay */
    WAITS,   /* again when a condition ends, whenever that is */
};

struct verdict {
    uint32_t first, last;
    enum remedy remedy;
    enum job_context context;
};

#define ONE(hr)           (uint32_t)(hr), (uint32_t)(hr)
#define HTTP(first, last) 0x80190000u + (first), 0x80190000u + (last)

static const struct verdict verdicts[] = {
    /* statuses; a redirect that was followed is no error */
    {HTTP(300, 305), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(307, 307), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(300, 399), RETRIES, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(408, 409), RETRIES, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(400, 499), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(501, 501), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(505, 505), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {HTTP(100, 999), RETRIES, JOB_CONTEXT_REMOTE_FILE},

    /* what the server cannot do, or what it said that cannot be */
    {ONE(BG_E_MISSING_FILE_SIZE), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_INSUFFICIENT_HTTP_SUPPORT), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_INSUFFICIENT_RANGE_SUPPORT), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_INVALID_SERVER_RESPONSE), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_INVALID_RANGE), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_REMOTE_FILE_CHANGED), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_RANDOM_ACCESS_NOT_SUPPORTED), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_VALIDATION_FAILED), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(HR_WINHTTP_UNRECOGNIZED_SCHEME), FATAL, JOB_CONTEXT_REMOTE_FILE},
    {ONE(E_INVALIDARG), FATAL, JOB_CONTEXT_REMOTE_FILE}, /* the address cannot be parsed */

    /* the connection; certificates are no matter of time */
    {ONE(BG_E_NETWORK_DISCONNECTED), WAITS, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_CONNECT_FAILURE), RETRIES, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_CONNECTION_CLOSED), RETRIES, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_SECURE_CHANNEL_FAILURE), FATAL, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_TRUST_FAILURE), FATAL, JOB_CONTEXT_TRANSPORT},
    {(uint32_t)BG_E_KEEP_ALIVE_FAILURE, (uint32_t)BG_E_UNKNOWN_ERROR, RETRIES, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_INVALID_PROXY_INFO), FATAL, JOB_CONTEXT_TRANSPORT},
    {ONE(BG_E_INVALID_CREDENTIALS), FATAL, JOB_CONTEXT_TRANSPORT},
    {0x80072F00u, 0x80072F77u, FATAL, JOB_CONTEXT_TRANSPORT}, /* WinHTTP 12032 to 12151: certificates */
    {ONE(HR_WINHTTP_INVALID_RESPONSE), RETRIES, JOB_CONTEXT_TRANSPORT},
    {0x80072F79u, 0x80072FA8u, FATAL, JOB_CONTEXT_TRANSPORT},   /* 12153 to 12200: certificates */
    {0x80072EE0u, 0x80072EFFu, RETRIES, JOB_CONTEXT_TRANSPORT}, /* 12000 to 12031: connections */

    /* what the machine forbids for now */
    {ONE(BG_E_DESTINATION_LOCKED), WAITS, JOB_CONTEXT_LOCAL_FILE},
    {ONE(BG_E_BLOCKED_BY_POLICY), WAITS, JOB_CONTEXT_QUEUE_MANAGER},
    {ONE(BG_E_BLOCKED_BY_COST_TRANSFER_POLICY), WAITS, JOB_CONTEXT_QUEUE_MANAGER},
    {ONE(BG_E_STANDBY_MODE), WAITS, JOB_CONTEXT_QUEUE_MANAGER},
    {ONE(BG_E_BLOCKED_BY_BATTERY_POLICY), WAITS, JOB_CONTEXT_QUEUE_MANAGER},
    {ONE(BG_E_BLOCKED_BY_BATTERY_SAVER), WAITS, JOB_CONTEXT_QUEUE_MANAGER},
    {(uint32_t)BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY, (uint32_t)BG_E_BLOCKED_BY_SYSTEM_POLICY, WAITS,
     JOB_CONTEXT_QUEUE_MANAGER},

    /* the local file: room and rights do not come by waiting, a reader that shares nothing goes */
    {ONE(HR_SHARING), RETRIES, JOB_CONTEXT_LOCAL_FILE},
    {ONE(BG_E_VOLUME_CHANGED), FATAL, JOB_CONTEXT_LOCAL_FILE},
    {ONE(BG_E_LOCAL_FILE_CHANGED), FATAL, JOB_CONTEXT_LOCAL_FILE},

    /* the rest */
    {ONE(BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED), FATAL, JOB_CONTEXT_CERTIFICATE_CALLBACK},
    {ONE(BG_E_NO_PROGRESS), RETRIES, JOB_CONTEXT_TRANSPORT},
    {ONE(E_OUTOFMEMORY), RETRIES, JOB_CONTEXT_QUEUE_MANAGER},
    {0x80070000u, 0x80071FFFu, FATAL, JOB_CONTEXT_LOCAL_FILE}, /* Win32 errors; not a socket's or WinHTTP's */
    {0, UINT32_MAX, FATAL, JOB_CONTEXT_QUEUE_MANAGER},
};

static const struct verdict *judge(HRESULT hr)
{
    const struct verdict *v = verdicts;

    while ((uint32_t)hr < v->first || (uint32_t)hr > v->last)
        v++;
    return v;
}

bool job_is_transient(HRESULT hr)
{
    return judge(hr)->remedy != FATAL;
}

bool job_waits_for_condition(HRESULT hr)
{
    return judge(hr)->remedy == WAITS;
}

enum job_context job_context_of(HRESULT hr)
{
    return judge(hr)->context;
}
