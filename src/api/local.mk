libopenbits_la_SOURCES += \
	%D%/create.c \
	%D%/create.h \
	%D%/default.c \
	%D%/pump.c \
	%D%/unload.c \
	%D%/version.c
