/* listen_exec.c: runs a command that inherits a listening socket on a free port of 127.0.0.1.
 *
 *   listen_exec COMMAND [ARGUMENT]...
 *
 * The kernel chooses the port and the socket listens before the command starts, so nobody can take the port
 * in between and a client may connect at once: nothing to retry, nothing to wait for. The command finds PORT
 * and NGINX="<descriptor>;" in its environment; the second is how nginx takes over a socket when it is
 * replaced by a newer one. When whoever started this dies, the command gets a SIGTERM.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int trouble(const char *call)
{
    perror(call);
    return 99;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    pid_t parent = getppid();
    char number[16];
    int fd;

    if (argc < 2) {
        fprintf(stderr, "usage: listen_exec COMMAND [ARGUMENT]...\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        return 1;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return trouble("bind");
    if (listen(fd, SOMAXCONN) < 0 || getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return trouble("listen");
    snprintf(number, sizeof number, "%d;", fd);
    setenv("NGINX", number, 1);
    snprintf(number, sizeof number, "%u", (unsigned)ntohs(address.sin_port));
    setenv("PORT", number, 1);
    execvp(argv[1], argv + 1);
    return trouble(argv[1]);
}
