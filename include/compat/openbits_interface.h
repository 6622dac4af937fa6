/* openbits_interface.h: how the bits*.h name an interface and a class, here and on top of mingw's headers.
 *
 * OPENBITS_IID(I, ...) declares IID_I, and in C++ makes __uuidof(I) work; OPENBITS_CLSID does it for a class.
 * Both come before the definition of I, so that the twelve numbers stand once. It is not part of the SDK.
 */
#ifndef OPENBITS_INTERFACE_H
#define OPENBITS_INTERFACE_H

#if defined(__cplusplus) && !defined(CINTERFACE)
#define OPENBITS_IID(I, ...) __CRT_UUID_DECL(I, __VA_ARGS__) DEFINE_GUID(IID_##I, __VA_ARGS__)
#define OPENBITS_CLSID(C, ...)                                                                               \
    class C;                                                                                                 \
    __CRT_UUID_DECL(C, __VA_ARGS__)                                                                          \
    DEFINE_GUID(CLSID_##C, __VA_ARGS__)
#else
#define OPENBITS_IID(I, ...)   DEFINE_GUID(IID_##I, __VA_ARGS__)
#define OPENBITS_CLSID(C, ...) DEFINE_GUID(CLSID_##C, __VA_ARGS__)
#endif

#endif
