/* convert.h: values of the interfaces to and from the engine's: ranges and times.
 *
 * Offset and length are BITS', half-open ranges ours; this is the only place that knows both.
 */
#ifndef OPENBITS_COM_CONVERT_H
#define OPENBITS_COM_CONVERT_H

#include "openbits.h"
#include "rangeset/rangeset.h"

/* *out has count ranges, for free. A length to the end of the file becomes end UINT64_MAX, a length of 0 an
 * empty range, which the job judges (A27). BG_E_INVALID_RANGE: an offset that is none, or an end that no file
 * can have; E_OUTOFMEMORY. */
HRESULT com_ranges_in(const BG_FILE_RANGE *ranges, size_t count, struct range **out);

/* *out is one block for CoTaskMemFree, or NULL if count is 0. E_OUTOFMEMORY. */
HRESULT com_ranges_out(const struct range *ranges, size_t count, BG_FILE_RANGE **out);

/* Into an array that is there. */
void com_ranges_fill(const struct range *ranges, size_t count, BG_FILE_RANGE *out);

FILETIME com_filetime(uint64_t time_100ns);

#endif
