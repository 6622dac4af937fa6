/* get.c: `openbits get`: a file, or ranges of it, through the BITS interfaces.
 *
 * With ranges it is an on-demand job; FILE becomes a sparse file of the remote size that holds them. Without,
 * an ordinary one, completed. SIGINT and SIGTERM are blocked and looked for between two looks at the job, so
 * that the job is cancelled and leaves no file behind.
 */
#include <config.h>

#include "base/utf.h"
#include "cli/bar.h"
#include "cli/command.h"
#include "cli/download.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/place.h"
#include "cli/ranges.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_MS    100
#define REPORT_WITHIN_US 3000000

static const char name[] = "get";

static const char help[] =
    "Usage: openbits get [OPTION]... URL FILE\n"
    "Downloads URL to FILE as a BITS job; with ranges, as an on-demand job.\n\n"
    "  --range OFF:LEN     only these bytes; may be repeated. LEN may be \"eof\"\n"
    "  --ranges-file FILE  lines \"OFF LEN\"; '#' begins a comment\n"
    "  --interval MS       least time between two reports of ranges (500)\n"
    "  --retry             wait and try again after an error that may pass\n"
    "  --trace FILE        write every call, callback, state and request as JSON lines\n"
    "  --cacert FILE       trust these PEM certificates instead of the system's\n"
    "  --header LINE       send \"Name: value\" with each request; may be repeated\n"
    "  --user NAME         log in as NAME; the password is OPENBITS_PASSWORD, or asked for\n"
    "  --proxy HOST:PORT   ask this proxy instead of the environment's; \"none\": no proxy\n"
    "  --json              say what came of it as one JSON object on standard output\n"
    "  --quiet             no progress bar, no summary\n"
    "  --help              this\n\n"
    "OFF and LEN are bytes and may end in K, M, G or T (times 1024). With ranges FILE has the size of\n"
    "the remote file; what was not asked for is a hole and reads as zero.\n"
    "Exit status: 0 all of it is there; 1 the transfer failed, or was interrupted; 2 wrong usage.\n\n"
    "Examples:\n"
    "  openbits get http://127.0.0.1:8080/big.iso big.iso\n"
    "  openbits get --range 0:64K --range 1G:eof http://127.0.0.1:8080/big.iso part.iso\n"
    "  openbits get --ranges-file wanted.txt --trace trace.jsonl http://127.0.0.1:8080/f f\n";

struct get {
    struct download_options download;
    struct ranges ranges;
    bool ranged, retry, json, quiet;
    struct download job;
    struct rangeset requested, filled;
    struct bar bar;
    uint64_t started_us;
};

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

enum option_code {
    OPT_RANGE = 1,
    OPT_RANGES_FILE,
    OPT_INTERVAL,
    OPT_RETRY,
    OPT_TRACE,
    OPT_CACERT,
    OPT_HEADER,
    OPT_USER,
    OPT_PROXY,
    OPT_JSON,
    OPT_QUIET,
    OPT_HELP,
};

static const struct option options[] = {
    {"range", required_argument, NULL, OPT_RANGE},
    {"ranges-file", required_argument, NULL, OPT_RANGES_FILE},
    {"interval", required_argument, NULL, OPT_INTERVAL},
    {"retry", no_argument, NULL, OPT_RETRY},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"cacert", required_argument, NULL, OPT_CACERT},
    {"header", required_argument, NULL, OPT_HEADER},
    {"user", required_argument, NULL, OPT_USER},
    {"proxy", required_argument, NULL, OPT_PROXY},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int read_ranges_file(struct get *get, const char *path)
{
    FILE *file = fopen(path, "r");
    const char *wrong;
    unsigned line;

    if (!file)
        return command_usage(name, "cannot read the ranges in %s: %s", path, strerror(errno));
    wrong = ranges_read(&get->ranges, file, &line);
    fclose(file);
    if (wrong)
        return command_usage(name, "%s, line %u: %s", path, line, wrong);
    if (get->ranges.count == 0)
        return command_usage(name, "%s has no range", path);
    return COMMAND_OK;
}

