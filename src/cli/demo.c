/* demo.c: `openbits demo`: the range contract in a few seconds, on this machine alone.
 *
 * A test server inside the program serves a file whose content is known for every offset; an on-demand job
 * asks for overlapping ranges of it, through the public interfaces only. Every claim that is printed is
 * checked, and the exit status says whether all of them held. Settings that let reports be lost or repeated
 * are legal: where one is in force, what the reports told is shown but not judged.
 */
#include <config.h>

#include "cli/bar.h"
#include "cli/command.h"
#include "cli/download.h"
#include "cli/interrupt.h"
#include "cli/map.h"
#include "server/server.h"

#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define FILE_SIZE   (24u << 20)
#define FILE_SEED   2026
#define INTERVAL_MS 20
#define CELLS_MAX   74
#define LOOK_MS     100
#define WAIT_MS     8000
#define UNTOLD_MS   500 /* for reports that may never come */

static const char name[] = "demo";

static const char help[] =
    "Usage: openbits demo [--quiet]\n"
    "Shows an on-demand job: ranges are asked for, arrive, and are reported; then the rest.\n\n"
    "  --quiet  only the exit status\n"
    "  --help   this\n\n"
    "Exit status: 0 everything held; 1 something did not; 2 wrong usage.\n\n"
    "Examples:\n"
    "  openbits demo\n"
    "  OPENBITS_PROFILE=hostile openbits demo    with reports that are lost, late or odd\n";

struct demo {
    struct server *server;
    struct download job;
    struct rangeset requested, filled;
    FILE *out; /* NULL: quiet */
    unsigned failures, cells;
    bool unkind; /* a setting lets reports be lost, repeated or late */
    char folder[512], file[520];
};

static void say(struct demo *demo, const char *text)
{
    if (demo->out)
        fprintf(demo->out, "%s\n", text);
}

static bool check(struct demo *demo, bool held, const char *claim)
{
    if (demo->out)
        fprintf(demo->out, "  %s %s\n", held ? "ok  " : "FAIL", claim);
    if (!held)
        demo->failures++;
    return held;
}

static bool check_hr(struct demo *demo, HRESULT hr, const char *call)
{
    if (hr != S_OK) {
        char claim[160];

        snprintf(claim, sizeof claim, "%s answers %s", call, download_hresult(hr));
        return check(demo, false, claim);
    }
    return true;
}

static void draw(struct demo *demo)
{
    struct map map = {.size = FILE_SIZE,
                      .requested = &demo->requested,
                      .filled = &demo->filled,
                      .reported = &demo->job.watcher.reported,
                      .cells = demo->cells};

    if (!demo->out || FAILED(download_filled(&demo->job, &demo->filled)))
        return;
    fputs("  [", demo->out);
    map_print(&map, demo->out);
    fputs("]\n", demo->out);
}

static void on_ranges(void *context, DWORD count, const BG_FILE_RANGE *ranges)
{
    struct demo *demo = context;
    uint64_t bytes = 0;

    for (DWORD i = 0; i < count; i++)
        bytes += ranges[i].Length;
    if (!demo->out)
        return;
    fprintf(demo->out, "  FileRangesTransferred: %u range%s, %" PRIu64 " byte%s, from %" PRIu64 " on\n",
            (unsigned)count, count == 1 ? "" : "s", bytes, bytes == 1 ? "" : "s",
            (uint64_t)ranges[0].InitialOffset);
    draw(demo);
}

static void ask(struct demo *demo, DWORD count, const BG_FILE_RANGE *ranges)
{
    if (demo->out)
        fprintf(demo->out, "RequestFileRanges, then Resume:\n");
    for (DWORD i = 0; i < count; i++) {
        uint64_t start = ranges[i].InitialOffset,
                 end = ranges[i].Length == BG_LENGTH_TO_EOF ? FILE_SIZE : start + ranges[i].Length;

        if (demo->out)
            fprintf(demo->out, "  %10" PRIu64 " .. %" PRIu64 "\n", start, end - 1);
        rangeset_add(&demo->requested, (struct range){start, end});
    }
    check_hr(demo, IBackgroundCopyFile6_RequestFileRanges(demo->job.file6, count, ranges),
             "RequestFileRanges");
    check_hr(demo, IBackgroundCopyJob_Resume(demo->job.job), "Resume");
}

static BOOL all_told(void *context)
{
    struct demo *demo = context;

    return rangeset_length(&demo->job.watcher.reported) == rangeset_length(&demo->requested) &&
           (rangeset_length(&demo->requested) < FILE_SIZE || demo->job.watcher.transferred);
}

static bool only_asked(const struct demo *demo)
{
    struct range range;

    for (uint64_t at = 0; rangeset_find(&demo->job.watcher.reported, at, &range); at = range.end)
        if (!rangeset_covers(&demo->requested, range))
            return false;
    return true;
}

