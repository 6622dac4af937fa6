# The only room with libcurl; OpenSSL is libcurl's.
noinst_LTLIBRARIES += %D%/libfetch.la
%C%_libfetch_la_SOURCES = \
	%D%/certificate.c \
	%D%/certificate.h \
	%D%/content_range.c \
	%D%/content_range.h \
	%D%/errors.c \
	%D%/errors.h \
	%D%/fetch.h \
	%D%/headers.c \
	%D%/headers.h \
	%D%/hop.c \
	%D%/hop.h \
	%D%/http.c \
	%D%/options.h \
	%D%/proof.c \
	%D%/proof.h \
	%D%/proxy.c \
	%D%/proxy.h \
	%D%/request.c \
	%D%/request.h \
	%D%/request_trace.c \
	%D%/source.h \
	%D%/tls.c \
	%D%/tls.h \
	%D%/url.c \
	%D%/url.h
%C%_libfetch_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(OPENSSL_CFLAGS)
%C%_libfetch_la_LIBADD = $(CURL_LIBS) $(OPENSSL_LIBS)
libopenbits_la_LIBADD += %D%/libfetch.la
# What a program needs that uses fetch by itself.
FETCH_LIBS = \
	%D%/libfetch.la \
	src/trace/libtrace.la \
	src/sys/libsys.la \
	src/base/libbase.la
