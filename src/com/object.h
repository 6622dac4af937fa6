/* object.h: what all COM objects of the room have in common: a count, a list of interfaces, and what they
 * are a handle of.
 *
 * An object is a thin handle. It holds the engine, and the job if it is about one; the job lives on its own
 * count and outlives every handle. Objects are made anew by each call that returns one, so two pointers to
 * one job differ; GetId tells that they are the same. Within one object IUnknown is one pointer.
 *
 * Any thread may call anything here. Nothing is under a lock: what never changes after creation needs none,
 * and what changes lives in the engine.
 */
#ifndef OPENBITS_COM_OBJECT_H
#define OPENBITS_COM_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/refcount.h"
#include "check/check.h"
#include "engine/engine.h"
#include "openbits_types.h"

/* One IID that QueryInterface answers, and where in the object. The first one is IUnknown. */
struct com_face {
    const IID *iid;
    size_t offset; /* from the start of the object */
};

/* The first member of every struct com_<object>. */
struct com_object {
    struct refcount refs;
    const struct com_face *faces;
    size_t face_count;
    struct engine *engine;                      /* held */
    struct engine_job *job;                     /* held; NULL: about no job */
    uint32_t file;                              /* index in the job, or JOB_NO_FILE */
    void (*release)(struct com_object *object); /* what else the object owns; NULL: nothing */
    struct check_handle handle;                 /* of checking mode */
};

/* For com_<object>_new, which the build makes: one reference, engine and job held. name: of the interface
 * that people know it by. */
void com_object_init(struct com_object *object, const char *name, const struct com_face *faces,
                     size_t face_count, struct engine *engine, struct engine_job *job, uint32_t file);

/* The IUnknown three. E_POINTER, E_NOINTERFACE with *out NULL. */
HRESULT com_object_query(struct com_object *object, REFIID riid, void **out);
ULONG com_object_hold(struct com_object *object);
ULONG com_object_drop(struct com_object *object);

/* A callback is given the object, our reference staying ours: what it releases is then told from what it may
 * release. parameter: its name there. The end of it drops our reference. */
void com_object_lend(struct com_object *object, const char *callback, const char *parameter);
void com_object_end_loan(struct com_object *object);

/* The object around one of its interfaces. */
#define com_container(face, type, member) ((type *)(void *)((char *)(face)-offsetof(type, member)))

#endif
