/* WTypes.h: another spelling of wtypes.h. */
#include <wtypes.h>
