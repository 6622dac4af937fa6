/* host.c: see host.h. */
#include "host.h"

#include <check.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *open_end(int fd, const char *mode)
{
    FILE *file = fdopen(fd, mode);

    if (!file)
        abort();
    setvbuf(file, NULL, _IOLBF, BUFSIZ);
    return file;
}

void host_start(struct host *host, const char *folder, void (*run)(struct host_side *side))
{
    int to[2], from[2];

    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    fflush(NULL);
    host->pid = fork();
    ck_assert(host->pid >= 0);
    if (host->pid == 0) {
        struct host_side side = {.folder = folder};

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(to[1]);
        close(from[0]);
        side.in = open_end(to[0], "r");
        side.out = open_end(from[1], "w");
        run(&side);
        exit(0);
    }
    close(to[0]);
    close(from[1]);
    host->to = open_end(to[1], "w");
    host->from = open_end(from[0], "r");
}

void host_tell(struct host *host, const char *line)
{
    ck_assert(fprintf(host->to, "%s\n", line) > 0);
}

void host_expect(struct host *host, const char *line)
{
    char got[256] = "(nothing more)\n";

    if (fgets(got, sizeof got, host->from))
        got[strcspn(got, "\n")] = '\0';
    ck_assert_str_eq(got, line);
}

void host_end(struct host *host)
{
    int status;

    ck_assert_int_eq(waitpid(host->pid, &status, 0), host->pid);
    ck_assert_msg(WIFEXITED(status), "the host was killed by signal %d", WTERMSIG(status));
    ck_assert_msg(WEXITSTATUS(status) == 0, "the host ended with status %d", WEXITSTATUS(status));
    fclose(host->to);
    fclose(host->from);
}

void host_say(struct host_side *side, const char *line)
{
    DEMAND(fprintf(side->out, "%s\n", line) > 0);
}

void host_hear(struct host_side *side, char *line, size_t room)
{
    DEMAND(fgets(line, (int)room, side->in) != NULL);
    line[strcspn(line, "\n")] = '\0';
}
