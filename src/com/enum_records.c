/* enum_records.c: IEnumBitsPeerCacheRecords, which never has an element; a list of none for all that
 * (R-012 to R-015). */
#include "com/objects.h"

HRESULT com_enum_records_create(struct engine *engine, IEnumBitsPeerCacheRecords **out)
{
    struct com_enum_records *made = com_enum_records_new(engine, NULL, JOB_NO_FILE);

    if (!made)
        return E_OUTOFMEMORY;
    *out = &made->iface;
    return S_OK;
}

HRESULT com_enum_records_Next(struct com_enum_records *self, ULONG celt, IBitsPeerCacheRecord **rgelt,
                              ULONG *pceltFetched)
{
    (void)self;
    (void)rgelt;
    if (pceltFetched)
        *pceltFetched = 0;
    else if (celt != 1)
        return E_INVALIDARG;
    return celt == 0 ? S_OK : S_FALSE;
}

HRESULT com_enum_records_Skip(struct com_enum_records *self, ULONG celt)
{
    (void)self;
    return celt == 0 ? S_OK : S_FALSE;
}

HRESULT com_enum_records_Reset(struct com_enum_records *self)
{
    (void)self;
    return S_OK;
}

HRESULT com_enum_records_Clone(struct com_enum_records *self, IEnumBitsPeerCacheRecords **ppenum)
{
    return com_enum_records_create(self->object.engine, ppenum);
}

HRESULT com_enum_records_GetCount(struct com_enum_records *self, ULONG *puCount)
{
    (void)self;
    *puCount = 0;
    return S_OK;
}
