/* client_cxx.cpp: the example once more, as C++. */
#include "client.c"
