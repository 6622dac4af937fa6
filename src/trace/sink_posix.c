/* sink_posix.c: the trace's file on POSIX.
 *
 * The lock belongs to the open file (F_OFD_SETLK), so that a second trace of the same process is held off
 * too. A file system without locks gives none, and then nothing is held off.
 */
#include "config.h"

#include "trace/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "sys/file.h"

/* So many traces of one process may want the same name. */
enum { ATTEMPT_LIMIT = 1000 };

/* New text, or NULL. *has_pid: the pattern had a %p. */
static char *expand(const char *pattern, bool *has_pid)
{
    size_t room = 1, at = 0;
    char *out;

    for (const char *p = pattern; *p; p++)
        room += *p == '%' ? 21 : 1;
    out = malloc(room);
    *has_pid = false;
    if (!out)
        return NULL;
    for (const char *p = pattern; *p; p++) {
        if (p[0] == '%' && p[1] == 'p') {
            at += (size_t)snprintf(out + at, room - at, "%ld", (long)getpid());
            *has_pid = true;
            p++;
        } else {
            if (p[0] == '%' && p[1] == '%')
                p++;
            out[at++] = *p;
        }
    }
    out[at] = '\0';
    return out;
}

/* The name to try after `attempt` others were taken; new text, or NULL. */
static char *candidate(const char *name, bool has_pid, int attempt)
{
    size_t room = strlen(name) + 40;
    char *out = malloc(room), pid[24] = "", number[16] = "";

    if (!out)
        return NULL;
    if (attempt > 0 && !has_pid)
        snprintf(pid, sizeof pid, ".%ld", (long)getpid());
    if (attempt > (has_pid ? 0 : 1))
        snprintf(number, sizeof number, "-%d", has_pid ? attempt + 1 : attempt);
    snprintf(out, room, "%s%s%s", name, pid, number);
    return out;
}

/* S_FALSE: somebody has it. */
static HRESULT try_open(struct sink *sink, const char *path)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat st;
    int fd;

    do
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return errno == ENOENT ? HR_PATH_NOT_FOUND : hr_from_errno(errno);
    sink->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (sink->regular && fcntl(fd, F_OFD_SETLK, &whole) < 0 && (errno == EAGAIN || errno == EACCES)) {
        close(fd);
        return S_FALSE;
    }
    sink->fd = fd;
    return S_OK;
}

/* A process that was killed may have left half a line behind. */
static bool ends_within_line(const struct sink *sink)
{
    struct stat st;
    char last = '\n';
    int fd;

    if (!sink->regular || fstat(sink->fd, &st) < 0 || st.st_size == 0)
        return false;
    /* The sink itself is not opened for reading: of a pipe, it would be a reader that never reads. */
    fd = open(sink->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (pread(fd, &last, 1, st.st_size - 1) != 1)
        last = '\n';
    close(fd);
    return last != '\n';
}

HRESULT sink_open(struct sink *sink, const char *pattern)
{
    bool has_pid;
    AUTOFREE char *name = expand(pattern, &has_pid);
    HRESULT hr = S_FALSE;

    memset(sink, 0, sizeof *sink);
    sink->fd = -1;
    if (!name)
        return E_OUTOFMEMORY;
    for (int attempt = 0; hr == S_FALSE && attempt < ATTEMPT_LIMIT; attempt++) {
        free(sink->path);
        sink->path = candidate(name, has_pid, attempt);
        hr = sink->path ? try_open(sink, sink->path) : E_OUTOFMEMORY;
    }
    if (hr == S_FALSE)
        hr = HR_SHARING;
    if (FAILED(hr)) {
        free(TAKE(sink->path));
        return hr;
    }
    if (ends_within_line(sink))
        sink_append(sink, "\n", 1);
    return S_OK;
}

void sink_close(struct sink *sink)
{
    if (sink->fd >= 0)
        close(sink->fd);
    sink->fd = -1;
    free(TAKE(sink->path));
}

/* A pipe whose reader is gone must not kill a program that only wanted to be watched: the signal is blocked
 * for this thread, and taken back if the write raised it. */
static ssize_t write_without_sigpipe(int fd, const char *bytes, size_t len)
{
    static const struct timespec at_once = {0, 0};
    sigset_t pipe_only, before, pending;
    ssize_t written;
    int error;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    written = write(fd, bytes, len);
    error = errno;
    if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_only, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

bool sink_append(struct sink *sink, const char *bytes, size_t len)
{
    ssize_t written;

    /* More than one turn only if a signal or a full disk cut the line. */
    while (!sink->ended && len > 0) {
        written = sink->regular ? write(sink->fd, bytes, len) : write_without_sigpipe(sink->fd, bytes, len);
        if (written >= 0) {
            bytes += written;
            len -= (size_t)written;
        } else if (errno != EINTR) {
            fprintf(stderr, "openbits: tracing ends, %s cannot be written: %s\n", sink->path,
                    strerror(errno));
            sink->ended = true;
        }
    }
    return !sink->ended;
}

uint64_t sink_process_id(void)
{
    return (uint64_t)getpid();
}
