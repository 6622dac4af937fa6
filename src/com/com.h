/* com.h: what the room offers: a manager over an engine. docs/com.md tells how the room works. */
#ifndef OPENBITS_COM_COM_H
#define OPENBITS_COM_COM_H

#include "engine/engine.h"
#include "openbits.h"

/* A manager with one reference, which holds the engine for itself. E_OUTOFMEMORY. */
HRESULT com_manager_create(struct engine *engine, IBackgroundCopyManager **out);

/* The engine behind a manager, borrowed from it; NULL if the manager is not one of ours. */
struct engine *com_manager_engine(IBackgroundCopyManager *manager);

#endif
