/* command.h: what a command of the tool is, and how it says that something is wrong. */
#ifndef OPENBITS_CLI_COMMAND_H
#define OPENBITS_CLI_COMMAND_H

/* What the tool's process answers. */
enum command_exit {
    COMMAND_OK = 0,
    COMMAND_TROUBLE = 1, /* it could not be done */
    COMMAND_USAGE = 2,   /* it was not said right */
};

struct command {
    const char *name;
    const char *summary; /* a line of `openbits --help` */
    /* argv[0] is the command's name; optind is 0. Returns an enum command_exit. */
    int (*run)(int argc, char **argv);
};

int demo_run(int argc, char **argv);
int get_run(int argc, char **argv);
int serve_run(int argc, char **argv);

/* Each prints "openbits COMMAND: ..." as one line on standard error and returns the status it is named for;
 * command_usage adds where help is to be had. */
int command_trouble(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
int command_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
