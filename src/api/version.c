/* version.c: what this library is called, and what its codes are. */
#include "openbits.h"

#include "base/hr.h"

#define TEXT_OF(number)                 #number
#define VERSION_OF(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *openbits_version(void)
{
    return VERSION_OF(OPENBITS_VERSION_MAJOR, OPENBITS_VERSION_MINOR, OPENBITS_VERSION_PATCH);
}

const char *openbits_hresult_name(HRESULT hr)
{
    return hr_name(hr);
}