static void check_reports(struct demo *demo)
{
    uint64_t told = rangeset_length(&demo->job.watcher.reported), asked = rangeset_length(&demo->requested);

    if (!demo->unkind) {
        check(demo, all_told(demo) && only_asked(demo), "every byte asked for was reported, and no other");
        check(demo, demo->job.watcher.reported_twice == 0, "no byte was reported twice");
        return;
    }
    if (demo->out)
        fprintf(demo->out, "  --   reported: %" PRIu64 " of %" PRIu64 " bytes; the settings allow that\n",
                told, asked);
    check(demo, only_asked(demo), "no byte was reported that was not asked for");
}

/* Says why a job that should have come to rest otherwise is in ERROR. */
static void say_error(struct demo *demo)
{
    struct download_error error;

    if (demo->out && download_error(&demo->job, &error))
        fprintf(demo->out, "       %s: %s\n", download_hresult(error.hr), error.text);
}

/* Until the job is in this state and every byte was reported. False: there is nothing to go on with. */
static bool wait_for(struct demo *demo, BG_JOB_STATE state)
{
    unsigned ms = 0, untold_ms = demo->unkind ? UNTOLD_MS : WAIT_MS;
    char claim[96];

    for (; download_wait(&demo->job, false, LOOK_MS) == S_FALSE && ms < WAIT_MS; ms += LOOK_MS)
        if (interrupt_came())
            return false;
    if (download_state(&demo->job) == state)
        for (ms = 0; openbits_pump(demo->job.manager, all_told, demo, LOOK_MS) == S_FALSE && ms < untold_ms;
             ms += LOOK_MS)
            if (interrupt_came())
                return false;
    if (demo->out)
        fprintf(demo->out, "  %s\n", download_state_name(download_state(&demo->job)));
    draw(demo);
    snprintf(claim, sizeof claim, "the job is %s", download_state_name(state));
    if (!check(demo, download_state(&demo->job) == state, claim)) {
        say_error(demo);
        return false;
    }
    check_reports(demo);
    return true;
}

/* What the server's own log says of bytes. */
static void check_log(struct demo *demo)
{
    struct server_log_entry *entries;
    struct rangeset served;
    size_t count;
    uint64_t bytes = 0;

    rangeset_init(&served);
    if (FAILED(server_log(demo->server, &entries, &count))) {
        check(demo, false, "the server's log can be read");
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < entries[i].slice_count; k++) {
            struct server_slice slice = entries[i].slices[k];

            bytes += slice.sent;
            rangeset_add(&served, (struct range){slice.offset, slice.offset + slice.sent});
        }
    server_log_free(entries, count);
    check(demo, bytes == rangeset_length(&served) && bytes == rangeset_length(&demo->requested),
          "the server sent each of them once, and nothing else");
    rangeset_release(&served);
}

static void check_content(struct demo *demo)
{
    static unsigned char found[1 << 16], wanted[1 << 16];
    FILE *file = fopen(demo->file, "rb");
    uint64_t offset = 0;
    bool same = file != NULL;

    while (same && offset < FILE_SIZE) {
        size_t n = fread(found, 1, sizeof found, file);

        if (n == 0)
            break;
        server_content(FILE_SEED, offset, wanted, n);
        same = memcmp(found, wanted, n) == 0;
        offset += n;
    }
    if (file)
        fclose(file);
    check(demo, same && offset == FILE_SIZE, "the file is in place, and the same byte for byte");
}

/* Whether a setting is other than `value`, or cannot be had. */
static bool is_other(IOpenBitsControl *control, const WCHAR *setting, const WCHAR *value)
{
    LPWSTR found = NULL;
    bool other = FAILED(IOpenBitsControl_GetSetting(control, setting, &found)) || wcscmp(found, value) != 0;

    CoTaskMemFree(found);
    return other;
}

/* Under the kind profile every report comes once and in time; these settings can change that. */
static bool is_unkind(IBackgroundCopyManager *manager)
{
    static const struct {
        const WCHAR *setting, *value;
    } kind[] = {
        {L"partial-reports", L"as-arrived"}, {L"unreported-bytes", L"keep"},
        {L"lost-events", L"never"},          {L"filled-requests", L"silent"},
        {L"interval", L"leading"},           {L"transferred-order", L"flush-first"},
    };
    IOpenBitsControl *control;
    bool unkind = false;

    if (FAILED(IBackgroundCopyManager_QueryInterface(manager, &IID_IOpenBitsControl, (void **)&control)))
        return false;
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
        unkind = unkind || is_other(control, kind[i].setting, kind[i].value);
    IOpenBitsControl_Release(control);
    return unkind;
}

