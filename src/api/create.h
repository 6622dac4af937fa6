/* create.h: an engine as options, the environment and the defaults want it. */
#ifndef OPENBITS_API_CREATE_H
#define OPENBITS_API_CREATE_H

#include "engine/engine.h"
#include "openbits.h"

/* options: as openbits_create_manager takes them, or NULL. name: for engine_find, or NULL. One handle is
 * held. Results as openbits_create_manager. */
HRESULT api_create_engine(const struct openbits_options *options, const char *name, struct engine **out);

#endif
