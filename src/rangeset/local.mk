noinst_LTLIBRARIES += %D%/librangeset.la
%C%_librangeset_la_SOURCES = \
	%D%/leaf.c \
	%D%/leaf.h \
	%D%/rangeset.c \
	%D%/rangeset.h
libopenbits_la_LIBADD += %D%/librangeset.la
