/* resource.c: what a path is: a synthetic file, a file below the root, or nothing.
 *
 * A real file is opened once an answer, so that its size, its validators and its bytes are those of one file
 * whatever happens to the name meanwhile. Its entity tag has the inode, the size and the time to the
 * nanosecond: a file overwritten in place twice within the clock's grain is the one change it misses.
 */
#include <config.h>

#include "server/resource.h"

#include "server/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static int status_from_errno(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
    case EXDEV:
    case ELOOP:
        return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
        return 503;
    default:
        return 404;
    }
}

static int open_below_root(int root_fd, const char *path, struct resource *out)
{
    struct stat st;
    int fd = folder_open_file(root_fd, path);

    if (fd < 0)
        return status_from_errno(-fd);
    if (fstat(fd, &st) < 0) {
        close(fd);
        return 503;
    }
    out->fd = fd;
    out->size = (uint64_t)st.st_size;
    out->last_modified_s = st.st_mtim.tv_sec;
    snprintf(out->made_etag, sizeof out->made_etag, "\"%llx-%llx-%llx.%lx\"", (unsigned long long)st.st_ino,
             (unsigned long long)st.st_size, (unsigned long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    out->etag = out->made_etag;
    return 0;
}

int resource_open(const struct site *site, const char *path, struct resource *out)
{
    struct file *file = files_get(site->files, path);

    *out = (struct resource){.fd = -1};
    if (file) {
        out->file = file;
        out->size = file->size;
        out->last_modified_s = file->last_modified_s;
        out->etag = file->etag;
        return 0;
    }
    return site->root_fd < 0 || path[1] == '\0' ? 404 : open_below_root(site->root_fd, path + 1, out);
}

void resource_release(struct resource *r)
{
    file_unref(r->file);
    if (r->fd >= 0)
        close(r->fd);
    *r = (struct resource){.fd = -1};
}

bool resource_read(const struct resource *r, uint64_t offset, void *out, size_t len)
{
    char *at = out;

    if (r->file) {
        server_content(r->file->seed, offset, out, len);
        return true;
    }
    while (len > 0) {
        ssize_t n = pread(r->fd, at, len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *resource_path_from_target(const char *target)
{
    char *path, *to;
    size_t len;

    if (strncasecmp(target, "http://", 7) == 0) { /* the form for proxies, which any server must accept */
        target += 7 + strcspn(target + 7, "/?#");
        if (*target != '/')
            target = "/";
    }
    len = strcspn(target, "?#");
    if (*target != '/')
        return NULL;
    to = path = malloc(len + 1);
    for (size_t i = 0; to && i < len; i++) {
        char c = target[i];

        if (c == '%') {
            int high = i + 2 < len ? hex_digit(target[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(target[i + 2]) : -1;

            if (low < 0 || (high == 0 && low == 0)) {
                free(path);
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        *to++ = c;
    }
    if (to)
        *to = '\0';
    return path;
}
