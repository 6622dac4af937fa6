/* folder.c: opening a file below a folder that nothing leads out of.
 *
 * Comparing names would lose a race against somebody who plants a link afterwards, so the kernel is asked for
 * the promise. Opened O_NONBLOCK, as a pipe in the folder would otherwise hold the server.
 */
#include <config.h>

#include "server/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* A rename elsewhere on the system may make the kernel unsure (EAGAIN); more than this is not bad luck. */
#define TRIES 16

static int regular_only(int fd)
{
    struct stat st;
    int error = 0;

    if (fd < 0)
        return fd;
    if (fstat(fd, &st) < 0)
        error = errno;
    else if (!S_ISREG(st.st_mode))
        error = EISDIR;
    if (!error)
        return fd;
    close(fd);
    return -error;
}

/* A step that is to be opened, not followed: an empty one, "." and ".." are none. 0, or what openat2 would
 * say. */
static int refuse_step(const char *step, size_t len)
{
    if (len == 2 && memcmp(step, "..", 2) == 0)
        return EXDEV;
    return len == 0 || len > NAME_MAX || (len == 1 && *step == '.') ? ENOENT : 0;
}

int folder_walk_to_file(int folder_fd, const char *path)
{
    int at = folder_fd;

    if (*path == '/')
        return -EXDEV;
    for (;;) {
        size_t len = strcspn(path, "/");
        int last = path[len] == '\0', next = -1, error = refuse_step(path, len);
        char step[NAME_MAX + 1];

        if (!error) {
            memcpy(step, path, len);
            step[len] = '\0';
            next = openat(at, step, (last ? OPEN_FLAGS : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW);
            error = errno;
        }
        if (at != folder_fd)
            close(at);
        if (next < 0)
            return -error;
        if (last)
            return regular_only(next);
        at = next;
        path += len + 1;
    }
}

int folder_open_file(int folder_fd, const char *path)
{
    struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = -1;

    for (int i = 0; i < TRIES; i++) {
        fd = (int)syscall(SYS_openat2, folder_fd, path, &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN)
            break;
    }
    if (fd >= 0)
        return regular_only(fd);
    /* EPERM: a filter of a container that does not know the call. */
    if (errno == ENOSYS || errno == EPERM)
        return folder_walk_to_file(folder_fd, path);
    return -errno;
}
