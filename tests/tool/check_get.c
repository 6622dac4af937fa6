/* check_get.c: makes what `openbits get` is tried with, and judges what it did.
 *
 *   check_get source FILE SIZE SEED           a file without a hole
 *   check_get ranges SIZE COUNT SEED          random ranges that overlap, "OFF LEN" a line
 *   check_get judge SOURCE OUTPUT RANGES TRACE LOG
 *   check_get json FILE [KEY VALUE]...        FILE is one JSON object on one line with these
 *
 * A KEY of json may be two, OUTER.INNER; a VALUE is compared as text, or as compact JSON.
 * judge holds five accounts of the same bytes against each other: what was asked for (RANGES), what is in
 * OUTPUT, what its file system allocated, what the callbacks in TRACE reported, and what the server says in
 * its LOG that it sent. It knows nothing of how openbits comes to them. A line on standard output for each
 * that does not agree, then status 1.
 */
#include <config.h>

#include "rangeset/rangeset.h"
#include "server/server.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (1u << 20)

static unsigned failures;

static void __attribute__((format(printf, 1, 2))) differ(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("FAIL: ");
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    failures++;
}

static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "check_get: %s: %s\n", what, strerror(errno));
    exit(99);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);

    if (end == text || *end) {
        errno = EINVAL;
        die(text);
    }
    return value;
}

/* --- making */

static int make_source(const char *path, uint64_t size, uint64_t seed)
{
    static unsigned char bytes[CHUNK];
    FILE *out = fopen(path, "wb");

    if (!out)
        die(path);
    for (uint64_t at = 0; at < size; at += CHUNK) {
        size_t n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;

        server_content(seed, at, bytes, n);
        if (fwrite(bytes, 1, n, out) != n)
            die(path);
    }
    if (fclose(out) != 0)
        die(path);
    return 0;
}

/* Lengths of all magnitudes; one in four begins near an earlier one, so that many overlap or touch. */
static int make_ranges(uint64_t size, uint64_t count, uint64_t seed)
{
    uint64_t earlier = 0;

    printf("# %" PRIu64 " ranges of a file of %" PRIu64 " bytes, seed %" PRIu64 "\n", count, size, seed);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t len = 1 + suite_random(&seed) % (UINT64_C(1) << (suite_random(&seed) % 17));
        uint64_t offset = suite_random(&seed) % size;

        if (suite_random(&seed) % 4 == 0)
            offset = earlier;
        if (offset + len > size)
            len = size - offset;
        if (i + 1 == count)
            printf("%" PRIu64 " eof\n", size - 1 - suite_random(&seed) % 5000);
        else
            printf("%" PRIu64 " %" PRIu64 "\n", offset, len);
        earlier = (offset + suite_random(&seed) % (len + 1)) % size;
    }
    return 0;
}

/* --- judging */

static void add(struct rangeset *set, struct range range)
{
    if (FAILED(rangeset_add(set, range)))
        die("rangeset_add");
}

/* How many bytes of range were in the set already. */
static uint64_t add_counted(struct rangeset *set, struct range range)
{
    uint64_t twice = rangeset_length_within(set, range);

    add(set, range);
    return twice;
}

static void read_ranges(const char *path, uint64_t size, struct rangeset *out)
{
    FILE *file = fopen(path, "r");
    char line[256], *len;

    if (!file)
        die(path);
    while (fgets(line, sizeof line, file)) {
        struct range range;

        if (line[0] == '#')
            continue;
        range.start = strtoull(line, &len, 10);
        range.end = strcmp(len, " eof\n") == 0 ? size : range.start + strtoull(len, NULL, 10);
        add(out, range);
    }
    fclose(file);
}

static bool same(const struct rangeset *a, const struct rangeset *b)
{
    struct range r;

    if (rangeset_length(a) != rangeset_length(b))
        return false;
    for (uint64_t at = 0; rangeset_find(a, at, &r); at = r.end)
        if (!rangeset_covers(b, r))
            return false;
    return true;
}

