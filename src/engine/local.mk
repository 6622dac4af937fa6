noinst_LTLIBRARIES += %D%/libengine.la
%C%_libengine_la_SOURCES = \
	%D%/certificate.c \
	%D%/checks.c \
	%D%/command_line.c \
	%D%/control.c \
	%D%/deliver.c \
	%D%/effects.c \
	%D%/engine.c \
	%D%/engine.h \
	%D%/files.c \
	%D%/http.c \
	%D%/internal.h \
	%D%/jobs.c \
	%D%/loop.c \
	%D%/output.c \
	%D%/pump.c \
	%D%/registry.c \
	%D%/report.c \
	%D%/schedule.c \
	%D%/transfer.c
libopenbits_la_LIBADD += %D%/libengine.la
