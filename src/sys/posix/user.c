/* user.c: the user is the process's effective uid, since that is whose files it makes.
 *
 * The runtime folder is checked through a handle that was opened without following a link, so that what was
 * checked is what was meant. Its last step may not be a link: in /tmp another user could have put it there.
 */
#include "config.h"

#include "sys/user.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

/* A new string: before, the user's number, after. */
static char *with_uid(const char *before, const char *after)
{
    size_t size = strlen(before) + strlen(after) + 3 * sizeof(uintmax_t);
    char *out = malloc(size);

    if (out)
        snprintf(out, size, "%s%" PRIuMAX "%s", before, (uintmax_t)geteuid(), after);
    return out;
}

HRESULT sys_user_sid(char **out)
{
    *out = with_uid("S-1-22-1-", "");
    return *out ? S_OK : E_OUTOFMEMORY;
}

/* S_OK if path is a folder, not a link, of this user, that nobody else may write to. */
static HRESULT check_private(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    HRESULT hr = S_OK;

    if (fd < 0) {
        int error = errno;

        /* With O_DIRECTORY, a link is reported as "not a directory". */
        if (error == ENOTDIR && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
            return E_ACCESSDENIED;
        return hr_from_errno(error);
    }
    if (fstat(fd, &st) < 0)
        hr = hr_from_errno(errno);
    else if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
        hr = E_ACCESSDENIED;
    close(fd);
    return hr;
}

static HRESULT choose(const char *chosen, char **out)
{
    const char *set = secure_getenv("OPENBITS_RUNTIME_DIR");
    AUTOFREE char *session = with_uid("/run/user/", "");

    *out = NULL;
    if (!session)
        return E_OUTOFMEMORY;
    if (chosen && *chosen)
        *out = strdup(chosen);
    else if (set && *set)
        *out = strdup(set);
    else if (SUCCEEDED(check_private(session)))
        *out = with_uid("/run/user/", "/openbits");
    else
        *out = with_uid("/tmp/openbits-", "");
    return *out ? S_OK : E_OUTOFMEMORY;
}

HRESULT sys_runtime_dir(const char *chosen, char **out)
{
    AUTOFREE char *path = NULL;
    HRESULT hr = choose(chosen, &path);

    *out = NULL;
    if (FAILED(hr))
        return hr;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return hr_from_errno(errno);
    hr = check_private(path);
    if (FAILED(hr))
        return hr;
    *out = TAKE(path);
    return S_OK;
}
