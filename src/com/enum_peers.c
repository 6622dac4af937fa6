/* enum_peers.c: IEnumBitsPeers, which never has an element; a list of none for all that (R-012 to
 * */
#include "com/objects.h"

HRESULT com_enum_peers_create(struct engine *engine, IEnumBitsPeers **out)
{
    struct com_enum_peers *made = com_enum_peers_new(engine, NULL, JOB_NO_FILE);

    if (!made)
        return E_OUTOFMEMORY;
    *out = &made->iface;
    return S_OK;
}

HRESULT com_enum_peers_Next(struct com_enum_peers *self, ULONG celt, IBitsPeer **rgelt, ULONG *pceltFetched)
{
    (void)self;
    (void)rgelt;
    if (pceltFetched)
        *pceltFetched = 0;
    else if (celt != 1)
        return E_INVALIDARG;
    return celt == 0 ? S_OK : S_FALSE;
}

HRESULT com_enum_peers_Skip(struct com_enum_peers *self, ULONG celt)
{
    (void)self;
    return celt == 0 ? S_OK : S_FALSE;
}

HRESULT com_enum_peers_Reset(struct com_enum_peers *self)
{
    (void)self;
    return S_OK;
}

HRESULT com_enum_peers_Clone(struct com_enum_peers *self, IEnumBitsPeers **ppenum)
{
    return com_enum_peers_create(self->object.engine, ppenum);
}

HRESULT com_enum_peers_GetCount(struct com_enum_peers *self, ULONG *puCount)
{
    (void)self;
    *puCount = 0;
    return S_OK;
}
