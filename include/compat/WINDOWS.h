/* WINDOWS.h: another spelling of windows.h. */
#include <windows.h>