static void expect_same(const char *what, const struct rangeset *got, const struct rangeset *asked)
{
    if (!same(got, asked))
        differ("%s: %" PRIu64 " bytes in %zu ranges, asked for were %" PRIu64 " in %zu", what,
               rangeset_length(got), rangeset_count(got), rangeset_length(asked), rangeset_count(asked));
}

static void read_chunk(int fd, uint64_t at, unsigned char *out, size_t len, const char *path)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = pread(fd, out + got, len - got, (off_t)(at + got));

        if (n <= 0)
            die(path);
        got += (size_t)n;
    }
}

/* The first of the bytes that is not as it should be, or NULL: those asked for as in source, the rest 0. */
static const unsigned char *first_wrong(const struct rangeset *asked, uint64_t at,
                                        const unsigned char *source, const unsigned char *output, size_t len)
{
    for (size_t i = 0; i < len;) {
        struct range r = {UINT64_MAX, UINT64_MAX};
        bool wanted;
        size_t stop;

        rangeset_find(asked, at + i, &r);
        wanted = r.start <= at + i;
        stop =
            (size_t)range_clip((struct range){at + i, at + len}, (struct range){at, wanted ? r.end : r.start})
                .end -
            (size_t)at;
        for (; i < stop; i++)
            if (output[i] != (wanted ? source[i] : 0))
                return output + i;
    }
    return NULL;
}

static void judge_content(const char *source_path, const char *output_path, uint64_t size,
                          const struct rangeset *asked)
{
    static unsigned char source[CHUNK], output[CHUNK];
    int in = open(source_path, O_RDONLY), out = open(output_path, O_RDONLY);

    if (in < 0 || out < 0)
        die(in < 0 ? source_path : output_path);
    for (uint64_t at = 0; at < size; at += CHUNK) {
        size_t n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
        const unsigned char *wrong;

        read_chunk(in, at, source, n, source_path);
        read_chunk(out, at, output, n, output_path);
        wrong = first_wrong(asked, at, source, output, n);
        if (wrong) {
            differ("byte %" PRIu64 " of the output is %u, in the source %u", at + (uint64_t)(wrong - output),
                   *wrong, source[wrong - output]);
            break;
        }
    }
    close(in);
    close(out);
}

/* asked, rounded out to blocks. */
static void round_out(const struct rangeset *asked, uint64_t block, struct rangeset *out)
{
    struct range r;

    for (uint64_t at = 0; rangeset_find(asked, at, &r); at = r.end)
        add(out, (struct range){r.start / block * block, (r.end + block - 1) / block * block});
}

/* Where the file system has data there was something asked for. st_blocks counts besides what it needs to
 * find the data (ext4: a block for some 340 pieces), for which one part in 256 is room enough. */