static void show(struct demo *demo)
{
    static const BG_FILE_RANGE first[] = {
        {0, 3u << 20}, {2u << 20, 3u << 20}, {12u << 20, 300000}, {FILE_SIZE - 70000, BG_LENGTH_TO_EOF}};
    static const BG_FILE_RANGE second[] = {{4u << 20, 6u << 20}};
    static const BG_FILE_RANGE rest[] = {{0, BG_LENGTH_TO_EOF}};

    if (demo->out) {
        fprintf(demo->out, "An on-demand job for %s/f, %u MiB\n  ", server_url(demo->server),
                FILE_SIZE >> 20);
        map_print_legend(demo->out);
        fputs("\n\n", demo->out);
    }
    ask(demo, 4, first);
    if (!wait_for(demo, BG_JOB_STATE_SUSPENDED))
        return;
    say(demo, "");
    ask(demo, 1, second); /* the first part of it is there already */
    if (!wait_for(demo, BG_JOB_STATE_SUSPENDED))
        return;
    say(demo, "");
    ask(demo, 1, rest);
    if (!wait_for(demo, BG_JOB_STATE_TRANSFERRED))
        return;
    if (!demo->unkind)
        check(demo, demo->job.watcher.transferred == 1, "JobTransferred was called, once");
    check_log(demo);
    say(demo, "\nComplete:");
    check_hr(demo, IBackgroundCopyJob_Complete(demo->job.job), "Complete");
    check(demo, download_state(&demo->job) == BG_JOB_STATE_ACKNOWLEDGED, "the job is ACKNOWLEDGED");
    check_content(demo);
}

static int serve(struct demo *demo)
{
    struct server_options options = {0};
    struct server_file file = {
        .path = "/f", .size = FILE_SIZE, .seed = FILE_SEED, .last_modified_s = 1577836800};
    const char *tmp = getenv("TMPDIR");
    HRESULT hr;

    if (!tmp || !*tmp)
        tmp = "/tmp";
    if ((size_t)snprintf(demo->folder, sizeof demo->folder, "%s/openbits-demo-XXXXXX", tmp) >=
            sizeof demo->folder ||
        !mkdtemp(demo->folder))
        return command_trouble(name, "cannot make a folder in %s: set TMPDIR to one that is writable", tmp);
    snprintf(demo->file, sizeof demo->file, "%s/f", demo->folder);
    hr = server_start(&options, &demo->server);
    if (SUCCEEDED(hr))
        hr = server_add_file(demo->server, &file);
    if (FAILED(hr))
        return command_trouble(name, "cannot serve on 127.0.0.1: %s", download_hresult(hr));
    return COMMAND_OK;
}

static int run(struct demo *demo)
{
    struct download_options options = {.file = demo->file, .on_demand = true, .interval_ms = INTERVAL_MS};
    char url[96];
    int status = serve(demo);
    HRESULT hr;

    if (status != COMMAND_OK)
        return status;
    snprintf(url, sizeof url, "%s/f", server_url(demo->server));
    options.url = url;
    hr = download_open(&demo->job, &options);
    if (FAILED(hr))
        return command_trouble(
            name, "%s: %s%s", demo->job.failed, download_hresult(hr),
            strcmp(demo->job.failed, "openbits_create_manager") == 0 ? download_start_remedy(hr) : "");
    demo->unkind = is_unkind(demo->job.manager);
    demo->job.watcher.on_ranges = on_ranges;
    demo->job.watcher.context = demo;
    show(demo);
    download_close(&demo->job);
    if (interrupt_came())
        return command_trouble(name, "interrupted");
    say(demo, demo->failures ? "\nSomething did not hold." : "\nAll of it held.");
    return demo->failures ? COMMAND_TROUBLE : COMMAND_OK;
}

int demo_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"quiet", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct demo demo = {.out = stdout};
    unsigned columns;
    int code, status;

    setlocale(LC_CTYPE, "");
    opterr = 0;
    while ((code = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (code == 'h') {
            fputs(help, stdout);
            return COMMAND_OK;
        }
        if (code != 'q')
            return command_usage(name, "no option %s", argv[optind - 1]);
        demo.out = NULL;
    }
    if (optind < argc)
        return command_usage(name, "there is nothing to say after the options: %s", argv[optind]);
    /* Neither an interruption nor a reader that went away may leave the folder behind. */
    interrupt_block();
    signal(SIGPIPE, SIG_IGN);
    columns = bar_columns(STDOUT_FILENO);
    demo.cells = columns < CELLS_MAX + 5 ? columns > 12 ? columns - 5 : 8 : CELLS_MAX;
    rangeset_init(&demo.requested);
    rangeset_init(&demo.filled);
    status = run(&demo);
    server_stop(demo.server);
    unlink(demo.file);
    rmdir(demo.folder);
    rangeset_release(&demo.requested);
    rangeset_release(&demo.filled);
    return status;
}
