/* inherit.c: see inherit.h.
 *
 * One end of the pair then holds as many unread bytes as were written, the other has as many buffers not yet
 * taken, and both are empty again after drain. A stranger's socket may be busy at the same moment; a number
 * drawn at random, and prime, keeps it from answering likewise.
 */
#include "config.h"

#include "sys/inherit.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/file.h"

/* The pair was made a moment ago, so it has low numbers, or the process has very many. */
#define LOOK_AT 4096

intptr_t sys_socket(int family, int type, int protocol)
{
    return socket(family, type | SOCK_CLOEXEC, protocol);
}

static bool is_inherited_pair_end(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    int flags = fcntl(fd, F_GETFD);

    return flags >= 0 && !(flags & FD_CLOEXEC) && getpeername(fd, (struct sockaddr *)&address, &len) == 0 &&
           address.ss_family == AF_UNIX;
}

static int unread(int fd)
{
    int n = 0;

    return ioctl(fd, FIONREAD, &n) == 0 ? n : -1;
}

static int untaken(int fd)
{
    int n = 0;

    return ioctl(fd, SIOCOUTQ, &n) == 0 ? n : -1;
}

void sys_pair_uninherit(void (*poke)(void *context), void (*drain)(void *context), void *context)
{
    static const int primes[] = {11, 13, 17, 19, 23, 29, 31, 37};
    bool ends[LOOK_AT] = {false};
    uint32_t drawn = 0;
    int pokes;

    (void)sys_random(&drawn, sizeof drawn); /* without it, the first */
    pokes = primes[drawn % (sizeof primes / sizeof *primes)];
    for (int fd = 0; fd < LOOK_AT; fd++)
        if (is_inherited_pair_end(fd) && unread(fd) == 0 && untaken(fd) == 0)
            ends[fd] = true;
    for (int i = 0; i < pokes; i++)
        poke(context);
    for (int fd = 0; fd < LOOK_AT; fd++)
        if (ends[fd])
            ends[fd] = unread(fd) == pokes || (untaken(fd) > 0 && untaken(fd) % pokes == 0);
    drain(context);
    for (int fd = 0; fd < LOOK_AT; fd++)
        if (ends[fd] && unread(fd) == 0 && untaken(fd) == 0)
            (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}
