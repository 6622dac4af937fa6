/* main.c: the tool: a table of commands. A command lives in a file of its own name. */
#include <config.h>

#include "cli/command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"demo", "shows an on-demand job, checked byte for byte, on this machine alone", demo_run},
    {"get", "downloads a file, or ranges of it, as a BITS job", get_run},
    {"serve", "a test server: synthetic files of any size, real folders, ranges", serve_run},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_help(void)
{
    printf("Usage: openbits COMMAND [OPTION]...\n"
           "       openbits --help | --version\n\n"
           "Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    printf("\nExamples:\n"
           "  openbits demo\n"
           "  openbits get --range 0:64K URL FILE    the first 64 KiB, the rest a hole\n"
           "  openbits serve --file /big=4T:7        a file of 4 TiB, on a free port\n"
           "  openbits serve --root . --port 8080    this folder\n\n"
           "openbits COMMAND --help tells more. Exit status: 0 fine, 1 trouble, 2 wrong usage.\n");
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return COMMAND_OK;
    }
    if (strcmp(name, "--version") == 0) {
        printf("openbits %s\n", PACKAGE_VERSION);
        return COMMAND_OK;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            optind = 0;
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (*name)
        fprintf(stderr, "openbits: no command \"%s\" (openbits --help lists them)\n", name);
    else
        fprintf(stderr, "openbits: no command given (openbits --help lists them)\n");
    return COMMAND_USAGE;
}

/* What was said is of no use where it did not arrive: a full disk must not look like success. */
int main(int argc, char **argv)
{
    int status = run(argc, argv);

    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || status != COMMAND_OK)
        return status;
    if (errno != EPIPE) /* whoever closed the pipe knows */
        fprintf(stderr, "openbits: standard output: %s\n", errno ? strerror(errno) : "cannot be written");
    return COMMAND_TROUBLE;
}
