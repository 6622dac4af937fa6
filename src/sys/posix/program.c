/* program.c: see program.h.
 *
 * posix_spawn and waitpid of that one child: no handler of SIGCHLD, no fork with locks held by others. The
 * calling thread may have every signal blocked (thread.c), which the program must not inherit. What we have
 * open is close-on-exec.
 */
#include "config.h"

#include "sys/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

extern char **environ;

/* Cuts the next argument out of *text, in place; NULL: there is none left. */
static char *next_argument(char **text)
{
    char *in = *text + strspn(*text, " \t");
    char *argument = in, *out = in;
    bool quoted = false;

    if (*in == '\0')
        return NULL;
    for (; *in && (quoted || !strchr(" \t", *in)); in++) {
        if (*in == '"')
            quoted = !quoted;
        else
            *out++ = *in;
    }
    *text = *in ? in + 1 : in;
    *out = '\0';
    return argument;
}

static HRESULT start(const char *path, char **argv, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int error = posix_spawn_file_actions_init(&actions);

    if (error)
        return hr_from_errno(error);
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return hr_from_errno(error);
    }
    sigemptyset(&none);
    error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn(pid, path, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error ? hr_from_errno(error) : S_OK;
}

static HRESULT await(pid_t pid, int *status)
{
    pid_t ended;

    do
        ended = waitpid(pid, status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        return HR_STATUS_LOST;
    *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
    return S_OK;
}

HRESULT sys_program_run(const char *path, const char *parameters, int *status)
{
    AUTOFREE char *text = strdup(parameters ? parameters : "");
    AUTOFREE char *first = strdup(path);
    AUTOFREE char **argv = NULL;
    char *rest = text;
    size_t count = 0;
    pid_t pid;
    HRESULT hr;

    *status = -1;
    if (!text || !first)
        return E_OUTOFMEMORY;
    argv = calloc(strlen(text) / 2 + 3, sizeof *argv); /* an argument and a blank each */
    if (!argv)
        return E_OUTOFMEMORY;
    while ((argv[count] = next_argument(&rest)))
        count++;
    if (count == 0)
        argv[0] = first;
    hr = start(path, argv, &pid);
    return FAILED(hr) ? hr : await(pid, status);
}
