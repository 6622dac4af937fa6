/* cross_cxx.cpp: the half of the vtable test that is C++. */
#include "cross.h"

#include "cross_objects_cxx.h"

#include "cross_calls.h"

const cross_half *cross_cxx()
{
    static const cross_half half = {objects, calls, sizeof calls / sizeof *calls};

    return &half;
}

static bool is_file6(REFIID iid, void **slot, void *expected_slot)
{
    return iid == IID_IBackgroundCopyFile6 && slot == expected_slot;
}

const char *cross_wrong_uuid()
{
    IBackgroundCopyFile6 *file = nullptr, *const constant = nullptr;
    IBackgroundCopyFile6 *&reference = file;

    for (const auto &uuid : uuids)
        if (*uuid.of_type != *uuid.by_name)
            return uuid.name;
    if (!is_file6(IID_PPV_ARGS(&file), &file))
        return "IID_PPV_ARGS(&file)";
    if (!is_file6(IID_PPV_ARGS(&reference), &file))
        return "IID_PPV_ARGS of a reference";
    if (__uuidof(file) != IID_IBackgroundCopyFile6 || __uuidof(constant) != IID_IBackgroundCopyFile6 ||
        __uuidof(*file) != IID_IBackgroundCopyFile6 ||
        __uuidof(const IBackgroundCopyFile6) != IID_IBackgroundCopyFile6)
        return "an expression";
    if (__uuidof(BackgroundCopyManager) != CLSID_BackgroundCopyManager ||
        __uuidof(BackgroundCopyManager10_3) != CLSID_BackgroundCopyManager10_3)
        return "a class";
    return nullptr;
}

/* The typed QueryInterface is a call of slot 0 with the interface's own identifier. */
HRESULT cross_typed_query(void *object, void **out)
{
    return static_cast<IUnknown *>(object)->QueryInterface(reinterpret_cast<IBackgroundCopyFile6 **>(out));
}
