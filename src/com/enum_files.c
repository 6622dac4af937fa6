/* enum_files.c: IEnumBackgroundCopyFiles: the files that a job had when it was asked, in the order in which
 * they were added. */
#include "com/objects.h"

HRESULT com_enum_files_create(struct engine *engine, struct engine_job *job, ULONG count, ULONG position,
                              IEnumBackgroundCopyFiles **out)
{
    struct com_enum_files *made = com_enum_files_new(engine, job, JOB_NO_FILE);

    if (!made)
        return E_OUTOFMEMORY;
    com_cursor_init(&made->cursor, count, position);
    *out = &made->iface;
    return S_OK;
}

HRESULT com_enum_files_Next(struct com_enum_files *self, ULONG celt, IBackgroundCopyFile **rgelt,
                            ULONG *pceltFetched)
{
    ULONG first, taken;

    if (pceltFetched)
        *pceltFetched = 0;
    else if (celt != 1)
        return E_INVALIDARG;
    taken = com_cursor_take(&self->cursor, celt, &first);
    for (ULONG i = 0; i < taken; i++) {
        HRESULT hr = com_file_create(self->object.engine, self->object.job, first + i, &rgelt[i]);

        if (FAILED(hr)) {
            for (; i > 0; i--) {
                rgelt[i - 1]->lpVtbl->Release(rgelt[i - 1]);
                rgelt[i - 1] = NULL;
            }
            com_cursor_untake(&self->cursor, first, taken);
            return hr;
        }
    }
    if (pceltFetched)
        *pceltFetched = taken;
    return taken == celt ? S_OK : S_FALSE;
}

HRESULT com_enum_files_Skip(struct com_enum_files *self, ULONG celt)
{
    ULONG first;

    return com_cursor_take(&self->cursor, celt, &first) == celt ? S_OK : S_FALSE;
}

HRESULT com_enum_files_Reset(struct com_enum_files *self)
{
    com_cursor_reset(&self->cursor);
    return S_OK;
}

HRESULT com_enum_files_Clone(struct com_enum_files *self, IEnumBackgroundCopyFiles **ppenum)
{
    return com_enum_files_create(self->object.engine, self->object.job, self->cursor.count,
                                 com_cursor_position(&self->cursor), ppenum);
}

HRESULT com_enum_files_GetCount(struct com_enum_files *self, ULONG *puCount)
{
    *puCount = self->cursor.count;
    return S_OK;
}
