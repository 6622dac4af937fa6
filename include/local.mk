# <openbits_types.h> and <openbits.h> are ours; compat is what Windows' SDK has, for elsewhere; mingw is what
# mingw's SDK lacks. The pkg-config file names the first two.
openbitsincludedir = $(includedir)/openbits
openbitscompatdir = $(openbitsincludedir)/compat
openbitsmingwdir = $(openbitsincludedir)/mingw

openbitsinclude_HEADERS = \
	%D%/openbits.h \
	%D%/openbits_types.h

openbitscompat_HEADERS = \
	%D%/compat/BaseTyps.h \
	%D%/compat/basetyps.h \
	%D%/compat/BITS.h \
	%D%/compat/Bits.h \
	%D%/compat/bits.h \
	%D%/compat/Bits10_1.h \
	%D%/compat/bits10_1.h \
	%D%/compat/Bits10_2.h \
	%D%/compat/bits10_2.h \
	%D%/compat/Bits10_3.h \
	%D%/compat/bits10_3.h \
	%D%/compat/Bits1_5.h \
	%D%/compat/bits1_5.h \
	%D%/compat/Bits2_0.h \
	%D%/compat/bits2_0.h \
	%D%/compat/Bits2_5.h \
	%D%/compat/bits2_5.h \
	%D%/compat/Bits3_0.h \
	%D%/compat/bits3_0.h \
	%D%/compat/Bits4_0.h \
	%D%/compat/bits4_0.h \
	%D%/compat/Bits5_0.h \
	%D%/compat/bits5_0.h \
	%D%/compat/BitsMsg.h \
	%D%/compat/Bitsmsg.h \
	%D%/compat/bitsmsg.h \
	%D%/compat/combaseapi.h \
	%D%/compat/GuidDef.h \
	%D%/compat/Guiddef.h \
	%D%/compat/guiddef.h \
	%D%/compat/InitGuid.h \
	%D%/compat/Initguid.h \
	%D%/compat/initguid.h \
	%D%/compat/ObjBase.h \
	%D%/compat/Objbase.h \
	%D%/compat/objbase.h \
	%D%/compat/Ole2.h \
	%D%/compat/ole2.h \
	%D%/compat/openbits_interface.h \
	%D%/compat/SDKDDKVer.h \
	%D%/compat/SdkDdkVer.h \
	%D%/compat/sdkddkver.h \
	%D%/compat/Unknwn.h \
	%D%/compat/unknwn.h \
	%D%/compat/unknwnbase.h \
	%D%/compat/WINDOWS.h \
	%D%/compat/Windows.h \
	%D%/compat/windows.h \
	%D%/compat/WinError.h \
	%D%/compat/Winerror.h \
	%D%/compat/winerror.h \
	%D%/compat/WTypes.h \
	%D%/compat/Wtypes.h \
	%D%/compat/wtypes.h \
	%D%/compat/wtypesbase.h

openbitsmingw_HEADERS = \
	%D%/mingw/bits10_1.h \
	%D%/mingw/bits10_2.h \
	%D%/mingw/bits10_3.h \
	%D%/mingw/bits4_0.h \
	%D%/mingw/openbits_complete.h
