/* peer_cache.c: IBitsPeerCacheAdministration. Peer caching is dead since BITS 4.0: there is nothing
 * in the cache, nobody to share it with, and it cannot be switched on. */
#include "com/objects.h"

HRESULT com_manager_GetMaximumCacheSize(struct com_manager *self, DWORD *pBytes)
{
    (void)self;
    *pBytes = 0;
    return S_OK;
}

HRESULT com_manager_SetMaximumCacheSize(struct com_manager *self, DWORD Bytes)
{
    (void)self;
    (void)Bytes;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_GetMaximumContentAge(struct com_manager *self, ULONG *pSeconds)
{
    (void)self;
    *pSeconds = 0;
    return S_OK;
}

HRESULT com_manager_SetMaximumContentAge(struct com_manager *self, ULONG Seconds)
{
    (void)self;
    (void)Seconds;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_GetConfigurationFlags(struct com_manager *self, DWORD *pFlags)
{
    (void)self;
    *pFlags = 0;
    return S_OK;
}

HRESULT com_manager_SetConfigurationFlags(struct com_manager *self, DWORD Flags)
{
    (void)self;
    (void)Flags;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_EnumRecords(struct com_manager *self, IEnumBitsPeerCacheRecords **ppEnum)
{
    return com_enum_records_create(self->object.engine, ppEnum);
}

HRESULT com_manager_GetRecord(struct com_manager *self, REFGUID id, IBitsPeerCacheRecord **ppRecord)
{
    (void)self;
    (void)id;
    (void)ppRecord;
    return BG_E_NOT_FOUND;
}

HRESULT com_manager_ClearRecords(struct com_manager *self)
{
    (void)self;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_DeleteRecord(struct com_manager *self, REFGUID id)
{
    (void)self;
    (void)id;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_DeleteUrl(struct com_manager *self, LPCWSTR url)
{
    (void)self;
    (void)url;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_EnumPeers(struct com_manager *self, IEnumBitsPeers **ppEnum)
{
    return com_enum_peers_create(self->object.engine, ppEnum);
}

HRESULT com_manager_ClearPeers(struct com_manager *self)
{
    (void)self;
    return BG_E_PEERCACHING_DISABLED;
}

HRESULT com_manager_DiscoverPeers(struct com_manager *self)
{
    (void)self;
    return BG_E_PEERCACHING_DISABLED;
}
