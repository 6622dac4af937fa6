/* SDKDDKVer.h: another spelling of sdkddkver.h. */
#include <sdkddkver.h>
