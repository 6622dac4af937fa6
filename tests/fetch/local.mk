# fetch's tests: its parsers, and the whole against a real server and a scripted one.
check_PROGRAMS += tests/unit/test_fetch_parse
tests_unit_test_fetch_parse_SOURCES = tests/unit/test_fetch_parse.c
tests_unit_test_fetch_parse_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fetch_parse_LDADD = $(FETCH_LIBS) $(CHECK_LIBS)
