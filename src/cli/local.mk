# The tool. A command is a file here and a line in main.c's table.
bin_PROGRAMS += openbits
openbits_SOURCES = \
	%D%/command.c \
	%D%/command.h \
	%D%/main.c \
	%D%/number.c \
	%D%/number.h \
	%D%/serve.c
openbits_LDADD = \
	src/server/libserver.la

dist_man_MANS += docs/man/openbits-serve.1
