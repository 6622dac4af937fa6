# fetch's tests: its parsers, and the whole against the test server and a scripted one.
noinst_HEADERS += tests/unit/fetch_feed.h
check_PROGRAMS += \
	tests/unit/test_fetch_parse \
	tests/unit/test_fetch_proof \
	tests/unit/test_fetch_proxy
tests_unit_test_fetch_parse_SOURCES = tests/unit/test_fetch_parse.c
tests_unit_test_fetch_parse_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_parse_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)
tests_unit_test_fetch_proof_SOURCES = tests/unit/test_fetch_proof.c
tests_unit_test_fetch_proof_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_proof_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)

tests_unit_test_fetch_proxy_SOURCES = tests/unit/test_fetch_proxy.c
tests_unit_test_fetch_proxy_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_proxy_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)

# The scripted server speaks TLS too.
check_LTLIBRARIES += tests/fetch/libask.la
tests_fetch_libask_la_SOURCES = \
	tests/fetch/ask.c \
	tests/fetch/ask.h \
	tests/fetch/raw_server.c \
	tests/fetch/raw_server.h \
	tests/fetch/raw_tls.c \
	tests/fetch/raw_tls.h
tests_fetch_libask_la_CFLAGS = $(TEST_CFLAGS) $(OPENSSL_CFLAGS)
ASK_LIBS = tests/fetch/libask.la $(FETCH_LIBS) $(CHECK_LIBS) $(OPENSSL_LIBS)

check_PROGRAMS += \
	tests/fetch/test_fetch \
	tests/fetch/test_fetch_control \
	tests/fetch/test_fetch_options \
	tests/fetch/test_fetch_raw \
	tests/fetch/test_fetch_tls \
	tests/fetch/test_fetch_tls_options
noinst_HEADERS += tests/fetch/world.h
tests_fetch_test_fetch_SOURCES = tests/fetch/test_fetch.c
tests_fetch_test_fetch_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_LDADD = src/server/libserver.la $(ASK_LIBS)
tests_fetch_test_fetch_control_SOURCES = tests/fetch/test_fetch_control.c
tests_fetch_test_fetch_control_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_control_LDADD = src/server/libserver.la $(ASK_LIBS)
tests_fetch_test_fetch_options_SOURCES = tests/fetch/test_fetch_options.c
tests_fetch_test_fetch_options_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_options_LDADD = $(ASK_LIBS)
tests_fetch_test_fetch_raw_SOURCES = tests/fetch/test_fetch_raw.c
tests_fetch_test_fetch_raw_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_raw_LDADD = $(ASK_LIBS)
tests_fetch_test_fetch_tls_SOURCES = tests/fetch/test_fetch_tls.c
tests_fetch_test_fetch_tls_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_tls_LDADD = $(ASK_LIBS)
tests_fetch_test_fetch_tls_options_SOURCES = tests/fetch/test_fetch_tls_options.c
tests_fetch_test_fetch_tls_options_CFLAGS = $(TEST_CFLAGS) $(OPENSSL_CFLAGS)
tests_fetch_test_fetch_tls_options_LDADD = $(ASK_LIBS)

# The room once more, with an allocator that fails when told to.
check_LTLIBRARIES += tests/fetch/libfetch_oom.la
tests_fetch_libfetch_oom_la_SOURCES = $(src_fetch_libfetch_la_SOURCES)
tests_fetch_libfetch_oom_la_CPPFLAGS = $(AM_CPPFLAGS) -Dmalloc=oom_malloc -Dcalloc=oom_calloc \
	-Drealloc=oom_realloc -Dfree=oom_free -Dstrdup=oom_strdup -Dstrndup=oom_strndup
tests_fetch_libfetch_oom_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(OPENSSL_CFLAGS)
check_PROGRAMS += tests/fetch/test_fetch_oom
noinst_HEADERS += tests/fetch/oom.h
tests_fetch_test_fetch_oom_SOURCES = \
	tests/fetch/raw_server.c \
	tests/fetch/raw_tls.c \
	tests/fetch/test_fetch_oom.c
tests_fetch_test_fetch_oom_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS) $(OPENSSL_CFLAGS)
tests_fetch_test_fetch_oom_LDADD = tests/fetch/libfetch_oom.la src/trace/libtrace.la src/sys/libsys.la \
	src/base/libbase.la $(CURL_LIBS) $(OPENSSL_LIBS) $(CHECK_LIBS)
