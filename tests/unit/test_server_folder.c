/* Opening files below a folder: nothing leads out, whichever of the two ways the kernel allows. */
#include <config.h>

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/folder.h"

static char base[] = "/tmp/openbits-folder-XXXXXX";
static char original[sizeof base];
static int root_fd;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void write_file(int dir_fd, const char *path)
{
    int fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, path, strlen(path)), (ssize_t)strlen(path));
    close(fd);
}

/* BASE/secret is outside, BASE/root is the folder. */
static void set_up(void)
{
    int base_fd;
    char absolute[64];

    memcpy(base, original, sizeof base);
    ck_assert_ptr_nonnull(mkdtemp(base));
    base_fd = open(base, O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(base_fd, 0);
    write_file(base_fd, "secret");
    ck_assert_int_eq(mkdirat(base_fd, "root", 0700), 0);
    root_fd = openat(base_fd, "root", O_PATH | O_DIRECTORY);
    ck_assert_int_ge(root_fd, 0);
    close(base_fd);
    ck_assert_int_eq(mkdirat(root_fd, "sub", 0700), 0);
    write_file(root_fd, "file");
    write_file(root_fd, "sub/file");
    ck_assert_int_eq(mkfifoat(root_fd, "pipe", 0600), 0);
    snprintf(absolute, sizeof absolute, "%s/secret", base);
    ck_assert_int_eq(symlinkat(absolute, root_fd, "absolute"), 0);
    ck_assert_int_eq(symlinkat("../secret", root_fd, "relative"), 0);
    ck_assert_int_eq(symlinkat("..", root_fd, "up"), 0);
    ck_assert_int_eq(symlinkat("/", root_fd, "sub/slash"), 0);
    ck_assert_int_eq(symlinkat("sub/file", root_fd, "inside"), 0);
    ck_assert_int_eq(symlinkat("loop", root_fd, "loop"), 0);
}

static void tear_down(void)
{
    close(root_fd);
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

typedef int open_fn(int folder_fd, const char *path);

static open_fn *const ways[] = {folder_open_file, folder_walk_to_file};

static const struct {
    const char *path;
    int error[2]; /* of each way; 0: it is opened */
} rows[] = {
    {"file", {0, 0}},
    {"sub/file", {0, 0}},
    {"inside", {0, ELOOP}}, /* without openat2 no link is followed */
    {"absolute", {EXDEV, ELOOP}},
    {"relative", {EXDEV, ELOOP}},
    {"up/secret", {EXDEV, ENOTDIR}},
    {"../secret", {EXDEV, EXDEV}},
    {"sub/../../secret", {EXDEV, EXDEV}},
    {"..", {EXDEV, EXDEV}},
    {"sub/slash/etc/passwd", {EXDEV, ENOTDIR}},
    {"/etc/passwd", {EXDEV, EXDEV}},
    {"sub/../file", {0, EXDEV}}, /* nor is a step back taken */
    {"sub//file", {0, ENOENT}},
    {"sub/./file", {0, ENOENT}},
    {"loop", {ELOOP, ELOOP}},
    {"sub", {EISDIR, EISDIR}},
    {".", {EISDIR, ENOENT}},
    {"pipe", {EISDIR, EISDIR}},
    {"none", {ENOENT, ENOENT}},
    {"file/below", {ENOTDIR, ENOTDIR}},
    {"", {ENOENT, ENOENT}},
};

#define ROWS (sizeof rows / sizeof *rows)

START_TEST(test_folder_opens_only_what_is_below)
{
    int way = _i % 2, fd, error = rows[_i / 2].error[way];
    const char *path = rows[_i / 2].path;
    char content[32] = "";

    fd = ways[way](root_fd, path);
    if (error) {
        ck_assert_msg(fd == -error, "%s: %d, not %d", path, fd, -error);
        return;
    }
    ck_assert_msg(fd >= 0, "%s: %s", path, strerror(-fd));
    ck_assert_int_gt(read(fd, content, sizeof content - 1), 0);
    ck_assert_ptr_nonnull(strstr(content, "file"));
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: folder");
    TCase *opening = tcase_create("opening");

    memcpy(original, base, sizeof base);
    tcase_add_checked_fixture(opening, set_up, tear_down);
    tcase_add_loop_test(opening, test_folder_opens_only_what_is_below, 0, 2 * ROWS);
    suite_add_tcase(suite, opening);
    return suite_main(suite);
}
