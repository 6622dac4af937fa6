/* uploads.c: the methods of IBackgroundCopyJob2 that only an upload with a reply has. For every other job the
 * answer of BITS is E_NOTIMPL, and CreateJob makes no uploads. */
#include "com/objects.h"

HRESULT com_job_GetReplyProgress(struct com_job *self, BG_JOB_REPLY_PROGRESS *pProgress)
{
    (void)self;
    (void)pProgress;
    return E_NOTIMPL;
}

HRESULT com_job_GetReplyData(struct com_job *self, byte **ppBuffer, UINT64 *pLength)
{
    (void)self;
    (void)ppBuffer;
    if (pLength)
        *pLength = 0;
    return E_NOTIMPL;
}

HRESULT com_job_SetReplyFileName(struct com_job *self, LPCWSTR ReplyFileName)
{
    (void)self;
    (void)ReplyFileName;
    return E_NOTIMPL;
}

HRESULT com_job_GetReplyFileName(struct com_job *self, LPWSTR *pReplyFileName)
{
    (void)self;
    (void)pReplyFileName;
    return E_NOTIMPL;
}
