/* validator.c: calls on a client's IBackgroundCopyServerCertificateValidationCallback: wrappers for job and
 * file are lent for the call, as in client.c, and bytes are the engine's, lent too. */
#include "com/objects.h"

#include "com/validator.h"

#include <stdlib.h>

#include "base/refcount.h"

#define X509_ASN_ENCODING 1u /* what CryptoAPI calls DER */

struct com_validator {
    struct refcount refs;
    IBackgroundCopyServerCertificateValidationCallback *callback; /* counted */
};

static const char callback_name[] = "ValidateServerCertificate";

HRESULT com_validator_new(IUnknown *given, struct com_validator **out)
{
    struct com_validator *validator = calloc(1, sizeof *validator);
    void *answer = NULL;

    *out = NULL;
    if (!validator)
        return E_OUTOFMEMORY;
    if (FAILED(given->lpVtbl->QueryInterface(given, &IID_IBackgroundCopyServerCertificateValidationCallback,
                                             &answer)) ||
        !answer) {
        free(validator);
        return E_NOINTERFACE;
    }
    refcount_init(&validator->refs);
    validator->callback = answer;
    *out = validator;
    return S_OK;
}

static void hold(void *context)
{
    struct com_validator *validator = context;

    refcount_get(&validator->refs);
}

static void drop(void *context)
{
    struct com_validator *validator = context;

    if (refcount_put(&validator->refs) > 0)
        return;
    validator->callback->lpVtbl->Release(validator->callback);
    free(validator);
}

static HRESULT validate(void *context, struct engine_job *job, uint32_t file,
                        const struct fetch_certificate *certificate)
{
    struct com_validator *validator = context;
    struct com_job *job_wrapper = com_job_new(engine_of(job), job, JOB_NO_FILE);
    struct com_file *file_wrapper = com_file_new(engine_of(job), job, file);
    HRESULT hr = E_OUTOFMEMORY;

    if (job_wrapper)
        com_object_lend(&job_wrapper->object, callback_name, "job");
    if (file_wrapper)
        com_object_lend(&file_wrapper->object, callback_name, "file");
    if (job_wrapper && file_wrapper)
        hr = validator->callback->lpVtbl->ValidateServerCertificate(
            validator->callback, com_job_interface(job_wrapper), com_file_interface(file_wrapper),
            (DWORD)certificate->der_len, certificate->der, X509_ASN_ENCODING, (DWORD)certificate->chain_len,
            certificate->chain);
    if (file_wrapper)
        com_object_end_loan(&file_wrapper->object);
    if (job_wrapper)
        com_object_end_loan(&job_wrapper->object);
    return hr;
}

const struct engine_validator_ops com_validator_ops = {.validate = validate, .hold = hold, .drop = drop};
