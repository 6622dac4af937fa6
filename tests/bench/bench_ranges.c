/* bench_ranges.c: what openbits is measured beside: a plain program over libcurl's easy interface.
 *
 *   bench_ranges random SIZE COUNT LEN SEED     COUNT ranges of LEN bytes at random offsets, "OFF LEN" a line
 *   bench_ranges shuffled SIZE LEN SEED         the whole file in ranges of LEN bytes, in random order
 *   bench_ranges loop URL SIZE RANGES FILE      fetches them into FILE, one after the other
 *
 * loop is the shortest honest one: one handle, a request a range in the order given, the connection kept,
 * bytes written at their place with pwrite. It merges nothing and checks only curl's result and the status.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 0);
}

static int print_random(uint64_t size, uint64_t count, uint64_t len, uint64_t seed)
{
    for (uint64_t i = 0; i < count; i++)
        printf("%" PRIu64 " %" PRIu64 "\n", draw(&seed) % (size - len + 1), len);
    return 0;
}

static int print_shuffled(uint64_t size, uint64_t len, uint64_t seed)
{
    uint64_t count = size / len, *order = malloc(count * sizeof *order);

    if (!order)
        return 1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t k = draw(&seed) % (i + 1);

        order[i] = order[k];
        order[k] = i;
    }
    for (uint64_t i = 0; i < count; i++)
        printf("%" PRIu64 " %" PRIu64 "\n", order[i] * len, len);
    free(order);
    return 0;
}

struct place {
    int fd;
    uint64_t offset;
};

static size_t put(char *bytes, size_t one, size_t len, void *context)
{
    struct place *place = context;
    ssize_t n = pwrite(place->fd, bytes, len, (off_t)place->offset);

    (void)one;
    if (n > 0)
        place->offset += (uint64_t)n;
    return n < 0 ? 0 : (size_t)n;
}

static int loop(const char *url, uint64_t size, const char *ranges, const char *path)
{
    struct place place = {.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666)};
    FILE *file = fopen(ranges, "r");
    CURL *easy = curl_easy_init();
    uint64_t offset, len;
    int status = 0;

    if (place.fd < 0 || !file || !easy || ftruncate(place.fd, (off_t)size) < 0) {
        perror("bench_ranges");
        return 1;
    }
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, put);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &place);
    while (status == 0 && fscanf(file, "%" SCNu64 " %" SCNu64, &offset, &len) == 2) {
        char text[64];
        long answered = 0;

        snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64, offset, offset + len - 1);
        curl_easy_setopt(easy, CURLOPT_RANGE, text);
        place.offset = offset;
        if (curl_easy_perform(easy) != CURLE_OK ||
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answered) != CURLE_OK || answered != 206) {
            fprintf(stderr, "bench_ranges: %s: status %ld\n", text, answered);
            status = 1;
        }
    }
    curl_easy_cleanup(easy);
    fclose(file);
    close(place.fd);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "random") == 0)
        return print_random(number(argv[2]), number(argv[3]), number(argv[4]), number(argv[5]));
    if (argc == 5 && strcmp(argv[1], "shuffled") == 0)
        return print_shuffled(number(argv[2]), number(argv[3]), number(argv[4]));
    if (argc == 6 && strcmp(argv[1], "loop") == 0)
        return loop(argv[2], number(argv[3]), argv[4], argv[5]);
    fprintf(stderr, "bench_ranges: see the head of bench_ranges.c\n");
    return 2;
}
