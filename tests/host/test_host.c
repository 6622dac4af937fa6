/* test_host.c: the library as a guest in somebody's process (decisions 9 and 11): it leaves signals, masks,
 * descriptors, forks and the process's end as they are. test_unload.c has what concerns dlclose. */
#include "suite.h"

#include <config.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "host.h"
#include "listener.h"
#include "server/server.h"

enum { SIZE = 200000, HELD_AT = 65536, CAP = 4 };

/* The thread sanitizer asks this: a callback that never returns is a thread that nobody can join, and the
 * second that the sanitizer itself sleeps at the end is not ours. */
__attribute__((visibility("default"))) const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "report_thread_leaks=0 atexit_sleep_ms=0";
}

/* And the leak sanitizer this: hosts end in the middle of things, and hold then what they hold. test_unload
 * looks for leaks. */
__attribute__((visibility("default"))) const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "detect_leaks=0";
}

static struct server *serve(void)
{
    struct server_file file = {.path = "/f", .size = SIZE, .seed = 3};
    struct server *server;

    ck_assert_int_eq(server_start(&(struct server_options){0}, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &file), S_OK);
    return server;
}

static void tell_url(struct host *host, struct server *server)
{
    char url[128];

    snprintf(url, sizeof url, "%s/f", server_url(server));
    host_tell(host, url);
}

/* How many files of the folder have a name that begins so. */
static unsigned files_like(const struct folder *folder, const char *prefix)
{
    DIR *dir = opendir(folder->path);
    unsigned count = 0;

    ck_assert(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(dir);
    return count;
}

/* Calls look for each open descriptor but the one it is read with. */
static unsigned each_descriptor(bool (*look)(int fd, const char *target))
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned count = 0;

    DEMAND(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char target[512];
        int fd = atoi(entry->d_name);
        ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);

        if (entry->d_name[0] == '.' || fd == dirfd(dir) || n < 0)
            continue;
        target[n] = '\0';
        count += look(fd, target);
    }
    closedir(dir);
    return count;
}

/* --- a peer that goes away while we send */

static void demand_default_sigpipe(void)
{
    struct sigaction now;

    DEMAND(sigaction(SIGPIPE, NULL, &now) == 0);
    DEMAND(now.sa_handler == SIG_DFL);
}

static void live_with_rude_peers(struct host_side *side)
{
    static struct listener listener; /* callbacks may outlast this function */
    IBackgroundCopyManager *manager;
    char url[256];

    signal(SIGPIPE, SIG_DFL);
    host_hear(side, url, sizeof url);
    listener_init(&listener, false);
    listener.look = demand_default_sigpipe;
    manager = listener_manager(side->folder, NULL);
    for (unsigned i = 0; i < 30; i++) {
        IBackgroundCopyJob *job =
            listener_job(&listener, manager, url, side->folder, "f", BG_NOTIFY_JOB_ERROR);

        DEMAND(IBackgroundCopyJob_Resume(job) == S_OK);
        listener_wait(manager, job, BG_JOB_STATE_TRANSIENT_ERROR);
        demand_default_sigpipe();
        DEMAND(IBackgroundCopyJob_Cancel(job) == S_OK);
        IBackgroundCopyJob_Release(job);
    }
    IBackgroundCopyManager_Release(manager);
    host_say(side, "done");
}

/* Resets each connection: some at once, so that the request meets it, some after reading a part of it. */
static void be_rude(int listening, int until_readable)
{
    struct linger at_once = {.l_onoff = 1};
    struct pollfd polled[] = {{.fd = until_readable, .events = POLLIN}, {.fd = listening, .events = POLLIN}};

    for (unsigned i = 0; poll(polled, 2, -1) > 0 && !polled[0].revents; i++) {
        int fd = accept(listening, NULL, NULL);
        char byte;

        ck_assert_int_ge(fd, 0);
        if (i % 2)
            ck_assert_int_ge(recv(fd, &byte, 1, 0), 0);
        ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
        close(fd);
    }
}

START_TEST(test_a_peer_that_closes_does_not_end_the_process)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct folder folder;
    struct host host;
    char url[64];
    int fd;

    folder_make(&folder);
    host_start(&host, folder.path, live_with_rude_peers);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 16), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/f", ntohs(address.sin_port));
    host_tell(&host, url);
    be_rude(fd, fileno(host.from));
    host_expect(&host, "done");
    host_end(&host);
    close(fd);
    folder_remove(&folder);
}
END_TEST

/* --- fork without exec, while all slots are held */

