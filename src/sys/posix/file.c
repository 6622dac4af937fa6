/* file.c: files named by a directory's handle and one name, through the *at calls.
 *
 * A directory handle is opened with O_PATH: making files in a folder needs no right to list it. A name is one
 * step: what holds a slash, or is "." or "..", is refused, since it would leave the folder.
 * Calls go on after EINTR and after short writes; close is not repeated, for on Linux the descriptor is
 * gone even then. Nothing is synced: what a crash loses of a download is downloaded again.
 */
#include "config.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hr.h"

struct sys_dir {
    int fd;
};

struct sys_file {
    int fd;
};

static const struct {
    int error;
    HRESULT hr;
} error_rows[] = {
    {EACCES, E_ACCESSDENIED},
    {EPERM, E_ACCESSDENIED},
    {EISDIR, E_ACCESSDENIED}, /* as Windows says of a folder where a file was meant */
    {ELOOP, E_ACCESSDENIED},  /* a link where none may be */
    {ENOENT, HR_PATH_NOT_FOUND},
    {ENOTDIR, HR_NOT_A_DIRECTORY},
    {EEXIST, HR_FILE_EXISTS},
    {ENOTEMPTY, HR_FILE_EXISTS},
    {ENAMETOOLONG, HR_FILENAME_TOO_LONG},
    {EINVAL, E_INVALIDARG},
    {EILSEQ, HR_INVALID_NAME},
    {EMFILE, HR_TOO_MANY_OPEN},
    {ENFILE, HR_TOO_MANY_OPEN},
    {ENOMEM, E_OUTOFMEMORY},
    {EROFS, HR_WRITE_PROTECT},
    {ENOSPC, HR_DISK_FULL},
    {EDQUOT, HR_QUOTA},
    {EFBIG, HR_FILE_TOO_LARGE},
    {EOVERFLOW, HR_FILE_TOO_LARGE},
    {EIO, HR_IO_DEVICE},
    {ENXIO, HR_IO_DEVICE},
    {ENODEV, HR_IO_DEVICE},
    {EBUSY, HR_SHARING},
    {ETXTBSY, HR_SHARING},
    {EAGAIN, HR_SHARING},
    {EBADF, E_HANDLE},
    {ENOSYS, E_NOTIMPL},
    {EOPNOTSUPP, E_NOTIMPL},
};

HRESULT hr_from_errno(int error)
{
    for (size_t i = 0; i < sizeof error_rows / sizeof *error_rows; i++)
        if (error_rows[i].error == error)
            return error_rows[i].hr;
    return E_FAIL;
}

static HRESULT last_error(void)
{
    return hr_from_errno(errno);
}

/* In a folder that is open, ENOENT speaks of the file. */
static HRESULT last_error_of_name(void)
{
    return errno == ENOENT ? HR_FILE_NOT_FOUND : last_error();
}

