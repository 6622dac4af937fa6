/* errors.h: libcurl's results as HRESULTs. */
#ifndef OPENBITS_FETCH_ERRORS_H
#define OPENBITS_FETCH_ERRORS_H

#include <curl/curl.h>

#include "openbits_types.h"

/* S_OK for CURLE_OK; E_FAIL for what cannot come from an HTTP transfer. */
HRESULT hr_from_curl(CURLcode code);
HRESULT hr_from_curlm(CURLMcode code);

#endif
