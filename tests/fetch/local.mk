# fetch's tests: its parsers, and the whole against the test server and a scripted one.
noinst_HEADERS += tests/unit/fetch_feed.h
check_PROGRAMS += \
	tests/unit/test_fetch_parse \
	tests/unit/test_fetch_proof
tests_unit_test_fetch_parse_SOURCES = tests/unit/test_fetch_parse.c
tests_unit_test_fetch_parse_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_parse_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)
tests_unit_test_fetch_proof_SOURCES = tests/unit/test_fetch_proof.c
tests_unit_test_fetch_proof_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_proof_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)

# The scripted server speaks TLS too.
check_LTLIBRARIES += tests/fetch/libask.la
tests_fetch_libask_la_SOURCES = \
	tests/fetch/ask.c \
	tests/fetch/ask.h \
	tests/fetch/raw_server.c \
	tests/fetch/raw_server.h
tests_fetch_libask_la_CFLAGS = $(TEST_CFLAGS) $(OPENSSL_CFLAGS)
ASK_LIBS = tests/fetch/libask.la $(FETCH_LIBS) $(CHECK_LIBS) $(OPENSSL_LIBS)

check_PROGRAMS += \
	tests/fetch/test_fetch \
	tests/fetch/test_fetch_control \
	tests/fetch/test_fetch_raw \
	tests/fetch/test_fetch_tls
noinst_HEADERS += tests/fetch/world.h
tests_fetch_test_fetch_SOURCES = tests/fetch/test_fetch.c
tests_fetch_test_fetch_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_LDADD = src/server/libserver.la $(ASK_LIBS)
tests_fetch_test_fetch_control_SOURCES = tests/fetch/test_fetch_control.c
tests_fetch_test_fetch_control_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_control_LDADD = src/server/libserver.la $(ASK_LIBS)
tests_fetch_test_fetch_raw_SOURCES = tests/fetch/test_fetch_raw.c
tests_fetch_test_fetch_raw_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_raw_LDADD = $(ASK_LIBS)
tests_fetch_test_fetch_tls_SOURCES = tests/fetch/test_fetch_tls.c
tests_fetch_test_fetch_tls_CFLAGS = $(TEST_CFLAGS)
tests_fetch_test_fetch_tls_LDADD = $(ASK_LIBS)