static bool is_one_step(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

HRESULT sys_dir_open(const char *path, struct sys_dir **out)
{
    struct sys_dir *dir = malloc(sizeof *dir);
    HRESULT hr;

    *out = NULL;
    if (!dir)
        return E_OUTOFMEMORY;
    do
        dir->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (dir->fd < 0 && errno == EINTR);
    if (dir->fd < 0) {
        hr = last_error();
        free(dir);
        return hr;
    }
    *out = dir;
    return S_OK;
}

void sys_dir_close(struct sys_dir *dir)
{
    if (!dir)
        return;
    close(dir->fd);
    free(dir);
}

bool sys_dir_is_at(struct sys_dir *dir, const char *path)
{
    struct stat ours, there;

    return fstat(dir->fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

HRESULT sys_dir_writable(struct sys_dir *dir)
{
    return faccessat(dir->fd, ".", W_OK | X_OK, AT_EACCESS) == 0 ? S_OK : last_error();
}

bool sys_dir_has_other(struct sys_dir *dir, const char *name)
{
    struct stat st;

    return fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode) &&
           !S_ISLNK(st.st_mode);
}

static HRESULT open_at(struct sys_dir *dir, const char *name, int flags, struct sys_file **out)
{
    struct sys_file *file;
    struct stat st;
    HRESULT hr;

    *out = NULL;
    if (!is_one_step(name))
        return HR_INVALID_NAME;
    file = malloc(sizeof *file);
    if (!file)
        return E_OUTOFMEMORY;
    /* O_NONBLOCK: a pipe or a device put in the file's place must not hang us before it is refused. */
    do
        file->fd = openat(dir->fd, name, flags | O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    while (file->fd < 0 && errno == EINTR);
    if (file->fd < 0) {
        hr = last_error_of_name();
        free(file);
        return hr;
    }
    if (fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        sys_file_close(file);
        return E_ACCESSDENIED;
    }
    *out = file;
    return S_OK;
}

HRESULT sys_file_create(struct sys_dir *dir, const char *name, struct sys_file **out)
{
    return open_at(dir, name, O_CREAT | O_EXCL, out);
}

HRESULT sys_file_open(struct sys_dir *dir, const char *name, struct sys_file **out)
{
    return open_at(dir, name, 0, out);
}

void sys_file_close(struct sys_file *file)
{
    if (!file)
        return;
    close(file->fd);
    free(file);
}

HRESULT sys_file_identify(struct sys_file *file, struct sys_file_id *id, uint64_t *len)
{
    struct stat st;
    struct statx more;

    if (fstat(file->fd, &st) < 0)
        return last_error();
    *id = (struct sys_file_id){.volume = st.st_dev, .number = st.st_ino};
    *len = (uint64_t)st.st_size;
    if (statx(file->fd, "", AT_EMPTY_PATH, STATX_BTIME, &more) == 0 && (more.stx_mask & STATX_BTIME)) {
        id->made_s = (uint64_t)more.stx_btime.tv_sec;
        id->made_ns = more.stx_btime.tv_nsec;
    }
    return S_OK;
}

bool sys_file_id_equal(const struct sys_file_id *a, const struct sys_file_id *b)
{
    return a->volume == b->volume && a->number == b->number && a->made_s == b->made_s &&
           a->made_ns == b->made_ns;
}

HRESULT sys_file_write_at(struct sys_file *file, uint64_t offset, const void *bytes, size_t len)
{
    const char *at = bytes;

    if (offset > INT64_MAX || len > INT64_MAX - offset)
        return HR_FILE_TOO_LARGE;
    while (len > 0) {
        ssize_t n = pwrite(file->fd, at, len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return last_error();
        if (n == 0)
            return HR_WRITE_FAULT;
        at += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    return S_OK;
}

HRESULT sys_file_set_length(struct sys_file *file, uint64_t len)
{
    int failed;

    if (len > INT64_MAX)
        return HR_FILE_TOO_LARGE;
    do
        failed = ftruncate(file->fd, (off_t)len);
    while (failed && errno == EINTR);
    return failed ? last_error() : S_OK;
}

HRESULT sys_file_set_modified(struct sys_file *file, int64_t unix_s)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)unix_s}};

    return futimens(file->fd, times) == 0 ? S_OK : last_error();
}

HRESULT sys_file_rename(struct sys_dir *dir, const char *from, const char *to)
{
    if (!is_one_step(from) || !is_one_step(to))
        return HR_INVALID_NAME;
    return renameat(dir->fd, from, dir->fd, to) == 0 ? S_OK : last_error_of_name();
}

HRESULT sys_file_remove(struct sys_dir *dir, const char *name)
{
    if (!is_one_step(name))
        return HR_INVALID_NAME;
    return unlinkat(dir->fd, name, 0) == 0 || errno == ENOENT ? S_OK : last_error();
}

HRESULT sys_random(void *out, size_t len)
{
    char *at = out;

    while (len > 0) {
        ssize_t n = getrandom(at, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return last_error();
        at += n;
        len -= (size_t)n;
    }
    return S_OK;
}
