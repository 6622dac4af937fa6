# The test server's own tests: its parts (tests/unit) and the whole, by a client.
check_PROGRAMS += \
	tests/unit/test_server_conditional \
	tests/unit/test_server_folder \
	tests/unit/test_server_log \
	tests/unit/test_server_multipart \
	tests/unit/test_server_range
tests_unit_test_server_conditional_SOURCES = tests/unit/test_server_conditional.c
tests_unit_test_server_conditional_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_server_conditional_LDADD = src/server/libserver.la $(CHECK_LIBS)
tests_unit_test_server_folder_SOURCES = tests/unit/test_server_folder.c
tests_unit_test_server_folder_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_server_folder_LDADD = src/server/libserver.la $(CHECK_LIBS)
tests_unit_test_server_log_SOURCES = tests/unit/test_server_log.c
tests_unit_test_server_log_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_server_log_LDADD = src/server/libserver.la $(CHECK_LIBS) $(JANSSON_LIBS)
tests_unit_test_server_multipart_SOURCES = tests/unit/test_server_multipart.c
tests_unit_test_server_multipart_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_server_multipart_LDADD = src/server/libserver.la $(CHECK_LIBS)
tests_unit_test_server_range_SOURCES = tests/unit/test_server_range.c
tests_unit_test_server_range_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_server_range_LDADD = src/server/libserver.la $(CHECK_LIBS)