static bool is_slot(int fd, const char *target)
{
    (void)fd;
    return strstr(target, "/slot-") != NULL;
}

static void demand_fork_is_harmless(void)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        alarm(10);
        DEMAND(each_descriptor(is_slot) == 0);
        exit(0); /* with all that runs at a process's end */
    }
    DEMAND(waitpid(child, &status, 0) == child);
    DEMAND(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void begin_callbacks(struct listener *listener, IBackgroundCopyManager *manager, const char *url,
                            const char *folder, IBackgroundCopyJob *jobs[CAP])
{
    for (unsigned i = 0; i < CAP; i++) {
        char name[8];

        snprintf(name, sizeof name, "f%u", i);
        jobs[i] = listener_job(listener, manager, url, folder, name, BG_NOTIFY_JOB_TRANSFERRED);
        DEMAND(IBackgroundCopyJob_Resume(jobs[i]) == S_OK);
    }
    for (unsigned i = 0; i < CAP; i++)
        DEMAND(sem_wait(&listener->begun) == 0);
}

static void live_with_fork(struct host_side *side)
{
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *jobs[CAP];
    static struct listener listener;
    char url[256];

    host_hear(side, url, sizeof url);
    listener_init(&listener, true);
    manager = listener_manager(side->folder, NULL);
    begin_callbacks(&listener, manager, url, side->folder, jobs);
    DEMAND(each_descriptor(is_slot) >= CAP);
    demand_fork_is_harmless();
    DEMAND(each_descriptor(is_slot) >= CAP);
    for (unsigned i = 0; i < CAP; i++)
        sem_post(&listener.go);
    for (unsigned i = 0; i < CAP; i++) {
        DEMAND(IBackgroundCopyJob_Complete(jobs[i]) == S_OK);
        IBackgroundCopyJob_Release(jobs[i]);
    }
    IBackgroundCopyManager_Release(manager);
    host_say(side, "done");
}

START_TEST(test_a_forked_child_holds_no_slot_and_can_exit)
{
    struct folder folder;
    struct server *server;
    struct host host;

    folder_make(&folder);
    host_start(&host, folder.path, live_with_fork);
    server = serve();
    tell_url(&host, server);
    host_expect(&host, "done");
    host_end(&host);
    server_stop(server);
    ck_assert_uint_eq(files_like(&folder, "f"), CAP);
    folder_remove(&folder);
}
END_TEST

/* Whatever locks the other threads hold at the moment of the fork. */
static void fork_while_busy(struct host_side *side)
{
    IBackgroundCopyManager *manager;
    static struct listener listener;
    char url[256];

    host_hear(side, url, sizeof url);
    listener_init(&listener, false);
    manager = listener_manager(side->folder, NULL);
    for (unsigned i = 0; i < 40; i++) {
        IBackgroundCopyJob *job = listener_job(&listener, manager, url, side->folder, "f",
                                               BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_MODIFICATION |
                                                   BG_NOTIFY_FILE_RANGES_TRANSFERRED);

        DEMAND(IBackgroundCopyJob_Resume(job) == S_OK);
        if (i % 4 == 0)
            DEMAND(sem_wait(&listener.begun) == 0);
        demand_fork_is_harmless();
        listener_wait(manager, job, BG_JOB_STATE_TRANSFERRED);
        DEMAND(IBackgroundCopyJob_Complete(job) == S_OK);
        IBackgroundCopyJob_Release(job);
    }
    IBackgroundCopyManager_Release(manager);
    host_say(side, "done");
}

START_TEST(test_a_forked_child_can_exit_whatever_its_parent_does)
{
    struct folder folder;
    struct server *server;
    struct host host;

    folder_make(&folder);
    host_start(&host, folder.path, fork_while_busy);
    server = serve();
    tell_url(&host, server);
    host_expect(&host, "done");
    host_end(&host);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* --- the process ends while callbacks run */

static void exit_in_callbacks(struct host_side *side)
{
    IBackgroundCopyJob *jobs[2][CAP];
    static struct listener listener;
    char url[256];

    host_hear(side, url, sizeof url);
    listener_init(&listener, true);
    /* Two engines, each with callbacks that never return: the time is for both together. */
    for (unsigned i = 0; i < 2; i++) {
        struct openbits_options options = {
            .size = sizeof options, .flags = OPENBITS_CAP_PER_PROCESS, .notification_cap = 2 * CAP};
        IBackgroundCopyManager *manager;

        DEMAND(openbits_create_manager(&options, &manager) == S_OK);
        begin_callbacks(&listener, manager, url, side->folder, jobs[i]);
    }
    host_say(side, "exit");
    exit(0);
}

static uint64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

START_TEST(test_exit_does_not_wait_for_a_callback)
{
    struct folder folder;
    struct server *server;
    struct host host;
    uint64_t began_ms;

    folder_make(&folder);
    host_start(&host, folder.path, exit_in_callbacks);
    server = serve();
    tell_url(&host, server);
    host_expect(&host, "exit");
    began_ms = monotonic_ms();
    host_end(&host);
    /* One second, and time for a busy machine. */
    ck_assert_uint_lt(monotonic_ms() - began_ms, 1900);
    server_stop(server);
    ck_assert_uint_eq(files_like(&folder, "BIT"), 0);
    folder_remove(&folder);
}
END_TEST

/* --- the process ends in the middle of a transfer */

static void exit_in_transfer(struct host_side *side)
{
    static struct listener listener;
    IBackgroundCopyJob *job;
    char url[256];

    host_hear(side, url, sizeof url);
    listener_init(&listener, false);
    job = listener_job(&listener, listener_manager(side->folder, NULL), url, side->folder, "f",
                       BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    DEMAND(IBackgroundCopyJob_Resume(job) == S_OK);
    DEMAND(sem_wait(&listener.begun) == 0);
    host_say(side, "there are bytes");
    host_hear(side, url, sizeof url);
    exit(0);
}

START_TEST(test_exit_removes_the_files_of_unfinished_jobs)
{
    struct folder folder;
    struct server *server;
    struct host host;

    folder_make(&folder);
    host_start(&host, folder.path, exit_in_transfer);
    server = serve();
    server_hold_bodies(server, HELD_AT);
    tell_url(&host, server);
    host_expect(&host, "there are bytes");
    ck_assert_uint_eq(files_like(&folder, "BIT"), 1);
    host_tell(&host, "exit");
    host_end(&host);
    ck_assert_uint_eq(files_like(&folder, "BIT"), 0);
    ck_assert_uint_eq(files_like(&folder, "f"), 0);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* --- descriptors that a program started by the host would inherit */

static bool was_open[1024];

static bool note_open(int fd, const char *target)
{
    (void)target;
    DEMAND(fd < 1024);
    was_open[fd] = true;
    return true;
}

static bool is_new(int fd, const char *target)
{
    (void)target;
    return fd >= 1024 || !was_open[fd];
}

static bool is_new_and_inherited(int fd, const char *target)
{
    if (!is_new(fd, target) || fcntl(fd, F_GETFD) & FD_CLOEXEC)
        return false;
    fprintf(stderr, "descriptor %d would be inherited: %s\n", fd, target);
    return true;
}

static bool is_temporary_file(int fd, const char *target)
{
    (void)fd;
    return strstr(target, "/BIT") != NULL;
}

static bool is_new_socket(int fd, const char *target)
{
    return is_new(fd, target) && strncmp(target, "socket:", 7) == 0;
}

static void open_everything(struct host_side *side)
{
    IBackgroundCopyManager *manager;
    static struct listener listener;
    IBackgroundCopyJob *job;
    char url[256], trace[512];

    host_hear(side, url, sizeof url);
    each_descriptor(note_open);
    listener_init(&listener, true);
    snprintf(trace, sizeof trace, "%s/trace", side->folder);
    manager = listener_manager(side->folder, trace);
    job = listener_job(&listener, manager, url, side->folder, "f", BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    DEMAND(IBackgroundCopyJob_Resume(job) == S_OK);
    DEMAND(sem_wait(&listener.begun) == 0);
    /* In the middle of a transfer and of a callback, so there is something of everything. */
    DEMAND(each_descriptor(is_slot) >= 1);
    DEMAND(each_descriptor(is_temporary_file) == 1);
    DEMAND(each_descriptor(is_new_socket) >= 1);
    DEMAND(each_descriptor(is_new_and_inherited) == 0);
    for (unsigned i = 0; i < 16; i++) /* and for those that come until it is cancelled */
        sem_post(&listener.go);
    DEMAND(IBackgroundCopyJob_Cancel(job) == S_OK);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
    /* The callback may still be returning; then its engine ends a moment later, by itself. */
    alarm(20);
    while (each_descriptor(is_new) > 0)
        sched_yield();
    host_say(side, "done");
}

START_TEST(test_every_descriptor_is_closed_on_exec)
{
    struct folder folder;
    struct server *server;
    struct host host;

    folder_make(&folder);
    host_start(&host, folder.path, open_everything);
    server = serve();
    server_hold_bodies(server, HELD_AT);
    tell_url(&host, server);
    host_expect(&host, "done");
    host_end(&host);
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

/* --- what belongs to the process */

static struct manners {
    void (*handlers[65])(int);
    int flags[65];
    sigset_t mask; /* of the thread that looks */
    mode_t umask;
    char locale[256], folder[512];
} manners_before;

static struct manners look_at_manners(void)
{
    struct manners now = {0};
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];

    for (int signal_number = 1; signal_number < 65; signal_number++) {
        struct sigaction action = {0};

        if (sigaction(signal_number, NULL, &action) == 0) {
            now.handlers[signal_number] = action.sa_handler;
            now.flags[signal_number] = action.sa_flags;
        }
    }
    pthread_sigmask(SIG_BLOCK, NULL, &now.mask);
    DEMAND(status != NULL);
    while (fgets(line, sizeof line, status))
        sscanf(line, "Umask: %o", &now.umask);
    fclose(status);
    snprintf(now.locale, sizeof now.locale, "%s", setlocale(LC_ALL, NULL));
    DEMAND(getcwd(now.folder, sizeof now.folder) != NULL);
    return now;
}

static void demand_same_manners(bool same_thread)
{
    struct manners now = look_at_manners();

    for (int i = 1; i < 65; i++) {
        DEMAND(now.handlers[i] == manners_before.handlers[i]);
        DEMAND(now.flags[i] == manners_before.flags[i]);
        if (same_thread)
            DEMAND(sigismember(&now.mask, i) == sigismember(&manners_before.mask, i));
    }
    DEMAND(now.umask == manners_before.umask);
    DEMAND(strcmp(now.locale, manners_before.locale) == 0);
    DEMAND(strcmp(now.folder, manners_before.folder) == 0);
}

/* On a thread of the library: signals of the process are not for it to take. */
static void look_in_callback(void)
{
    sigset_t mask;

    demand_same_manners(false);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    DEMAND(sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1 &&
           sigismember(&mask, SIGALRM) == 1 && sigismember(&mask, SIGUSR1) == 1);
}

static void take_a_signal(int signal_number)
{
    (void)signal_number;
}

static void keep_manners(struct host_side *side)
{
    struct sigaction mine = {.sa_handler = take_a_signal, .sa_flags = SA_RESTART};
    IBackgroundCopyManager *manager;
    static struct listener listener;
    IBackgroundCopyJob *job;
    sigset_t blocked;
    char url[256];

    host_hear(side, url, sizeof url);
    umask(027);
    sigaction(SIGUSR1, &mine, NULL);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    manners_before = look_at_manners();

    listener_init(&listener, false);
    listener.look = look_in_callback;
    manager = listener_manager(side->folder, NULL);
    demand_same_manners(true);
    job = listener_job(&listener, manager, url, side->folder, "f",
                       BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_FILE_TRANSFERRED |
                           BG_NOTIFY_FILE_RANGES_TRANSFERRED | BG_NOTIFY_JOB_MODIFICATION);
    DEMAND(IBackgroundCopyJob_Resume(job) == S_OK);
    listener_wait(manager, job, BG_JOB_STATE_TRANSFERRED);
    demand_same_manners(true);
    for (unsigned i = 0; i < 3; i++)
        DEMAND(sem_wait(&listener.begun) == 0);
    DEMAND(IBackgroundCopyJob_Complete(job) == S_OK);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
    demand_same_manners(true);
    host_say(side, "done");
}

START_TEST(test_signals_masks_and_umask_stay_as_they_are)
{
    struct folder folder;
    struct server *server;
    struct host host;
    struct stat made;

    folder_make(&folder);
    host_start(&host, folder.path, keep_manners);
    server = serve();
    tell_url(&host, server);
    host_expect(&host, "done");
    host_end(&host);
    server_stop(server);
    ck_assert_int_eq(stat(folder_path(&folder, "f"), &made), 0);
    ck_assert_uint_eq(made.st_mode & 0777, 0640);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host");
    TCase *tc = tcase_create("manners");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_a_peer_that_closes_does_not_end_the_process);
    tcase_add_test(tc, test_a_forked_child_holds_no_slot_and_can_exit);
    tcase_add_test(tc, test_a_forked_child_can_exit_whatever_its_parent_does);
    tcase_add_test(tc, test_exit_does_not_wait_for_a_callback);
    tcase_add_test(tc, test_exit_removes_the_files_of_unfinished_jobs);
    tcase_add_test(tc, test_every_descriptor_is_closed_on_exec);
    tcase_add_test(tc, test_signals_masks_and_umask_stay_as_they_are);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
