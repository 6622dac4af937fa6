# The library as a program sees it: only what it exports.
check_PROGRAMS += %D%/test_api_checks
%C%_test_api_checks_SOURCES = %D%/test_api_checks.c
%C%_test_api_checks_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_api_checks_LDADD = libopenbits.la src/server/libserver.la $(MHD_LIBS) $(CHECK_LIBS)

check_PROGRAMS += %D%/test_api %D%/test_api_default %D%/test_api_transfer
%C%_test_api_SOURCES = %D%/test_api.c
%C%_test_api_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_api_LDADD = libopenbits.la $(CHECK_LIBS)
%C%_test_api_default_SOURCES = %D%/test_api_default.c
%C%_test_api_default_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_api_default_LDADD = libopenbits.la $(CHECK_LIBS)
%C%_test_api_transfer_SOURCES = %D%/test_api_transfer.c
%C%_test_api_transfer_CFLAGS = $(TEST_CFLAGS) -DCOBJMACROS
%C%_test_api_transfer_LDADD = libopenbits.la src/server/libserver.la $(MHD_LIBS) $(CHECK_LIBS)

# The scripted server is shared with fetch's tests; nothing of the library is linked but what it exports.
check_PROGRAMS += %D%/test_api_http
%C%_test_api_http_SOURCES = \
	%D%/test_api_http.c \
	tests/fetch/raw_server.c \
	tests/fetch/raw_tls.c
%C%_test_api_http_CFLAGS = $(TEST_CFLAGS) $(OPENSSL_CFLAGS) -DCOBJMACROS -I$(top_srcdir)/tests/fetch
%C%_test_api_http_LDADD = libopenbits.la $(CHECK_LIBS) $(OPENSSL_LIBS)
