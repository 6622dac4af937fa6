# What Windows brings itself.
if !WINDOWS
noinst_LTLIBRARIES += %D%/libwinapi.la
%C%_libwinapi_la_SOURCES = \
	%D%/com_init.c \
	%D%/com_init.h \
	%D%/critical_section.c \
	%D%/event.c \
	%D%/filetime.c \
	%D%/guid.c \
	%D%/guids.c \
	%D%/handle.c \
	%D%/handle.h \
	%D%/last_error.c \
	%D%/taskmem.c \
	%D%/tick.c
libopenbits_la_LIBADD += %D%/libwinapi.la
endif
