/* place.c: see place.h. */
#include "cli/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_range(int in, int out, struct range range)
{
    static char buffer[1 << 17];

    while (range.start < range.end) {
        size_t want = sizeof buffer;
        ssize_t got;

        if (range.end - range.start < want)
            want = (size_t)(range.end - range.start);
        got = pread(in, buffer, want, (off_t)range.start);
        if (got <= 0)
            return got < 0 ? errno : EIO;
        for (ssize_t put = 0; put < got;) {
            ssize_t n = pwrite(out, buffer + put, (size_t)(got - put), (off_t)(range.start + (uint64_t)put));

            if (n < 0)
                return errno;
            put += n;
        }
        range.start += (uint64_t)got;
    }
    return 0;
}

static int copy_sparsely(const char *from, const char *to, const struct rangeset *filled)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out, error = 0;
    struct stat size;
    struct range range;

    if (in < 0)
        return errno;
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (out < 0 || fstat(in, &size) < 0 || ftruncate(out, size.st_size) < 0)
        error = errno;
    for (uint64_t at = 0; !error && rangeset_find(filled, at, &range); at = range.end)
        error = copy_range(in, out, range);
    close(in);
    if (out >= 0 && close(out) < 0 && !error)
        error = errno;
    return error;
}

int place_ranges(const char *temporary, const char *to, const struct rangeset *filled)
{
    size_t room = strlen(to) + 24;
    char *beside = malloc(room);
    int error = 0;

    if (!beside)
        return ENOMEM;
    /* Beside the target first, so that what was there is replaced in one step or not at all. */
    snprintf(beside, room, "%s.%ld.part", to, (long)getpid());
    if (link(temporary, beside) < 0)
        error = errno == EEXIST ? EEXIST : copy_sparsely(temporary, beside, filled);
    if (!error && rename(beside, to) < 0)
        error = errno;
    if (error && error != EEXIST)
        unlink(beside);
    free(beside);
    return error;
}
