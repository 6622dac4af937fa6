/* client.h: a client's callback object, as the engine sees it: closures, and no COM.
 *
 * The object may answer any one of IBackgroundCopyCallback, 2 and 3, also a newer one without the older
 * . What AddRef and Release return is never looked at, and nothing is asked of it after the engine
 * has let it go.
 */
#ifndef OPENBITS_COM_CLIENT_H
#define OPENBITS_COM_CLIENT_H

#include "engine/engine.h"
#include "openbits.h"

struct com_client;

/* One reference in *out. given: what the client called SetNotifyInterface with; a reference is taken, and
 * one on what it answers. E_NOINTERFACE: it answers none of the three; E_OUTOFMEMORY. */
HRESULT com_client_new(IUnknown *given, struct com_client **out);

/* enum engine_client_answers, by what the object answers. */
unsigned com_client_answers(const struct com_client *client);

/* The pointer that the client gave, with a reference for the caller. */
IUnknown *com_client_given(const struct com_client *client);

extern const struct engine_client_ops com_client_ops;

#endif
