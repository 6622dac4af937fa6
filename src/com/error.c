/* error.c: IBackgroundCopyError: what went wrong, as it was when it was asked for. */
#include "com/objects.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "com/text.h"

/* Each context has its sentence in the table of result codes. */
static const HRESULT context_text[] = {
    [JOB_CONTEXT_NONE] = BG_S_ERROR_CONTEXT_NONE,
    [JOB_CONTEXT_UNKNOWN] = BG_E_ERROR_CONTEXT_UNKNOWN,
    [JOB_CONTEXT_QUEUE_MANAGER] = BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
    [JOB_CONTEXT_NOTIFICATION] = BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION,
    [JOB_CONTEXT_LOCAL_FILE] = BG_E_ERROR_CONTEXT_LOCAL_FILE,
    [JOB_CONTEXT_REMOTE_FILE] = BG_E_ERROR_CONTEXT_REMOTE_FILE,
    [JOB_CONTEXT_TRANSPORT] = BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT,
    [JOB_CONTEXT_REMOTE_APPLICATION] = BG_E_ERROR_CONTEXT_REMOTE_APPLICATION,
    [JOB_CONTEXT_CERTIFICATE_CALLBACK] = BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
};

/* by the scheme of the remote name; a path without one is a file too. */
static const char *protocol_of(struct engine_job *job, uint32_t file)
{
    AUTOFREE char *name = NULL;

    if (file == JOB_NO_FILE || FAILED(engine_file_text(job, file, ENGINE_FILE_REMOTE_NAME, &name)))
        return NULL;
    if (strncasecmp(name, "http://", 7) == 0 || strncasecmp(name, "https://", 8) == 0)
        return "http";
    return "file";
}

HRESULT com_error_create(struct engine *engine, struct engine_job *job, const struct job_error *error,
                         IBackgroundCopyError **out)
{
    struct com_error *made = com_error_new(engine, job, error->file);

    if (!made)
        return E_OUTOFMEMORY;
    made->error = *error;
    made->protocol = protocol_of(job, error->file);
    *out = &made->iface;
    return S_OK;
}

HRESULT com_error_GetError(struct com_error *self, BG_ERROR_CONTEXT *pContext, HRESULT *pCode)
{
    *pContext = (BG_ERROR_CONTEXT)self->error.context;
    *pCode = self->error.hr;
    return S_OK;
}

HRESULT com_error_GetFile(struct com_error *self, IBackgroundCopyFile **pVal)
{
    if (self->error.file == JOB_NO_FILE)
        return BG_E_FILE_NOT_AVAILABLE;
    return com_file_create(self->object.engine, self->object.job, self->error.file, pVal);
}

HRESULT com_error_GetErrorDescription(struct com_error *self, DWORD LanguageId, LPWSTR *pErrorDescription)
{
    return com_text_of_hr(self->error.hr, LanguageId, pErrorDescription);
}

HRESULT com_error_GetErrorContextDescription(struct com_error *self, DWORD LanguageId,
                                             LPWSTR *pContextDescription)
{
    return com_text_of_hr(context_text[self->error.context], LanguageId, pContextDescription);
}

HRESULT com_error_GetProtocol(struct com_error *self, LPWSTR *pProtocol)
{
    if (!self->protocol)
        return BG_E_PROTOCOL_NOT_AVAILABLE;
    return com_text_out(self->protocol, pProtocol);
}
