noinst_LTLIBRARIES += %D%/libsys.la
%C%_libsys_la_SOURCES = \
	%D%/atfork.h \
	%D%/clock.c \
	%D%/clock.h \
	%D%/file.h \
	%D%/guard.h \
	%D%/inherit.h \
	%D%/program.h \
	%D%/slots.c \
	%D%/slots.h \
	%D%/slots_user.h \
	%D%/thread.h \
	%D%/user.h
# The platform is chosen here and nowhere in the code.
if !WINDOWS
%C%_libsys_la_SOURCES += \
	%D%/posix/atfork.c \
	%D%/posix/file.c \
	%D%/posix/guard.c \
	%D%/posix/inherit.c \
	%D%/posix/program.c \
	%D%/posix/slots_user.c \
	%D%/posix/thread.c \
	%D%/posix/time.c \
	%D%/posix/user.c
endif
libopenbits_la_LIBADD += %D%/libsys.la
