/* bar.c: see bar.h. Draws over its own line, at most as wide as the terminal. */
#include "cli/bar.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

unsigned bar_columns(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void bar_size(uint64_t bytes, char *out, unsigned room)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    unsigned unit = 0;

    while (value >= 1024 && unit < 6) {
        value /= 1024;
        unit++;
    }
    snprintf(out, room, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void bar_begin(struct bar *bar, bool quiet)
{
    const char *terminal = getenv("TERM");

    bar->shown = !quiet && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    bar->started_us = now_us();
    bar->first_bytes = 0;
}

void bar_draw(struct bar *bar, uint64_t bytes, uint64_t total, struct map *map)
{
    double seconds = (double)(now_us() - bar->started_us) / 1e6, rate;
    char done[16], all[16] = "?", speed[16], left[16] = "--:--", text[96];
    unsigned columns = bar_columns(STDERR_FILENO);
    int len;

    if (!bar->shown)
        return;
    rate = seconds > 0 ? (double)(bytes - bar->first_bytes) / seconds : 0;
    bar_size(bytes, done, sizeof done);
    bar_size((uint64_t)rate, speed, sizeof speed);
    if (total != UINT64_MAX) {
        bar_size(total, all, sizeof all);
        if (rate > 0 && total >= bytes && (double)(total - bytes) / rate < 3600 * 99) {
            unsigned seconds_left = (unsigned)((double)(total - bytes) / rate + 0.5);

            snprintf(left, sizeof left, "%02u:%02u", seconds_left / 60, seconds_left % 60);
        }
    }
    len = snprintf(text, sizeof text, "%s of %s  %s/s  %s ", done, all, speed, left);
    if ((unsigned)len >= columns)
        snprintf(text, sizeof text, "%s of %s", done, all);
    /* The last column stays free: a terminal may go to the next line when it is written to. */
    fprintf(stderr, "\r\033[K%.*s", (int)columns - 1, text);
    if (columns > 60 && map->size && map->size != UINT64_MAX) {
        map->cells = columns - 52 < MAP_CELLS_MAX ? columns - 52 : MAP_CELLS_MAX;
        fputc('[', stderr);
        map_print(map, stderr);
        fputc(']', stderr);
    }
    fflush(stderr);
}

void bar_end(struct bar *bar)
{
    if (bar->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
