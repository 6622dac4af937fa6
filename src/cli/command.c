/* command.c: how a command says that something is wrong. */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>

int command_trouble(const char *command, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "openbits %s: ", command);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return COMMAND_TROUBLE;
}

int command_usage(const char *command, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "openbits %s: ", command);
    vfprintf(stderr, format, args);
    fprintf(stderr, " (openbits %s --help explains)\n", command);
    va_end(args);
    return COMMAND_USAGE;
}
