# The library as a guest in somebody's process.
noinst_HEADERS += %D%/host.h %D%/listener.h
check_PROGRAMS += %D%/test_host
%C%_test_host_SOURCES = %D%/host.c %D%/listener.c %D%/test_host.c
%C%_test_host_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_host_LDADD = libopenbits.la src/server/libserver.la $(MHD_LIBS) $(CHECK_LIBS)
# Opens the library by its name; so it is not linked, but must be there.
check_PROGRAMS += %D%/test_unload
%C%_test_unload_SOURCES = %D%/test_unload.c
%C%_test_unload_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_unload_LDADD = src/server/libserver.la $(MHD_LIBS) $(CHECK_LIBS) -ldl
%C%_test_unload_DEPENDENCIES = libopenbits.la src/server/libserver.la
