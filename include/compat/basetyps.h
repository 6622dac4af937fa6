/* basetyps.h: the words in which COM interfaces and their methods are declared.
 *
 * In C++ an interface is a struct of pure virtual methods without a virtual destructor: gcc and clang then
 * lay its vtable out as C's struct of pointers. SAL's __in and __out are not defined here: libstdc++ has
 * variables of these names.
 */
#ifndef _BASETYPS_H_
#define _BASETYPS_H_

#include <guiddef.h>

#define interface struct
#ifdef CONST_VTABLE
#define CONST_VTBL const
#else
#define CONST_VTBL
#endif
#define BEGIN_INTERFACE
#define END_INTERFACE

#define DECLSPEC_UUID(x)
#define DECLSPEC_NOVTABLE
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_ALIGN(x) __attribute__((aligned(x)))
#define MIDL_INTERFACE(x) struct

#define __RPC_FAR
#define __RPC_API
#define __RPC_USER
#define __RPC_STUB
#define __RPC__in
#define __RPC__out
#define __RPC__inout
#define __RPC__in_opt
#define __RPC__inout_opt
#define __RPC__deref_out
#define __RPC__deref_out_opt
#define __RPC__deref_inout_opt
#define __RPC__in_string
#define __RPC__in_opt_string
#define __RPC__deref_out_opt_string
#define __RPC__in_ecount_full(n)
#define __RPC__out_ecount_part(n, m)
#define __RPC__deref_out_ecount_full_opt(n)

#define STDAPI                 EXTERN_C HRESULT STDAPICALLTYPE
#define STDAPI_(type)          EXTERN_C type STDAPICALLTYPE
#define STDMETHODIMP           HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type)    type STDMETHODCALLTYPE
#define IFACEMETHODIMP         STDMETHODIMP
#define IFACEMETHODIMP_(type)  STDMETHODIMP_(type)
#define STDMETHODIMPV          HRESULT STDMETHODVCALLTYPE
#define STDMETHODIMPV_(type)   type STDMETHODVCALLTYPE
#define IFACEMETHODIMPV        STDMETHODIMPV
#define IFACEMETHODIMPV_(type) STDMETHODIMPV_(type)

#define IFACEMETHOD(method)        STDMETHOD(method)
#define IFACEMETHOD_(type, method) STDMETHOD_(type, method)

#if defined(__cplusplus) && !defined(CINTERFACE)
#define STDMETHOD(method)        virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define PURE                     = 0
#define THIS_
#define THIS                               void
#define DECLARE_INTERFACE(I)               struct I
#define DECLARE_INTERFACE_(I, base)        struct I : public base
#define DECLARE_INTERFACE_IID(I, x)        struct I
#define DECLARE_INTERFACE_IID_(I, base, x) struct I : public base
#else
#define STDMETHOD(method)        HRESULT(STDMETHODCALLTYPE *method)
#define STDMETHOD_(type, method) type(STDMETHODCALLTYPE *method)
#define PURE
#define THIS_ INTERFACE *This,
#define THIS  INTERFACE *This
#define DECLARE_INTERFACE(I)                                                                                 \
    typedef struct I {                                                                                       \
        struct I##Vtbl *lpVtbl;                                                                              \
    } I;                                                                                                     \
    typedef struct I##Vtbl I##Vtbl;                                                                          \
    struct I##Vtbl
#define DECLARE_INTERFACE_(I, base)        DECLARE_INTERFACE(I)
#define DECLARE_INTERFACE_IID(I, x)        DECLARE_INTERFACE(I)
#define DECLARE_INTERFACE_IID_(I, base, x) DECLARE_INTERFACE(I)
#endif

#endif
