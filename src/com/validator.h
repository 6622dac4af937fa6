/* validator.h: a client's object that is asked about servers' certificates, as the engine sees it. */
#ifndef OPENBITS_COM_VALIDATOR_H
#define OPENBITS_COM_VALIDATOR_H

#include "engine/engine.h"
#include "openbits.h"

struct com_validator;

/* One reference in *out, and one taken on what given answers. E_NOINTERFACE: it does not answer
 * IBackgroundCopyServerCertificateValidationCallback; E_OUTOFMEMORY. */
HRESULT com_validator_new(IUnknown *given, struct com_validator **out);

extern const struct engine_validator_ops com_validator_ops;

#endif