static void judge_blocks(const char *path, const struct rangeset *asked)
{
    int fd = open(path, O_RDONLY);
    struct rangeset room;
    struct stat st;
    uint64_t limit;

    if (fd < 0 || fstat(fd, &st) < 0)
        die(path);
    rangeset_init(&room);
    round_out(asked, (uint64_t)st.st_blksize, &room);
    for (off_t at = 0; (at = lseek(fd, at, SEEK_DATA)) >= 0;) {
        off_t hole = lseek(fd, at, SEEK_HOLE);
        struct range data = {(uint64_t)at, (uint64_t)hole};

        if (!rangeset_covers(&room, data)) {
            differ("blocks at %" PRIu64 " to %" PRIu64 " are allocated, but not wholly asked for", data.start,
                   data.end);
            break;
        }
        at = hole;
    }
    limit = rangeset_length(&room) + rangeset_length(&room) / 256 + 16 * (uint64_t)st.st_blksize;
    if ((uint64_t)st.st_blocks * 512 > limit)
        differ("the output takes %" PRIu64 " bytes of disk; the blocks asked for are %" PRIu64,
               (uint64_t)st.st_blocks * 512, rangeset_length(&room));
    rangeset_release(&room);
    close(fd);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

/* What the trace's lines tell of one thing, and of the bytes told more than once. */
struct account {
    struct rangeset bytes;
    uint64_t twice;
    unsigned lines;
    json_t *open; /* the ranges of requests that have not ended, by their number */
};

static void account_range(struct account *account, const json_t *pair, uint64_t at_most)
{
    uint64_t offset = (uint64_t)json_integer_value(json_array_get(pair, 0)),
             len = (uint64_t)json_integer_value(json_array_get(pair, 1));

    if (len > at_most)
        len = at_most;
    if (len > 0)
        account->twice += add_counted(&account->bytes, (struct range){offset, offset + len});
}

/* A request's start has its ranges, its end the bytes that were kept of them. */
static void account_request(struct account *kept, const json_t *line, const char *phase)
{
    json_t *ranges = json_object_get(line, "ranges");
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json_object_get(line, "request")));
    if (strcmp(phase, "start") == 0) {
        if (ranges)
            json_object_set(kept->open, number, ranges);
        return;
    }
    ranges = json_object_get(kept->open, number);
    if (!ranges)
        return;
    kept->lines++;
    account_range(kept, json_array_get(ranges, 0),
                  (uint64_t)json_integer_value(json_object_get(line, "bytes")));
    json_object_del(kept->open, number);
}

/* The start of a FileRangesTransferred, or a request. */
static void account_line(const json_t *line, struct account *reported, struct account *kept)
{
    const char *kind = json_string_value(json_object_get(line, "kind")),
               *phase = json_string_value(json_object_get(line, "phase")),
               *method = json_string_value(json_object_get(line, "method"));
    const json_t *pair, *ranges = json_object_get(line, "ranges");
    size_t i;

    if (!kind || !phase)
        return;
    if (strcmp(kind, "callback") == 0 && strcmp(phase, "start") == 0 && method &&
        ends_with(method, "FileRangesTransferred")) {
        reported->lines++;
        json_array_foreach(ranges, i, pair) account_range(reported, pair, UINT64_MAX);
    } else if (strcmp(kind, "request") == 0) {
        account_request(kept, line, phase);
    }
}

static void judge_trace(const char *path, const struct rangeset *asked)
{
    struct account reported = {0}, kept = {0};
    FILE *file = fopen(path, "r");
    json_error_t error;
    json_t *line;
    unsigned lines = 0;

    if (!file)
        die(path);
    rangeset_init(&reported.bytes);
    rangeset_init(&kept.bytes);
    kept.open = json_object();
    while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error))) {
        lines++;
        account_line(line, &reported, &kept);
        json_decref(line);
    }
    if (!feof(file))
        differ("the trace is not JSON after its %u. object: %s", lines, error.text);
    fclose(file);
    expect_same("reported by FileRangesTransferred", &reported.bytes, asked);
    if (reported.twice)
        differ("%" PRIu64 " bytes were reported more than once", reported.twice);
    expect_same("kept by requests", &kept.bytes, asked);
    if (kept.twice)
        differ("%" PRIu64 " bytes were kept more than once", kept.twice);
    printf("%u reports, %u requests, %" PRIu64 " bytes\n", reported.lines, kept.lines,
           rangeset_length(&reported.bytes));
    rangeset_release(&reported.bytes);
    rangeset_release(&kept.bytes);
    json_decref(kept.open);
}

/* Lines: METHOD STATUS BODY-BYTES CONNECTION "RANGE". What the server sent in answer to one range is its
 * first BODY-BYTES bytes. */
