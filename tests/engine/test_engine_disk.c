/* test_engine_disk.c: a disk that is full, and one that fails: ERROR with LOCAL_FILE, nothing lost, and
 * Resume goes on when there is room.
 *
 * The full disk is a real one: a tmpfs of a megabyte in a mount namespace of this process. Where the system
 * grants no namespace that test says so and counts as skipped; the injected failure runs everywhere. And a
 * process that may open few files.
 */
#include <config.h>

#include "base/hr.h"
#include "engine/client.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#define SIZE    (2u << 20)
#define CONTENT 19

struct fault {
    atomic_uint writes; /* that go well before one fails */
    HRESULT hr;
};

static HRESULT fail_after(void *context, uint64_t offset, size_t len)
{
    struct fault *fault = context;

    (void)offset;
    (void)len;
    if (atomic_load(&fault->writes) == 0)
        return fault->hr;
    atomic_fetch_sub(&fault->writes, 1);
    return S_OK;
}

static struct engine *engine_with(struct fault *fault)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_REAL, .administrator = true};
    struct engine *engine;

    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    config.limits = (struct job_limits){.request_bytes = 64 << 10, .flights = 4};
    config.write_fault = fault ? fail_after : NULL;
    config.write_fault_context = fault;
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    return engine;
}

static struct server *serve(char *url, size_t room)
{
    struct server_options options = {0};
    struct server_file file = {.path = "/f", .size = SIZE, .seed = CONTENT};
    struct server *server;

    ck_assert_int_eq(server_start(&options, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &file), S_OK);
    snprintf(url, room, "%s/f", server_url(server));
    return server;
}

static void expect_local_error(struct engine_job *job, HRESULT hr)
{
    struct job_error error;

    client_wait_state(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_msg(error.hr == hr, "0x%08X", (unsigned)error.hr);
    ck_assert_int_eq(error.context, JOB_CONTEXT_LOCAL_FILE);
    ck_assert_uint_eq(error.file, 0);
}

START_TEST(test_an_injected_write_error)
{
    static const HRESULT failures[] = {HR_DISK_FULL, HR_IO_DEVICE, HR_WRITE_FAULT};
    struct fault fault = {.hr = failures[_i]};
    struct folder folder;
    struct engine *engine;
    struct engine_job *job;
    struct engine_job_status status;
    char url[128];
    struct server *server = serve(url, sizeof url);

    atomic_init(&fault.writes, 7);
    folder_make(&folder);
    engine = engine_with(&fault);
    job = client_job(engine, url, folder_path(&folder, "out"), 1);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{0, UINT64_MAX}}, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    expect_local_error(job, failures[_i]);
    engine_job_status(job, &status);
    ck_assert_uint_gt(status.progress.bytes_transferred, 0);
    ck_assert_uint_lt(status.progress.bytes_transferred, SIZE);
    client_check_content(job, CONTENT, SIZE);
    atomic_store(&fault.writes, 1000000);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* Whether this process could be given mounts of its own; done before any thread exists. */
static bool own_mounts(void)
{
    char map[64];
    uid_t uid = getuid();
    int fd;

    if (uid == 0) {
        if (unshare(CLONE_NEWNS) < 0)
            return false;
    } else {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
            return false;
        snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
        fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, map, strlen(map)) < 0)
            return false;
        close(fd);
    }
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

