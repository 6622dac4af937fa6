/* bench_run.c: runs commands in turn, several rounds, and tells what each took.
 *
 *   bench_run ROUNDS FILE NAME COMMAND [NAME COMMAND]...
 *
 * Each COMMAND goes to `sh -c "exec ..."`, writes FILE, and must answer 0. FILE is removed before each run
 * and its file system synced, so that no run pays for what another one wrote. In turn, because the machine
 * does not stay the same: what disturbs a round disturbs all. A line on standard output for each command:
 * NAME, then medians of wall clock and CPU seconds (user + system, of the command alone), fastest and slowest
 * wall clock, and the largest peak memory in KiB; tabs between.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX   99
#define COMMANDS_MAX 16

struct measured {
    const char *name, *command;
    double wall_s[ROUNDS_MAX], cpu_s[ROUNDS_MAX];
    long peak_kib;
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void make_room(const char *path)
{
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) {
        syncfs(fd);
        close(fd);
    }
    unlink(path);
}

static void run(struct measured *m, unsigned round)
{
    double started_s = now_s();
    struct rusage usage;
    int status;
    pid_t child = fork();

    if (child < 0) {
        perror("fork");
        exit(1);
    }
    if (child == 0) {
        char text[4096];

        snprintf(text, sizeof text, "exec %s", m->command);
        execl("/bin/sh", "sh", "-c", text, (char *)NULL);
        _exit(127);
    }
    if (wait4(child, &status, 0, &usage) < 0 || status != 0) {
        fprintf(stderr, "%s: failed with %d: %s\n", m->name, status, m->command);
        exit(1);
    }
    m->wall_s[round] = now_s() - started_s;
    m->cpu_s[round] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    if (usage.ru_maxrss > m->peak_kib)
        m->peak_kib = usage.ru_maxrss;
    fprintf(stderr, "  %-24s %8.3f s  %8.3f CPU s  %6ld KiB\n", m->name, m->wall_s[round], m->cpu_s[round],
            usage.ru_maxrss);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct measured all[COMMANDS_MAX];
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 0, count = 0;

    if (argc < 5 || argc % 2 == 0 || rounds < 1 || rounds > ROUNDS_MAX || (argc - 3) / 2 > COMMANDS_MAX) {
        fprintf(stderr, "usage: bench_run ROUNDS FILE NAME COMMAND [NAME COMMAND]...\n");
        return 2;
    }
    for (int i = 3; i < argc; i += 2)
        all[count++] = (struct measured){.name = argv[i], .command = argv[i + 1]};
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned i = 0; i < count; i++) {
            make_room(argv[2]);
            run(&all[i], round);
        }
    unlink(argv[2]);
    for (unsigned i = 0; i < count; i++) {
        qsort(all[i].wall_s, rounds, sizeof(double), by_value);
        qsort(all[i].cpu_s, rounds, sizeof(double), by_value);
        printf("%s\t%.4f\t%.4f\t%.4f\t%.4f\t%ld\n", all[i].name, all[i].wall_s[rounds / 2],
               all[i].cpu_s[rounds / 2], all[i].wall_s[0], all[i].wall_s[rounds - 1], all[i].peak_kib);
    }
    return 0;
}