static void judge_log(const char *path, const struct rangeset *asked)
{
    FILE *file = fopen(path, "r");
    struct rangeset sent;
    char line[512], method[16];
    uint64_t twice = 0, body_bytes = 0;

    if (!file)
        die(path);
    rangeset_init(&sent);
    while (fgets(line, sizeof line, file)) {
        unsigned status;
        uint64_t bytes, first, last;
        int at = 0;

        if (sscanf(line, "%15s %u %" SCNu64 " %*u \"%n", method, &status, &bytes, &at) != 3 || !at) {
            differ("the server's log has a line that nobody can read: %s", line);
            continue;
        }
        body_bytes += bytes;
        if (strcmp(method, "HEAD") == 0 && bytes == 0)
            continue;
        if (strcmp(method, "GET") != 0 || status != 206 ||
            sscanf(line + at, "bytes=%" SCNu64 "-%" SCNu64, &first, &last) != 2 || last - first + 1 != bytes)
            differ("the server answered something else than one whole range: %s", line);
        else
            twice += add_counted(&sent, (struct range){first, last + 1});
    }
    fclose(file);
    expect_same("sent by the server", &sent, asked);
    if (twice)
        differ("the server sent %" PRIu64 " bytes more than once", twice);
    if (body_bytes != rangeset_length(asked))
        differ("the server's log adds up to %" PRIu64 " bytes, asked for were %" PRIu64, body_bytes,
               rangeset_length(asked));
    rangeset_release(&sent);
}

static int judge(char **paths)
{
    struct rangeset asked;
    struct stat source, output;

    if (stat(paths[0], &source) < 0 || stat(paths[1], &output) < 0)
        die("stat");
    if (source.st_size != output.st_size)
        differ("the output has %jd bytes, the source %jd", (intmax_t)output.st_size,
               (intmax_t)source.st_size);
    rangeset_init(&asked);
    read_ranges(paths[2], (uint64_t)source.st_size, &asked);
    if (!failures)
        judge_content(paths[0], paths[1], (uint64_t)source.st_size, &asked);
    judge_blocks(paths[1], &asked);
    judge_trace(paths[3], &asked);
    judge_log(paths[4], &asked);
    rangeset_release(&asked);
    return failures > 0;
}

/* --- JSON */

static bool value_is(const json_t *value, const char *wanted)
{
    char *text;
    bool is;

    if (json_is_string(value))
        return strcmp(json_string_value(value), wanted) == 0;
    text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    is = text && strcmp(text, wanted) == 0;
    free(text);
    return is;
}

static int check_json(const char *path, char **pairs)
{
    FILE *file = fopen(path, "r");
    char line[1 << 16] = "";
    json_t *object;

    if (!file)
        die(path);
    if (!fgets(line, sizeof line, file) || !strchr(line, '\n') || fgetc(file) != EOF)
        differ("%s is not one line", path);
    fclose(file);
    object = json_loads(line, 0, NULL);
    if (!json_is_object(object))
        differ("%s is not one object", path);
    for (; pairs[0] && pairs[1]; pairs += 2) {
        const char *dot = strchr(pairs[0], '.');
        const json_t *from = object;
        char outer[64];

        if (dot) {
            snprintf(outer, sizeof outer, "%.*s", (int)(dot - pairs[0]), pairs[0]);
            from = json_object_get(object, outer);
        }
        if (!value_is(json_object_get(from, dot ? dot + 1 : pairs[0]), pairs[1]))
            differ("%s is not %s", pairs[0], pairs[1]);
    }
    json_decref(object);
    return failures > 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "json") == 0)
        return check_json(argv[2], argv + 3);
    if (argc == 5 && strcmp(argv[1], "source") == 0)
        return make_source(argv[2], number(argv[3]), number(argv[4]));
    if (argc == 5 && strcmp(argv[1], "ranges") == 0)
        return make_ranges(number(argv[2]), number(argv[3]), number(argv[4]));
    if (argc == 7 && strcmp(argv[1], "judge") == 0)
        return judge(argv + 2);
    fprintf(stderr, "check_get: see the head of check_get.c\n");
    return 99;
}
