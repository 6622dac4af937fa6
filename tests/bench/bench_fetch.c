/* bench_fetch.c: small ranges of one file through fetch, beside the same by plain libcurl.
 *
 *     bench_fetch fetch|plain URL SIZE RANGES LEN CONCURRENT
 *
 * URL must be served with ranges, SIZE is its size in bytes. RANGES ranges of LEN bytes at random offsets are
 * asked for, CONCURRENT at a time; LEN 0: whole files instead. One line: ranges a second, MiB a second, CPU
 * of this process a thousand ranges. "plain" is the shortest honest program over the multi interface: one
 * handle a slot, options set once, CURLOPT_RANGE for each request, bytes counted. It checks nothing.
 */
#include <assert.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/hr.h"
#include "fetch/fetch.h"

#define SEED 42u

struct load {
    const char *url;
    uint64_t size, ranges, len;
    unsigned concurrent;

    uint64_t random;
    uint64_t started, ended, bytes;
    struct fetch_source *source;
};

static uint64_t next_offset(struct load *load)
{
    load->random = load->random * 6364136223846793005u + 1442695040888963407u;
    return (load->random >> 16) % (load->size - load->len + 1);
}

/* --- through fetch --- */

static HRESULT on_reply(void *context, const struct fetch_reply *reply)
{
    (void)context;
    (void)reply;
    return S_OK;
}

static HRESULT on_bytes(void *context, uint64_t offset, const void *bytes, size_t len)
{
    (void)offset;
    (void)bytes;
    ((struct load *)context)->bytes += len;
    return S_OK;
}

static void start_one(struct load *load);

static void on_done(void *context, HRESULT hr, const struct fetch_reply *answer)
{
    struct load *load = context;

    if (hr != S_OK) {
        fprintf(stderr, "a request failed: 0x%08x, status %d\n", (unsigned)hr,
                answer ? answer->http_status : 0);
        exit(EXIT_FAILURE);
    }
    load->ended++;
    if (load->started < load->ranges)
        start_one(load);
}

static void start_one(struct load *load)
{
    static const struct fetch_sink sink = {.reply = on_reply, .bytes = on_bytes, .done = on_done};
    uint64_t offset = next_offset(load);
    struct fetch_spec spec = {
        .kind = load->len ? FETCH_RANGE : FETCH_WHOLE,
        .url = load->url,
        .range = {load->len ? offset : 0, load->len ? offset + load->len : load->size},
        .expected = {.size = load->size},
    };
    struct fetch_request *request;

    load->started++;
    if (FAILED(load->source->ops->start(load->source, &spec, &sink, load, &request))) {
        fprintf(stderr, "start failed\n");
        exit(EXIT_FAILURE);
    }
}

static void run_fetch(struct load *load)
{
    struct fetch_config config = {.max_connections = load->concurrent};

    if (FAILED(fetch_new(&config, &load->source)))
        exit(EXIT_FAILURE);
    while (load->started < load->ranges && load->started < load->concurrent)
        start_one(load);
    while (load->ended < load->ranges)
        load->source->ops->turn(load->source, 1000000);
    load->source->ops->free(load->source);
}

/* --- plain libcurl --- */

static size_t count_bytes(char *bytes, size_t one, size_t len, void *context)
{
    (void)bytes;
    (void)one;
    ((struct load *)context)->bytes += len;
    return len;
}

static void plain_next(struct load *load, CURLM *multi, CURL *easy)
{
    char range[64];
    uint64_t offset = next_offset(load);

    load->started++;
    if (load->len) {
        snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, offset, offset + load->len - 1);
        curl_easy_setopt(easy, CURLOPT_RANGE, range);
    }
    curl_multi_add_handle(multi, easy);
}

static void run_plain(struct load *load)
{
    CURLM *multi = curl_multi_init();
    struct CURLMsg *message;
    int running, left;

    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)load->concurrent);
    for (unsigned i = 0; i < load->concurrent && load->started < load->ranges; i++) {
        CURL *easy = curl_easy_init();

        curl_easy_setopt(easy, CURLOPT_URL, load->url);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, load);
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024);
        plain_next(load, multi, easy);
    }
    while (load->ended < load->ranges) {
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *easy = message->easy_handle;

            curl_multi_remove_handle(multi, easy);
            load->ended++;
            if (load->started < load->ranges)
                plain_next(load, multi, easy);
            else
                curl_easy_cleanup(easy);
        }
    }
    curl_multi_cleanup(multi);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct load load = {.random = SEED};
    struct rusage use;
    double start, wall, cpu;

    if (argc != 7 || (strcmp(argv[1], "fetch") != 0 && strcmp(argv[1], "plain") != 0)) {
        fprintf(stderr, "usage: bench_fetch fetch|plain URL SIZE RANGES LEN CONCURRENT\n");
        return EXIT_FAILURE;
    }
    load.url = argv[2];
    load.size = strtoull(argv[3], NULL, 10);
    load.ranges = strtoull(argv[4], NULL, 10);
    load.len = strtoull(argv[5], NULL, 10);
    load.concurrent = (unsigned)strtoul(argv[6], NULL, 10);
    if (load.size < load.len || load.concurrent == 0 || load.ranges == 0) {
        fprintf(stderr, "bench_fetch: the numbers do not fit together\n");
        return EXIT_FAILURE;
    }

    start = seconds();
    if (strcmp(argv[1], "fetch") == 0)
        run_fetch(&load);
    else
        run_plain(&load);
    wall = seconds() - start;
    getrusage(RUSAGE_SELF, &use);
    cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
          (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    printf("%s: %.0f ranges/s, %.0f MiB/s, %.1f CPU ms per 1,000 ranges, %.2f CPU s/GiB, peak %ld KiB\n",
           argv[1], (double)load.ranges / wall, (double)load.bytes / 1048576 / wall,
           cpu * 1e6 / (double)load.ranges, cpu / ((double)load.bytes / 1073741824), use.ru_maxrss);
    return EXIT_SUCCESS;
}
