/* test_sys_file.c: files by directory handle, the user, the runtime folder. */
#include "config.h"

#include "sys/file.h"
#include "sys/user.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "folder.h"
#include "suite.h"

static struct folder folder;
static struct sys_dir *dir;

static void setup(void)
{
    folder_make(&folder);
    ck_assert_int_eq(sys_dir_open(folder.path, &dir), S_OK);
}

static void teardown(void)
{
    sys_dir_close(dir);
    folder_remove(&folder);
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(folder_path(&folder, name), "w");

    ck_assert(file != NULL);
    fputs(text, file);
    fclose(file);
}

static size_t get(const char *name, char *out, size_t size)
{
    FILE *file = fopen(folder_path(&folder, name), "r");
    size_t len;

    ck_assert(file != NULL);
    len = fread(out, 1, size, file);
    fclose(file);
    return len;
}

START_TEST(test_a_new_file_is_made_once)
{
    struct sys_file *file, *again;
    struct stat st;
    mode_t mask = umask(022);

    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    ck_assert_int_eq(sys_file_create(dir, "a", &again), HR_FILE_EXISTS);
    ck_assert_ptr_null(again);
    sys_file_close(file);
    umask(mask);
    ck_assert_int_eq(stat(folder_path(&folder, "a"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0644);
}
END_TEST

START_TEST(test_writing_at_an_offset_leaves_a_hole_that_reads_as_zero)
{
    struct sys_file *file;
    char bytes[32];

    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    ck_assert_int_eq(sys_file_write_at(file, 4, "four", 4), S_OK);
    ck_assert_int_eq(sys_file_write_at(file, 1, "", 0), S_OK);
    ck_assert_int_eq(sys_file_set_length(file, 12), S_OK);
    ck_assert_uint_eq(get("a", bytes, sizeof bytes), 12);
    ck_assert_mem_eq(bytes, "\0\0\0\0four\0\0\0\0", 12);
    ck_assert_int_eq(sys_file_set_length(file, 6), S_OK);
    ck_assert_uint_eq(get("a", bytes, sizeof bytes), 6);
    sys_file_close(file);
}
END_TEST

START_TEST(test_sizes_that_no_file_has_are_refused)
{
    struct sys_file *file;

    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    ck_assert_int_eq(sys_file_write_at(file, UINT64_MAX, "x", 1), HR_FILE_TOO_LARGE);
    ck_assert_int_eq(sys_file_write_at(file, INT64_MAX, "x", 1), HR_FILE_TOO_LARGE);
    ck_assert_int_eq(sys_file_set_length(file, (uint64_t)INT64_MAX + 1), HR_FILE_TOO_LARGE);
    sys_file_close(file);
}
END_TEST

START_TEST(test_a_write_past_the_limit_of_the_process_fails_whole)
{
    struct rlimit before, small;
    struct sys_file *file;
    char bytes[8192] = {0};

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    /* The kernel writes the first half: a short write, and then the error. */
    ck_assert_int_eq(sys_file_write_at(file, 0, bytes, sizeof bytes), HR_FILE_TOO_LARGE);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    sys_file_close(file);
}
END_TEST

START_TEST(test_the_modification_time_is_set_and_the_access_time_left)
{
    struct sys_file *file;
    struct stat before, after;

    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    ck_assert_int_eq(stat(folder_path(&folder, "a"), &before), 0);
    ck_assert_int_eq(sys_file_set_modified(file, 784111777), S_OK); /* 1994-11-06 08:49:37 */
    ck_assert_int_eq(stat(folder_path(&folder, "a"), &after), 0);
    ck_assert_int_eq(after.st_mtim.tv_sec, 784111777);
    ck_assert_int_eq(after.st_atim.tv_sec, before.st_atim.tv_sec);
    ck_assert_int_eq(sys_file_set_modified(file, -1), S_OK);
    sys_file_close(file);
}
END_TEST

START_TEST(test_a_file_is_opened_again_for_writing)
{
    struct sys_file *file;
    char bytes[8];

    put("a", "abcd");
    ck_assert_int_eq(sys_file_open(dir, "a", &file), S_OK);
    ck_assert_int_eq(sys_file_write_at(file, 1, "X", 1), S_OK);
    sys_file_close(file);
    ck_assert_uint_eq(get("a", bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "aXcd", 4);
    ck_assert_int_eq(sys_file_open(dir, "b", &file), HR_FILE_NOT_FOUND);
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(test_what_is_no_plain_file_is_refused)
{
    struct sys_file *file;
    char bytes[8];

    put("victim", "safe");
    ck_assert_int_eq(symlink("victim", folder_path(&folder, "link")), 0);
    ck_assert_int_eq(mkfifo(folder_path(&folder, "fifo"), 0600), 0);
    ck_assert_int_eq(mkdir(folder_path(&folder, "folder"), 0700), 0);
    ck_assert_int_eq(sys_file_open(dir, "link", &file), E_ACCESSDENIED);
    ck_assert_int_eq(sys_file_create(dir, "link", &file), HR_FILE_EXISTS);
    ck_assert_int_eq(sys_file_open(dir, "fifo", &file), E_ACCESSDENIED);
    ck_assert_int_eq(sys_file_open(dir, "folder", &file), E_ACCESSDENIED);
    ck_assert_uint_eq(get("victim", bytes, sizeof bytes), 4);
}
END_TEST

START_TEST(test_a_name_is_one_step)
{
    static const char *const names[] = {"", ".", "..", "a/b", "/etc/passwd", "../x"};
    struct sys_file *file;

    ck_assert_int_eq(sys_file_create(dir, names[_i], &file), HR_INVALID_NAME);
    ck_assert_int_eq(sys_file_open(dir, names[_i], &file), HR_INVALID_NAME);
    ck_assert_int_eq(sys_file_rename(dir, "a", names[_i]), HR_INVALID_NAME);
    ck_assert_int_eq(sys_file_rename(dir, names[_i], "a"), HR_INVALID_NAME);
    ck_assert_int_eq(sys_file_remove(dir, names[_i]), HR_INVALID_NAME);
}
END_TEST

START_TEST(test_rename_replaces_a_file_or_link_but_no_folder)
{
    char bytes[8];

    put("from", "new");
    put("victim", "safe");
    ck_assert_int_eq(symlink("victim", folder_path(&folder, "to")), 0);
    ck_assert_int_eq(sys_file_rename(dir, "from", "to"), S_OK);
    ck_assert_uint_eq(get("to", bytes, sizeof bytes), 3);
    ck_assert_uint_eq(get("victim", bytes, sizeof bytes), 4);

    ck_assert_int_eq(mkdir(folder_path(&folder, "folder"), 0700), 0);
    ck_assert(sys_dir_has_other(dir, "folder"));
    ck_assert(!sys_dir_has_other(dir, "to"));
    ck_assert(!sys_dir_has_other(dir, "nothing"));
    ck_assert(!sys_dir_has_other(dir, "victim"));
    ck_assert_int_eq(mkfifo(folder_path(&folder, "pipe"), 0600), 0);
    ck_assert(sys_dir_has_other(dir, "pipe"));
    ck_assert_int_eq(sys_file_rename(dir, "to", "folder"), E_ACCESSDENIED);
    ck_assert_int_eq(sys_file_rename(dir, "nothing", "to"), HR_FILE_NOT_FOUND);
}
END_TEST

START_TEST(test_remove_is_content_when_there_is_nothing)
{
    put("a", "");
    ck_assert_int_eq(sys_file_remove(dir, "a"), S_OK);
    ck_assert_int_eq(sys_file_remove(dir, "a"), S_OK);
    ck_assert_int_eq(access(folder_path(&folder, "a"), F_OK), -1);
}
END_TEST

START_TEST(test_a_folder_exchanged_for_a_link_leads_nowhere)
{
    struct folder other;
    struct sys_file *file;
    char moved[600];

    folder_make(&other);
    snprintf(moved, sizeof moved, "%s-moved", folder.path);
    ck_assert_int_eq(rename(folder.path, moved), 0);
    ck_assert_int_eq(symlink(other.path, folder.path), 0);
    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    sys_file_close(file);
    ck_assert_int_eq(access(folder_path(&other, "a"), F_OK), -1);
    ck_assert_int_eq(unlink(folder.path), 0);
    ck_assert_int_eq(rename(moved, folder.path), 0);
    ck_assert_int_eq(access(folder_path(&folder, "a"), F_OK), 0);
    folder_remove(&other);
}
END_TEST

START_TEST(test_opening_a_folder_reports_what_is_wrong)
{
    struct sys_dir *other;

    put("file", "");
    ck_assert_int_eq(sys_dir_open(folder_path(&folder, "nothing"), &other), HR_PATH_NOT_FOUND);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(sys_dir_open(folder_path(&folder, "file"), &other), HR_NOT_A_DIRECTORY);
    ck_assert_int_eq(sys_dir_writable(dir), S_OK);
    ck_assert_int_eq(sys_dir_open("/proc", &other), S_OK);
    if (geteuid() != 0)
        ck_assert_int_eq(sys_dir_writable(other), E_ACCESSDENIED);
    sys_dir_close(other);
    sys_dir_close(NULL);
}
END_TEST

START_TEST(test_handles_are_closed_on_exec)
{
    struct sys_file *file;
    DIR *fds;

    ck_assert_int_eq(sys_file_create(dir, "a", &file), S_OK);
    fds = opendir("/proc/self/fd");
    ck_assert(fds != NULL);
    for (struct dirent *entry; (entry = readdir(fds));) {
        char target[1024] = "";

        if (readlinkat(dirfd(fds), entry->d_name, target, sizeof target - 1) < 0)
            continue;
        if (strncmp(target, folder.path, strlen(folder.path)) == 0)
            ck_assert_int_eq(fcntl(atoi(entry->d_name), F_GETFD), FD_CLOEXEC);
    }
    closedir(fds);
    sys_file_close(file);
}
END_TEST

START_TEST(test_errors_have_one_meaning)
{
    ck_assert_int_eq(hr_from_errno(ENOSPC), HR_DISK_FULL);
    ck_assert_int_eq(hr_from_errno(EDQUOT), HR_QUOTA);
    ck_assert_int_eq(hr_from_errno(EACCES), E_ACCESSDENIED);
    ck_assert_int_eq(hr_from_errno(EIO), HR_IO_DEVICE);
    ck_assert_int_eq(hr_from_errno(EROFS), HR_WRITE_PROTECT);
    ck_assert_int_eq(hr_from_errno(EMFILE), HR_TOO_MANY_OPEN);
    for (int error = 0; error < 200; error++)
        ck_assert_msg(FAILED(hr_from_errno(error)), "errno %d is no success", error);
}
END_TEST

START_TEST(test_random_bytes_differ)
{
    unsigned char a[300] = {0}, b[300] = {0};

    ck_assert_int_eq(sys_random(a, sizeof a), S_OK);
    ck_assert_int_eq(sys_random(b, sizeof b), S_OK);
    ck_assert_mem_ne(a, b, sizeof a);
    ck_assert_int_eq(sys_random(a, 0), S_OK);
}
END_TEST

START_TEST(test_the_users_sid_ends_with_the_uid)
{
    AUTOFREE char *sid = NULL;
    char wanted[64];

    ck_assert_int_eq(sys_user_sid(&sid), S_OK);
    snprintf(wanted, sizeof wanted, "S-1-22-1-%lu", (unsigned long)geteuid());
    ck_assert_str_eq(sid, wanted);
}
END_TEST

START_TEST(test_the_runtime_folder_is_made_private)
{
    AUTOFREE char *chosen = strdup(folder_path(&folder, "run")), *path = NULL, *again = NULL;
    struct stat st;

    ck_assert_int_eq(sys_runtime_dir(chosen, &path), S_OK);
    ck_assert_str_eq(path, chosen);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0700);
    ck_assert_int_eq(sys_runtime_dir(chosen, &again), S_OK);
}
END_TEST

START_TEST(test_the_environment_names_the_runtime_folder)
{
    AUTOFREE char *chosen = strdup(folder_path(&folder, "run")), *path = NULL, *other = NULL;
    const char *before = getenv("OPENBITS_RUNTIME_DIR");
    AUTOFREE char *kept = before ? strdup(before) : NULL;

    setenv("OPENBITS_RUNTIME_DIR", chosen, 1);
    ck_assert_int_eq(sys_runtime_dir(NULL, &path), S_OK);
    ck_assert_str_eq(path, chosen);
    setenv("OPENBITS_RUNTIME_DIR", "", 1);
    ck_assert_int_eq(sys_runtime_dir(chosen, &other), S_OK);
    ck_assert_str_eq(other, chosen);
    if (kept)
        setenv("OPENBITS_RUNTIME_DIR", kept, 1);
    else
        unsetenv("OPENBITS_RUNTIME_DIR");
}
END_TEST

START_TEST(test_a_runtime_folder_that_others_could_use_is_refused)
{
    char *path = folder.path;

    ck_assert_int_eq(mkdir(folder_path(&folder, "open"), 0700), 0);
    ck_assert_int_eq(chmod(folder_path(&folder, "open"), 0770), 0);
    ck_assert_int_eq(sys_runtime_dir(folder_path(&folder, "open"), &path), E_ACCESSDENIED);
    ck_assert_ptr_null(path);
    ck_assert_int_eq(mkdir(folder_path(&folder, "real"), 0700), 0);
    ck_assert_int_eq(symlink("real", folder_path(&folder, "link")), 0);
    ck_assert_int_eq(sys_runtime_dir(folder_path(&folder, "link"), &path), E_ACCESSDENIED);
    put("file", "");
    ck_assert_int_eq(sys_runtime_dir(folder_path(&folder, "file"), &path), HR_NOT_A_DIRECTORY);
    ck_assert_int_eq(sys_runtime_dir(folder_path(&folder, "no/run"), &path), HR_PATH_NOT_FOUND);
    if (geteuid() == 0) { /* only root can give a folder away */
        ck_assert_int_eq(mkdir(folder_path(&folder, "theirs"), 0700), 0);
        ck_assert_int_eq(chown(folder_path(&folder, "theirs"), 12345, 12345), 0);
        ck_assert_int_eq(sys_runtime_dir(folder_path(&folder, "theirs"), &path), E_ACCESSDENIED);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sys_file");
    TCase *files = tcase_create("file"), *users = tcase_create("user");

    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, test_a_new_file_is_made_once);
    tcase_add_test(files, test_writing_at_an_offset_leaves_a_hole_that_reads_as_zero);
    tcase_add_test(files, test_sizes_that_no_file_has_are_refused);
    tcase_add_test(files, test_a_write_past_the_limit_of_the_process_fails_whole);
    tcase_add_test(files, test_the_modification_time_is_set_and_the_access_time_left);
    tcase_add_test(files, test_a_file_is_opened_again_for_writing);
    tcase_add_test(files, test_what_is_no_plain_file_is_refused);
    tcase_add_loop_test(files, test_a_name_is_one_step, 0, 6);
    tcase_add_test(files, test_rename_replaces_a_file_or_link_but_no_folder);
    tcase_add_test(files, test_remove_is_content_when_there_is_nothing);
    tcase_add_test(files, test_a_folder_exchanged_for_a_link_leads_nowhere);
    tcase_add_test(files, test_opening_a_folder_reports_what_is_wrong);
    tcase_add_test(files, test_handles_are_closed_on_exec);
    tcase_add_test(files, test_errors_have_one_meaning);
    tcase_add_test(files, test_random_bytes_differ);
    suite_add_tcase(suite, files);

    tcase_add_checked_fixture(users, setup, teardown);
    tcase_add_test(users, test_the_users_sid_ends_with_the_uid);
    tcase_add_test(users, test_the_runtime_folder_is_made_private);
    tcase_add_test(users, test_the_environment_names_the_runtime_folder);
    tcase_add_test(users, test_a_runtime_folder_that_others_could_use_is_refused);
    suite_add_tcase(suite, users);
    return suite_main(suite);
}