START_TEST(test_a_full_disk)
{
    struct folder folder;
    struct engine *engine;
    struct engine_job *job;
    struct engine_job_status status;
    char url[128], room[600];
    struct server *server;
    int fd;

    folder_make(&folder);
    ck_assert_int_eq(mount("none", folder.path, "tmpfs", 0, "size=3m"), 0);
    /* Half of it is taken by somebody else. */
    snprintf(room, sizeof room, "%s/room", folder.path);
    fd = open(room, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(posix_fallocate(fd, 0, SIZE), 0);
    close(fd);
    server = serve(url, sizeof url);
    engine = engine_with(NULL);
    job = client_job(engine, url, folder_path(&folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    expect_local_error(job, HR_DISK_FULL);
    engine_job_status(job, &status);
    ck_assert_uint_gt(status.progress.bytes_transferred, 0);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_int_eq(unlink(room), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    server_stop(server);
    ck_assert_int_eq(umount(folder.path), 0);
    folder_remove(&folder);
}
END_TEST

static void cut(const char *path)
{
    ck_assert_int_eq(truncate(path, 1000), 0);
}

static void put_another_in_its_place(const char *path)
{
    char other[1024];
    int fd;

    snprintf(other, sizeof other, "%s.other", path);
    fd = open(other, O_CREAT | O_WRONLY, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, SIZE), 0);
    close(fd);
    ck_assert_int_eq(rename(other, path), 0);
}

static void remove_it(const char *path)
{
    ck_assert_int_eq(unlink(path), 0);
}

/* Somebody did this to the temporary file; then nothing of it may pass for what was fetched. */
static void (*const harms[])(const char *path) = {cut, put_another_in_its_place, remove_it};

START_TEST(test_a_temporary_file_that_was_harmed_is_not_kept)
{
    struct folder folder;
    struct engine *engine = engine_with(NULL);
    struct engine_job *job;
    struct server *server;
    char url[128], *temporary;

    folder_make(&folder);
    server = serve(url, sizeof url);
    job = client_job(engine, url, folder_path(&folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_file_text(job, 0, ENGINE_FILE_TEMPORARY_NAME, &temporary), S_OK);
    harms[_i](temporary);
    ck_assert_int_eq(engine_job_complete(job), HR_FILE_NOT_FOUND);
    ck_assert_int_eq(client_state(job), JOB_TRANSFERRED);
    ck_assert_int_ne(access(folder_path(&folder, "out"), F_OK), 0);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    free(temporary);
    engine_job_drop(job);
    engine_drop(engine);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* Whether this process has the file open. */
static bool is_open(const char *path)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    bool found = false;

    ck_assert_ptr_nonnull(dir);
    while (!found && (entry = readdir(dir))) {
        char target[1024];
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);

        if (len > 0) {
            target[len] = '\0';
            found = strcmp(target, path) == 0;
        }
    }
    closedir(dir);
    return found;
}

/* The loop closes it in the turn after the job has stopped; Check's timeout ends a wait in vain. */
static void wait_until_closed(const char *path)
{
    while (is_open(path))
        sched_yield();
}

START_TEST(test_a_temporary_file_that_was_harmed_is_not_gone_on_with)
{
    struct range first = {0, 100000}, second = {500000, 600000};
    struct folder folder;
    struct engine *engine = engine_with(NULL);
    struct engine_job *job;
    struct server *server;
    char url[128], *temporary;

    folder_make(&folder);
    server = serve(url, sizeof url);
    job = client_job(engine, url, folder_path(&folder, "out"), 1);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &first, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    ck_assert_int_eq(engine_file_text(job, 0, ENGINE_FILE_TEMPORARY_NAME, &temporary), S_OK);
    wait_until_closed(temporary);
    harms[_i](temporary);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &second, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    expect_local_error(job, HR_FILE_NOT_FOUND);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    free(temporary);
    engine_job_drop(job);
    engine_drop(engine);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* As root that would be /dev/null. */
START_TEST(test_complete_replaces_no_pipe)
{
    struct folder folder;
    struct engine *engine = engine_with(NULL);
    struct engine_job *job;
    struct server *server;
    struct stat there;
    char url[128];

    folder_make(&folder);
    server = serve(url, sizeof url);
    ck_assert_int_eq(mkfifo(folder_path(&folder, "out"), 0600), 0);
    job = client_job(engine, url, folder_path(&folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_job_complete(job), E_ACCESSDENIED);
    ck_assert_int_eq(lstat(folder_path(&folder, "out"), &there), 0);
    ck_assert(S_ISFIFO(there.st_mode));
    ck_assert_int_eq(unlink(folder_path(&folder, "out")), 0);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_a_job_of_many_files_holds_few_of_them_open)
{
    enum { FILES = 300, OPEN = 100 };
    struct rlimit before, few;
    struct folder folder;
    struct server_options options = {0};
    struct server_file served = {.path = "/f", .size = 3000, .seed = CONTENT};
    struct server *server;
    struct engine *engine;
    struct engine_job *job;
    char url[128], name[16];

    folder_make(&folder);
    ck_assert_int_eq(server_start(&options, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &served), S_OK);
    snprintf(url, sizeof url, "%s/f", server_url(server));
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){OPEN, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    engine = engine_with(NULL);
    job = client_job(engine, url, folder_path(&folder, "out"), 0);
    for (unsigned i = 1; i < FILES; i++) {
        struct engine_new_file file = {url, NULL};

        snprintf(name, sizeof name, "out%u", i);
        file.local_name = folder_path(&folder, name);
        ck_assert_int_eq(engine_job_add_files(job, &file, 1), S_OK);
    }
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine disk");
    TCase *injected = tcase_create("injected"), *full = tcase_create("full");
    bool mounts = own_mounts();

    tcase_set_timeout(injected, 60);
    tcase_set_timeout(full, 60);
    tcase_add_loop_test(injected, test_an_injected_write_error, 0, 3);
    tcase_add_loop_test(injected, test_a_temporary_file_that_was_harmed_is_not_kept, 0, 3);
    tcase_add_loop_test(injected, test_a_temporary_file_that_was_harmed_is_not_gone_on_with, 0, 3);
    tcase_add_test(injected, test_complete_replaces_no_pipe);
    tcase_add_test(injected, test_a_job_of_many_files_holds_few_of_them_open);
    suite_add_tcase(suite, injected);
    if (mounts)
        tcase_add_test(full, test_a_full_disk);
    else
        fprintf(stderr, "the full disk was not tried: this system grants no mount namespace\n");
    suite_add_tcase(suite, full);
    return suite_main(suite);
}
