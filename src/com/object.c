/* object.c: the life of a COM object, and its QueryInterface. */
#include "com/object.h"

#include <stdlib.h>

#include "openbits.h"

void com_object_init(struct com_object *object, const char *name, const struct com_face *faces,
                     size_t face_count, struct engine *engine, struct engine_job *job, uint32_t file)
{
    refcount_init(&object->refs);
    object->faces = faces;
    object->face_count = face_count;
    engine_hold(engine);
    object->engine = engine;
    if (job)
        engine_job_hold(job);
    object->job = job;
    object->file = file;
    check_handle_add(engine_check(engine), &object->handle, name, job ? engine_job_check(job) : NULL,
                     &object->refs);
}

static void destroy(struct com_object *object)
{
    check_handle_remove(engine_check(object->engine), &object->handle);
    if (object->release)
        object->release(object);
    if (object->job)
        engine_job_drop(object->job);
    /* Last, since it may end the engine. */
    engine_drop(object->engine);
    free(object);
}

HRESULT com_object_query(struct com_object *object, REFIID riid, void **out)
{
    if (!out)
        return E_POINTER;
    *out = NULL;
    if (!riid)
        return E_INVALIDARG;
    for (size_t i = 0; i < object->face_count; i++)
        if (IsEqualGUID(riid, object->faces[i].iid)) {
            com_object_hold(object);
            *out = (char *)object + object->faces[i].offset;
            return S_OK;
        }
    return E_NOINTERFACE;
}

ULONG com_object_hold(struct com_object *object)
{
    return refcount_get(&object->refs);
}

ULONG com_object_drop(struct com_object *object)
{
    unsigned left = refcount_put(&object->refs);

    if (left == 0 && !check_handle_is_lent(engine_check(object->engine), &object->handle))
        destroy(object);
    return left;
}

void com_object_lend(struct com_object *object, const char *callback, const char *parameter)
{
    check_handle_lend(engine_check(object->engine), &object->handle, callback, parameter);
}

void com_object_end_loan(struct com_object *object)
{
    check_handle_unlend(&object->handle);
    com_object_drop(object);
}
