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

check_PROGRAMS += \
	tests/server/test_server \
	tests/server/test_server_life
noinst_HEADERS += tests/server/client.h
tests_server_test_server_SOURCES = tests/server/client.c tests/server/test_server.c
tests_server_test_server_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_server_test_server_life_SOURCES = tests/server/client.c tests/server/test_server_life.c
tests_server_test_server_life_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_life_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)

# The tool.
check_PROGRAMS += tests/unit/test_number
tests_unit_test_number_SOURCES = src/cli/number.c src/cli/number.h tests/unit/test_number.c
tests_unit_test_number_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_number_LDADD = $(CHECK_LIBS)
dist_check_SCRIPTS += tests/tool/serve.sh

# Faults, each by its id.
check_PROGRAMS += \
	tests/server/test_server_control \
	tests/server/test_server_doors \
	tests/server/test_server_faults \
	tests/server/test_server_faults_file \
	tests/server/test_server_front \
	tests/server/test_server_http2 \
	tests/server/test_server_stalls \
	tests/unit/test_damage \
	tests/unit/test_fault_spec
noinst_HEADERS += tests/server/shown.h
tests_server_test_server_faults_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_faults.c
tests_server_test_server_faults_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_faults_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_server_test_server_faults_file_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_faults_file.c
tests_server_test_server_faults_file_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_faults_file_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_server_test_server_stalls_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_stalls.c
tests_server_test_server_stalls_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_stalls_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_unit_test_fault_spec_SOURCES = tests/unit/test_fault_spec.c
tests_unit_test_fault_spec_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fault_spec_LDADD = src/server/libserver.la $(CHECK_LIBS)
tests_server_test_server_front_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_front.c
tests_server_test_server_front_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_front_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_unit_test_damage_SOURCES = tests/unit/test_damage.c
tests_unit_test_damage_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_damage_LDADD = src/server/libserver.la $(CHECK_LIBS)
tests_server_test_server_control_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_control.c
tests_server_test_server_control_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_control_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_server_test_server_doors_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_doors.c
tests_server_test_server_doors_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_doors_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
tests_server_test_server_http2_SOURCES = tests/server/client.c tests/server/shown.c tests/server/test_server_http2.c
tests_server_test_server_http2_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_server_test_server_http2_LDADD = src/server/libserver.la $(CHECK_LIBS) $(CURL_LIBS)
$(tests_unit_test_fault_spec_OBJECTS): src/server/fault_ids.h
