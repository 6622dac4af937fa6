/* resource.c: what a path is: a synthetic file, a file below the root, or nothing.
 *
 * A real file is opened once an answer, so that its size, its validators and its bytes are those of one file
 * whatever happens to the name meanwhile. Its entity tag has the inode, the size and the time to the
 * nanosecond: a file overwritten in place twice within the clock's grain is the one change it misses.
 */
#include <config.h>

#include "server/resource.h"

#include "server/folder.h"
#include "server/gzip.h"

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
    out->file_size = out->plain_size = out->size = (uint64_t)st.st_size;
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
        out->file_size = out->plain_size = out->size;
        return 0;
    }
    return site->root_fd < 0 || path[1] == '\0' ? 404 : open_below_root(site->root_fd, path + 1, out);
}

/* The tag with something more in it; one that is missing stays so. */
static bool vary_etag(struct resource *r, const struct variation *v)
{
    const char *tag = r->etag;
    size_t len;

    if (!tag || (!*v->etag_end && !v->weak))
        return true;
    if (v->weak && strncmp(tag, "W/", 2) == 0)
        tag += 2;
    len = strlen(tag) - 1;
    if (asprintf(&r->varied_etag, "%s%.*s%s\"", v->weak ? "W/" : "", (int)len, tag, v->etag_end) < 0) {
        r->varied_etag = NULL;
        return false;
    }
    r->etag = r->varied_etag;
    return true;
}

bool resource_vary(struct resource *r, const struct variation *v)
{
    uint64_t less = v->longer < 0 ? -(uint64_t)v->longer : 0;

    r->variation = *v;
    if (!vary_etag(r, v))
        return false;
    if (v->unidentified) {
        r->etag = NULL;
        r->last_modified_s = 0;
    }
    if (r->last_modified_s)
        r->last_modified_s += v->later_s;
    r->plain_size = less ? r->size - (less < r->size ? less : r->size) : r->size + (uint64_t)v->longer;
    r->size = v->encoding == ENCODING_GZIP ? gzip_length(r->plain_size) : r->plain_size;
    return true;
}

void resource_release(struct resource *r)
{
    free(r->varied_etag);
    file_unref(r->file);
    if (r->fd >= 0)
        close(r->fd);
    *r = (struct resource){.fd = -1};
}

/* What is at the path, as it is. */
static bool read_file(const struct resource *r, uint64_t offset, void *out, size_t len)
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

/* The varied file, not encoded. */
static bool read_plain(uint64_t offset, void *out, size_t len, void *context)
{
    const struct resource *r = context;
    const struct variation *v = &r->variation;
    uint64_t from = offset + v->shift;
    uint8_t *bytes = out;
    size_t there = len;

    if (!r->file && from + len > r->file_size) {
        there = from >= r->file_size ? 0 : r->file_size - from < len ? (size_t)(r->file_size - from) : len;
        memset(bytes + there, 0, len - there);
    }
    if (there && !read_file(r, from, out, there))
        return false;
    for (size_t i = 0; v->mask && i < len; i++)
        if (offset + i >= v->mask_from)
            bytes[i] ^= v->mask;
    return true;
}

bool resource_read(struct resource *r, uint64_t offset, void *out, size_t len)
{
    if (r->variation.encoding == ENCODING_NONE)
        return read_plain(offset, out, len, r);
    if (!r->crc_known) {
        if (!gzip_checksum(r->plain_size, read_plain, r, &r->crc))
            return false;
        r->crc_known = true;
    }
    return gzip_read(r->plain_size, r->crc, offset, out, len, read_plain, r);
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
