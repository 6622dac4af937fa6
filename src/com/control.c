/* control.c: IOpenBitsControl on the manager: settings, the clock and the counters of its engine. */
#include "com/objects.h"

#include "base/cleanup.h"
#include "base/utf.h"
#include "com/text.h"

HRESULT com_manager_SetSetting(struct com_manager *self, LPCWSTR name, LPCWSTR value)
{
    AUTOFREE char *narrow_name = NULL;
    AUTOFREE char *narrow_value = NULL;
    HRESULT hr = utf_narrow(name, &narrow_name, NULL);

    if (SUCCEEDED(hr))
        hr = utf_narrow(value, &narrow_value, NULL);
    if (FAILED(hr))
        return hr;
    return engine_set_setting(self->object.engine, narrow_name, narrow_value);
}

HRESULT com_manager_GetSetting(struct com_manager *self, LPCWSTR name, LPWSTR *pValue)
{
    AUTOFREE char *narrow_name = NULL;
    char value[64];
    HRESULT hr = utf_narrow(name, &narrow_name, NULL);

    if (FAILED(hr))
        return hr;
    hr = engine_get_setting(self->object.engine, narrow_name, value, sizeof value);
    return FAILED(hr) ? hr : com_text_out(value, pValue);
}

HRESULT com_manager_GetTime(struct com_manager *self, UINT64 *pTime_us)
{
    *pTime_us = engine_now_us(self->object.engine);
    return S_OK;
}

HRESULT com_manager_AdvanceTime(struct com_manager *self, UINT64 delta_us)
{
    return engine_advance_us(self->object.engine, delta_us);
}

HRESULT com_manager_GetCounter(struct com_manager *self, LPCWSTR name, UINT64 *pValue)
{
    AUTOFREE char *narrow_name = NULL;
    HRESULT hr = utf_narrow(name, &narrow_name, NULL);

    return FAILED(hr) ? hr : engine_counter(self->object.engine, narrow_name, pValue);
}
