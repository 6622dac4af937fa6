/* guiddef.h: GUID, its comparison, and the two ways to name one.
 *
 * DEFINE_GUID declares a name; where INITGUID is defined it defines it too, weakly, so that any number of
 * files may do so. libopenbits has every IID_ and CLSID_, hence no client off Windows needs INITGUID; a
 * source that is also built for Windows may keep it.
 *
 * In C++ __CRT_UUID_DECL (mingw's name) binds a GUID to a type, and __uuidof finds it for the type, a pointer
 * to it, or an expression of either.
 */
#include "../openbits_types.h"

/* Read again by initguid.h, so outside the guard. */
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                                         \
    EXTERN_C const GUID DECLSPEC_SELECTANY name;                                                             \
    const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

#ifndef _GUIDDEF_H_
#define _GUIDDEF_H_

#include <string.h>

#define DECLSPEC_SELECTANY __attribute__((weak))

#define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

EXTERN_C const GUID GUID_NULL;
#define IID_NULL   GUID_NULL
#define CLSID_NULL GUID_NULL

#ifdef __cplusplus
inline int IsEqualGUID(REFGUID a, REFGUID b)
{
    return !memcmp(&a, &b, sizeof(GUID));
}

inline bool operator==(REFGUID a, REFGUID b)
{
    return IsEqualGUID(a, b) != 0;
}

inline bool operator!=(REFGUID a, REFGUID b)
{
    return IsEqualGUID(a, b) == 0;
}

template <typename T> struct openbits_uuid;
template <typename T> struct openbits_uuid<T *> : openbits_uuid<T> {
};
template <typename T> struct openbits_uuid<const T> : openbits_uuid<T> {
};

#define __CRT_UUID_DECL(T, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                                        \
    template <> struct openbits_uuid<T> {                                                                    \
        static const GUID &value()                                                                           \
        {                                                                                                    \
            static const GUID guid = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}};                          \
            return guid;                                                                                     \
        }                                                                                                    \
    };

/* __typeof takes a type or an expression, which is not evaluated. */
#define __uuidof(x) (openbits_uuid<__typeof(x)>::value())
#else
static inline int IsEqualGUID(REFGUID a, REFGUID b)
{
    return !memcmp(a, b, sizeof(GUID));
}
#endif

#define IsEqualIID(a, b)   IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)

#endif
