# The test server: a library of its own, for the tool and the tests; it uses no other room.
noinst_LTLIBRARIES += %D%/libserver.la
%C%_libserver_la_SOURCES = \
	%D%/answer.c \
	%D%/answer.h \
	%D%/body.c \
	%D%/body.h \
	%D%/conditional.c \
	%D%/conditional.h \
	%D%/content.c \
	%D%/deadline.h \
	%D%/files.c \
	%D%/files.h \
	%D%/folder.c \
	%D%/folder.h \
	%D%/headers.c \
	%D%/headers.h \
	%D%/hold.c \
	%D%/hold.h \
	%D%/http1.c \
	%D%/http1.h \
	%D%/httpdate.c \
	%D%/httpdate.h \
	%D%/log.c \
	%D%/log.h \
	%D%/logline.c \
	%D%/multipart.c \
	%D%/multipart.h \
	%D%/range.c \
	%D%/range.h \
	%D%/resource.c \
	%D%/resource.h \
	%D%/server.c \
	%D%/server.h
%C%_libserver_la_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JANSSON_CFLAGS)
%C%_libserver_la_LIBADD = $(MHD_LIBS) $(JANSSON_LIBS)
