/* host.h: a process of its own that is the library's host, and the test that watches it from outside.
 *
 * The test forks the host first, while it has one thread, and starts a server afterwards; then both speak
 * in lines through pipes. A host that finds something wrong says so on standard error and ends with
 * status 99. It dies with its test, so a host that hangs ends when Check's time is up.
 */
#ifndef OPENBITS_TESTS_HOST_HOST_H
#define OPENBITS_TESTS_HOST_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct host {
    pid_t pid;
    FILE *to, *from;
};

/* What the host's side is given: where it hears and speaks, and a folder to download to. */
struct host_side {
    FILE *in, *out;
    const char *folder;
};

/* In the test. run is the host's whole life; when it returns the host calls exit(0). */
void host_start(struct host *host, const char *folder, void (*run)(struct host_side *side));
void host_tell(struct host *host, const char *line);
void host_expect(struct host *host, const char *line); /* the host's next line; fails the test */
/* Waits for the host's end, which must be an exit with status 0. */
void host_end(struct host *host);

/* In the host. */
void host_say(struct host_side *side, const char *line);
void host_hear(struct host_side *side, char *line, size_t room); /* without the line's end */

#define DEMAND(condition)                                                                                    \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: in the host: %s\n", __FILE__, __LINE__, #condition);                     \
            _exit(99);                                                                                       \
        }                                                                                                    \
    } while (0)

#endif
