/* cross_cxx.cpp: the half of the vtable test that is C++. */
#include "cross.h"

#include "cross_objects_cxx.h"

#include "cross_calls.h"

const cross_half *cross_cxx()
{
    static const cross_half half = {objects, calls, sizeof calls / sizeof *calls};

    return &half;
}
