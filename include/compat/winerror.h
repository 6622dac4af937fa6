/* winerror.h: the Win32 errors that a client of BITS meets; the HRESULTs are in openbits_types.h. */
#ifndef _WINERROR_
#define _WINERROR_

#include "../openbits_types.h"

#define NO_ERROR                      0L
#define ERROR_SUCCESS                 0L
#define ERROR_FILE_NOT_FOUND          2L
#define ERROR_PATH_NOT_FOUND          3L
#define ERROR_TOO_MANY_OPEN_FILES     4L
#define ERROR_ACCESS_DENIED           5L
#define ERROR_INVALID_HANDLE          6L
#define ERROR_NOT_ENOUGH_MEMORY       8L
#define ERROR_WRITE_PROTECT           19L
#define ERROR_WRITE_FAULT             29L
#define ERROR_SHARING_VIOLATION       32L
#define ERROR_NOT_SUPPORTED           50L
#define ERROR_FILE_EXISTS             80L
#define ERROR_INVALID_PARAMETER       87L
#define ERROR_DISK_FULL               112L
#define ERROR_INVALID_NAME            123L
#define ERROR_ALREADY_EXISTS          183L
#define ERROR_FILENAME_EXCED_RANGE    206L
#define ERROR_FILE_TOO_LARGE          223L
#define ERROR_DIRECTORY               267L
#define ERROR_SERVICE_DISABLED        1058L
#define ERROR_IO_DEVICE               1117L
#define RPC_X_NULL_REF_POINTER        1780L
#define RPC_X_BAD_STUB_DATA           1783L
#define ERROR_RESOURCE_LANG_NOT_FOUND 1815L
#define ERROR_NOT_ENOUGH_QUOTA        1816L

#endif