/* -1: go on; else the exit status. */
static int parse(struct get *get, int argc, char **argv)
{
    uint64_t number;
    const char *wrong;
    struct stat there;
    int code;

    get->download.interval_ms = 500;
    opterr = 0;
    while ((code = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (code) {
        case OPT_RANGE:
            get->ranged = true;
            wrong = ranges_add(&get->ranges, optarg);
            if (wrong)
                return command_usage(name, "--range %s: %s", optarg, wrong);
            break;
        case OPT_RANGES_FILE:
            get->ranged = true;
            code = read_ranges_file(get, optarg);
            if (code != COMMAND_OK)
                return code;
            break;
        case OPT_INTERVAL:
            if (!number_parse(optarg, UINT32_MAX, &number))
                return command_usage(name, "--interval %s is not a number of milliseconds", optarg);
            get->download.interval_ms = (DWORD)number;
            break;
        case OPT_RETRY:
            get->retry = true;
            break;
        case OPT_TRACE:
            get->download.trace_file = optarg;
            break;
        case OPT_CACERT:
            get->download.ca_file = optarg;
            if (access(optarg, R_OK) < 0)
                return command_usage(name, "--cacert %s: %s", optarg, strerror(errno));
            break;
        case OPT_HEADER:
            if (!wishes_add_header(&get->download.wishes, optarg))
                return command_trouble(name, "out of memory");
            break;
        case OPT_USER:
            if (strchr(optarg, ':'))
                return command_usage(
                    name, "--user takes the name alone; the password is OPENBITS_PASSWORD, or asked for");
            get->download.wishes.user = optarg;
            break;
        case OPT_PROXY:
            get->download.wishes.proxy = optarg;
            break;
        case OPT_JSON:
            get->json = true;
            break;
        case OPT_QUIET:
            get->quiet = true;
            break;
        case OPT_HELP:
            fputs(help, stdout);
            return COMMAND_OK;
        case ':':
            return command_usage(name, "%s needs a value", argv[optind - 1]);
        default:
            return command_usage(name, "no option %s", argv[optind - 1]);
        }
    }
    if (argc - optind != 2)
        return command_usage(name, argc - optind < 2 ? "URL and FILE are needed"
                                                     : "there is more than URL and FILE");
    get->download.url = argv[optind];
    get->download.file = argv[optind + 1];
    if (stat(get->download.file, &there) == 0 && S_ISDIR(there.st_mode))
        return command_usage(name, "%s is a folder; FILE is the name of a file", get->download.file);
    /* Complete replaces what is there, and as root that could be /dev/null. */
    if (stat(get->download.file, &there) == 0 && !S_ISREG(there.st_mode))
        return command_usage(name, "%s is no plain file; FILE is the name of a file to make or to replace",
                             get->download.file);
    get->download.on_demand = get->ranged;
    wrong = wishes_ask(&get->download.wishes);
    if (wrong)
        return command_usage(name, "--user %s: %s", get->download.wishes.user, wrong);
    return -1;
}

static json_t *ranges_json(const struct rangeset *set)
{
    json_t *list = json_array();
    struct range range;

    for (uint64_t at = 0; rangeset_find(set, at, &range); at = range.end)
        json_array_append_new(
            list, json_pack("[I, I]", (json_int_t)range.start, (json_int_t)(range.end - range.start)));
    return list;
}

static void print_json(struct get *get, const char *state, const struct download_error *error)
{
    BG_FILE_PROGRESS progress = {0};
    json_t *out;

    download_progress(&get->job, &progress);
    out = json_pack("{s:s, s:s, s:s, s:I, s:i, s:f}", "url", get->download.url, "file", get->download.file,
                    "state", state, "bytes_transferred", (json_int_t)progress.BytesTransferred, "reports",
                    (int)get->job.watcher.reports, "seconds", (double)(now_us() - get->started_us) / 1e6);
    if (progress.BytesTotal != BG_SIZE_UNKNOWN)
        json_object_set_new(out, "bytes_total", json_integer((json_int_t)progress.BytesTotal));
    if (get->ranged)
        json_object_set_new(out, "filled", ranges_json(&get->filled));
    if (error) {
        char code[16];
        const char *hresult = openbits_hresult_name(error->hr);
        json_t *inner;

        snprintf(code, sizeof code, "0x%08X", (unsigned)error->hr);
        inner = json_pack("{s:s, s:s, s:s}", "code", code, "context", download_context_name(error->context),
                          "text", error->text);
        if (hresult)
            json_object_set_new(inner, "name", json_string(hresult));
        if (((unsigned)error->hr & 0xFFFF0000u) == 0x80190000u)
            json_object_set_new(inner, "http_status", json_integer((unsigned)error->hr & 0xFFFF));
        json_object_set_new(out, "error", inner);
    }
    json_dumpf(out, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(out);
}

static int report_failure(struct get *get)
{
    struct download_error error = {.hr = E_UNEXPECTED, .text = "The job stopped without an error."};
    BG_JOB_STATE state = download_state(&get->job);
    char status[32] = "";

    download_error(&get->job, &error);
    if (get->json)
        print_json(get, download_state_name(state), &error);
    if (((unsigned)error.hr & 0xFFFF0000u) == 0x80190000u)
        snprintf(status, sizeof status, ", HTTP status %u", (unsigned)error.hr & 0xFFFF);
    return command_trouble(name, "%s: %s, context %s%s: %s", get->download.url, download_hresult(error.hr),
                           download_context_name(error.context), status, error.text);
}

/* The bytes that will be there at the end, for the bar. */
static uint64_t wanted(struct get *get, uint64_t total)
{
    if (!get->ranged || total == BG_SIZE_UNKNOWN)
        return total;
    return rangeset_length_within(&get->requested, (struct range){0, total});
}

static void draw(struct get *get)
{
    struct map map = {
        .requested = &get->requested, .filled = &get->filled, .reported = &get->job.watcher.reported};
    BG_FILE_PROGRESS progress;

    if (!get->bar.shown || FAILED(download_progress(&get->job, &progress)) ||
        FAILED(download_filled(&get->job, &get->filled)))
        return;
    map.size = progress.BytesTotal;
    bar_draw(&get->bar, progress.BytesTransferred, wanted(get, progress.BytesTotal), &map);
}

/* Until the job rests or a signal comes. */
static void wait_for_rest(struct get *get)
{
    HRESULT hr;

    do {
        hr = download_wait(&get->job, get->retry, LOOK_EVERY_MS);
        draw(get);
    } while (!interrupt_came() && hr == S_FALSE);
}

static BOOL all_reported(void *context)
{
    struct get *get = context;
    BG_FILE_PROGRESS progress;

    return FAILED(download_progress(&get->job, &progress)) ||
           rangeset_length(&get->job.watcher.reported) >= progress.BytesTransferred;
}

/* The last report comes after the state that ends the waiting, so that a trace tells of every byte. It is due
 * at once; but other programs of the user may hold the slots, and settings may drop it. */
static void wait_for_reports(struct get *get)
{
    uint64_t give_up_us = now_us() + REPORT_WITHIN_US;

    while (openbits_pump(get->job.manager, all_reported, get, LOOK_EVERY_MS) == S_FALSE &&
           !interrupt_came() && now_us() < give_up_us)
        continue;
}

/* What the union of the ranges asked for is, for the map and the bar. */
static HRESULT note_requested(struct get *get)
{
    HRESULT hr = S_OK;

    if (!get->ranged)
        return rangeset_add(&get->requested, (struct range){0, UINT64_MAX});
    for (size_t i = 0; SUCCEEDED(hr) && i < get->ranges.count; i++) {
        BG_FILE_RANGE range = get->ranges.data[i];
        uint64_t end = range.Length == BG_LENGTH_TO_EOF ? UINT64_MAX : range.InitialOffset + range.Length;

        hr = rangeset_add(&get->requested, (struct range){range.InitialOffset, end});
    }
    return hr;
}

static int keep_ranges(struct get *get)
{
    LPWSTR wide;
    char *temporary = NULL;
    HRESULT hr = download_filled(&get->job, &get->filled);
    IBackgroundCopyFile3 *file3 = (IBackgroundCopyFile3 *)(void *)get->job.file6; /* its prefix */
    int error;

    if (SUCCEEDED(hr))
        hr = IBackgroundCopyFile3_GetTemporaryName(file3, &wide);
    if (SUCCEEDED(hr)) {
        hr = utf_narrow(wide, &temporary, NULL);
        CoTaskMemFree(wide);
    }
    if (FAILED(hr))
        return command_trouble(name, "GetTemporaryName: %s", download_hresult(hr));
    error = place_ranges(temporary, get->job.local, &get->filled);
    free(temporary);
    if (error)
        return command_trouble(name, "cannot put the ranges into %s: %s", get->download.file,
                               strerror(error));
    return COMMAND_OK;
}

static int finish(struct get *get)
{
    BG_JOB_STATE state = download_state(&get->job);
    char size[16];
    HRESULT hr;
    int status = COMMAND_OK;

    if (state == BG_JOB_STATE_TRANSFERRED) {
        hr = download_filled(&get->job, &get->filled);
        if (SUCCEEDED(hr))
            hr = IBackgroundCopyJob_Complete(get->job.job);
        if (FAILED(hr))
            status = command_trouble(name, "Complete: %s: is %s a folder, or not writable?",
                                     download_hresult(hr), get->download.file);
    } else {
        status = keep_ranges(get);
    }
    if (status != COMMAND_OK)
        return status;
    if (get->json)
        print_json(get, download_state_name(state), NULL);
    else if (!get->quiet) {
        bar_size(rangeset_length(&get->filled), size, sizeof size);
        printf("%s: %s in %.2f s, %u report%s\n", get->download.file, size,
               (double)(now_us() - get->started_us) / 1e6, get->job.watcher.reports,
               get->job.watcher.reports == 1 ? "" : "s");
    }
    return COMMAND_OK;
}

static int transfer(struct get *get)
{
    BG_JOB_STATE state;
    HRESULT hr = note_requested(get);

    if (SUCCEEDED(hr) && get->ranged)
        hr = IBackgroundCopyFile6_RequestFileRanges(get->job.file6, (DWORD)get->ranges.count,
                                                    get->ranges.data);
    if (FAILED(hr))
        return command_usage(name, "RequestFileRanges: %s: no such ranges can be in a file",
                             download_hresult(hr));
    hr = IBackgroundCopyJob_Resume(get->job.job);
    if (FAILED(hr))
        return command_trouble(name, "Resume: %s", download_hresult(hr));
    bar_begin(&get->bar, get->quiet);
    wait_for_rest(get);
    state = download_state(&get->job);
    if (state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_SUSPENDED)
        wait_for_reports(get);
    bar_end(&get->bar);
    if (interrupt_came())
        return command_trouble(name, "interrupted; nothing was written to %s", get->download.file);
    if (state != BG_JOB_STATE_TRANSFERRED && state != BG_JOB_STATE_SUSPENDED)
        return report_failure(get);
    return finish(get);
}

static int refused(struct get *get, HRESULT hr)
{
    static const struct {
        HRESULT hr;
        const char *remedy;
    } remedies[] = {
        {E_INVALIDARG,
         "is it an http or https URL without spaces, and FILE a name for a file, both in UTF-8?"},
        {(HRESULT)0x80070003, "FILE's folder does not exist"},
        {E_ACCESSDENIED, "FILE's folder is not writable"},
    };
    const char *remedy = "";

    if (strcmp(get->job.failed, "openbits_create_manager") == 0 && get->download.trace_file)
        return command_usage(name, "--trace %s: cannot be written, or the start failed: %s",
                             get->download.trace_file, download_hresult(hr));
    if (strcmp(get->job.failed, "openbits_create_manager") == 0)
        return command_trouble(name, "cannot start: %s%s", download_hresult(hr), download_start_remedy(hr));
    if (strcmp(get->job.failed, "SetCustomHeaders") == 0)
        return command_usage(name,
                             "--header: %s: \"Name: value\", and not a name such as Host or Range that "
                             "the transfer fills in itself",
                             download_hresult(hr));
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if (remedies[i].hr == hr)
            remedy = remedies[i].remedy;
    return command_usage(name, "%s %s %s: %s%s%s", get->job.failed, get->download.url, get->download.file,
                         download_hresult(hr), *remedy ? ": " : "", remedy);
}

int get_run(int argc, char **argv)
{
    struct get get = {0};
    HRESULT hr;
    int status;

    setlocale(LC_CTYPE, "");
    rangeset_init(&get.requested);
    rangeset_init(&get.filled);
    status = parse(&get, argc, argv);
    if (status == -1) {
        interrupt_block();
        get.started_us = now_us();
        hr = download_open(&get.job, &get.download);
        if (FAILED(hr)) {
            status = refused(&get, hr);
        } else {
            status = transfer(&get);
            download_close(&get.job);
        }
    }
    ranges_release(&get.ranges);
    wishes_release(&get.download.wishes);
    rangeset_release(&get.requested);
    rangeset_release(&get.filled);
    return status;
}
