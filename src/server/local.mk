# The test server: a library of its own, for the tool and the tests; it uses no other room.
noinst_LTLIBRARIES += %D%/libserver.la
%C%_libserver_la_SOURCES = \
	%D%/answer.c \
	%D%/answer.h \
	%D%/body.c \
	%D%/body.h \
	%D%/conditional.c \
	%D%/conditional.h \
	%D%/connections.c \
	%D%/connections.h \
	%D%/content.c \
	%D%/control.c \
	%D%/control.h \
	%D%/control_client.c \
	%D%/control_client.h \
	%D%/course.c \
	%D%/course.h \
	%D%/damage.c \
	%D%/damage.h \
	%D%/deadline.h \
	%D%/end.h \
	%D%/exchange.c \
	%D%/exchange.h \
	%D%/fault_act.c \
	%D%/fault_act.h \
	%D%/fault_identity.c \
	%D%/fault_length.c \
	%D%/fault_parts.c \
	%D%/fault_probe.c \
	%D%/fault_range.c \
	%D%/fault_spec.c \
	%D%/fault_spec.h \
	%D%/fault_table.c \
	%D%/fault_table.h \
	%D%/fault_transport.c \
	%D%/faults.c \
	%D%/faults.h \
	%D%/files.c \
	%D%/files.h \
	%D%/folder.c \
	%D%/folder.h \
	%D%/front.c \
	%D%/front.h \
	%D%/gzip.c \
	%D%/gzip.h \
	%D%/headers.c \
	%D%/headers.h \
	%D%/hold.c \
	%D%/hold.h \
	%D%/http1.c \
	%D%/http1.h \
	%D%/http2.c \
	%D%/http2.h \
	%D%/httpdate.c \
	%D%/httpdate.h \
	%D%/link.c \
	%D%/link.h \
	%D%/log.c \
	%D%/log.h \
	%D%/login.c \
	%D%/login.h \
	%D%/logline.c \
	%D%/multipart.c \
	%D%/multipart.h \
	%D%/range.c \
	%D%/range.h \
	%D%/redirect.c \
	%D%/redirect.h \
	%D%/relay.c \
	%D%/relay.h \
	%D%/resource.c \
	%D%/resource.h \
	%D%/server.c \
	%D%/server.h \
	%D%/service.c \
	%D%/service.h \
	%D%/stall.c \
	%D%/stall.h \
	%D%/tls.c \
	%D%/tls.h \
	%D%/tunnel.c \
	%D%/tunnel.h
nodist_%C%_libserver_la_SOURCES = \
	%D%/fault_ids.h \
	%D%/fault_rows.h
%C%_libserver_la_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS) $(NGHTTP2_CFLAGS)
%C%_libserver_la_LIBADD = $(MHD_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS) $(NGHTTP2_LIBS)

# data/faults.tsv is the only place where a fault is listed.
BUILT_SOURCES += %D%/fault_ids.h %D%/fault_rows.h
CLEANFILES += %D%/fault_ids.h %D%/fault_rows.h
EXTRA_DIST += build-aux/faults-table.awk
%C%_faults_awk = $(AWK) -f $(top_srcdir)/build-aux/faults-table.awk
%C%_faults_tsv = $(top_srcdir)/data/faults.tsv
%D%/fault_ids.h: $(top_srcdir)/data/faults.tsv $(top_srcdir)/build-aux/faults-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_faults_awk) -v part=header $(%C%_faults_tsv) > $@.tmp && mv $@.tmp $@
%D%/fault_rows.h: $(top_srcdir)/data/faults.tsv $(top_srcdir)/build-aux/faults-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_faults_awk) -v part=rows $(%C%_faults_tsv) > $@.tmp && mv $@.tmp $@
# Also for those who build one target alone.
$(%C%_libserver_la_OBJECTS): %D%/fault_ids.h %D%/fault_rows.h
