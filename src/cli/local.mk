# The tool. A command is a file here and a line in main.c's table.
bin_PROGRAMS += openbits
openbits_SOURCES = \
	%D%/bar.c \
	%D%/bar.h \
	%D%/command.c \
	%D%/command.h \
	%D%/demo.c \
	%D%/download.c \
	%D%/download.h \
	%D%/fault_list.c \
	%D%/fault_list.h \
	%D%/get.c \
	%D%/interrupt.c \
	%D%/interrupt.h \
	%D%/main.c \
	%D%/map.c \
	%D%/map.h \
	%D%/number.c \
	%D%/number.h \
	%D%/place.c \
	%D%/place.h \
	%D%/ranges.c \
	%D%/ranges.h \
	%D%/serve.c \
	%D%/watcher.c \
	%D%/watcher.h \
	%D%/wishes.c \
	%D%/wishes.h
# A client in C speaks through the macros.
openbits_CPPFLAGS = $(AM_CPPFLAGS) -DCOBJMACROS
openbits_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
openbits_LDADD = \
	src/server/libserver.la \
	src/rangeset/librangeset.la \
	src/base/libbase.la \
	libopenbits.la \
	$(JANSSON_LIBS)

dist_man_MANS += docs/man/openbits-serve.1
dist_man_MANS += \
	docs/man/openbits-get.1 \
	docs/man/openbits.1
# Also for those who build the tool alone.
$(openbits_OBJECTS): src/server/fault_ids.h
