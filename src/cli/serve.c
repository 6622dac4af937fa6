/* serve.c: `openbits serve`, the test server by itself.
 *
 * SIGINT and SIGTERM are blocked before the server's threads are made, which inherit that, and waited for:
 * there is no handler, and nothing runs in this thread while the server works.
 */
#include <config.h>

#include "cli/command.h"
#include "cli/fault_list.h"
#include "cli/number.h"
#include "server/control.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "serve";

static const char help[] =
    "Usage: openbits serve [OPTION]...\n"
    "A test server for downloads: HTTP/1.1 with ranges, validators and conditions.\n\n"
    "  --file NAME=SIZE[:SEED]  serve a synthetic file of SIZE bytes at NAME; its content\n"
    "                           follows from SEED (0) and the offset. May be repeated\n"
    "  --root DIR               serve this folder too; no link leads out of it\n"
    "  --address ADDRESS        listen there (127.0.0.1)\n"
    "  --port N                 listen on this port (any free one)\n"
    "  --tls                    HTTPS on another port, with a certificate made at start\n"
    "  --authority FILE         write what clients must trust for it, in PEM\n"
    "  --no-http2               not on the HTTPS port\n"
    "  --proxy                  grant CONNECT; every tunnel leads here\n"
    "  --basic NAME:PASSWORD, --digest NAME:PASSWORD\n"
    "                           let in only who knows these\n"
    "  --threads N              answer with so many threads (1)\n"
    "  --log FILE               append a JSON line for each request\n"
    "  --fault ID[@PATH][:KEY=VALUE,...]\n"
    "                           misbehave; may be repeated\n"
    "  --control                let programs of this machine add faults and read the log\n"
    "                           while it runs; the ready line has where, and a token\n"
    "  --list-faults            list what misbehaviour there is, and end\n"
    "  --json                   list it as JSON\n"
    "  --ready-fd N             write the ready line to this descriptor, not to\n"
    "                           standard output, and close it\n"
    "  --quiet                  nothing for people on standard error\n"
    "  --help                   this\n\n"
    "SIZE may end in K, M, G or T (times 1024). When it can be connected to, one line is written:\n"
    "  {\"url\":\"http://127.0.0.1:34567\",\"port\":34567,\"pid\":4711}\n"
    "SIGINT and SIGTERM end it, with status 0. Status 1: it cannot serve; 2: wrong usage.\n\n"
    "Examples:\n"
    "  openbits serve --file /f=1M:7 --file /huge=4T\n"
    "  openbits serve --file /f=1M --fault A01@/f:req=2.. --fault F01@/f:after=64K,for=30s\n"
    "  openbits serve --root ~/mirror --port 8080 --log requests.jsonl\n"
    "  curl -r 5-9,-3 http://127.0.0.1:8080/some/file\n";

struct settings {
    struct server_options server;
    struct server_file *files; /* as many as arguments are plenty; paths are owned */
    size_t file_count;
    const char **faults; /* the same; borrowed */
    size_t fault_count;
    const char *authority; /* a file; NULL: none */
    char *login;           /* NAME, NUL, PASSWORD; owned */
    int ready_fd;          /* -1: standard output */
    bool quiet, listing, json, controlled;
};

static void settings_release(struct settings *s)
{
    for (size_t i = 0; i < s->file_count; i++)
        free((void *)(uintptr_t)s->files[i].path);
    free(s->files);
    free(s->faults);
    free(s->login);
}

/* NAME=SIZE[:SEED]; a name may have '=' in it, the last one counts. */
static bool add_file(struct settings *s, const char *text)
{
    /* A fixed date, so that the same command line serves the same file: 1 January 2020. */
    struct server_file file = {.last_modified_s = 1577836800};
    const char *equals = strrchr(text, '=');
    const char *lead = text[0] == '/' ? "" : "/";
    char *path = NULL, *size;
    bool ok;

    if (!equals || equals == text)
        return false;
    size = strdup(equals + 1);
    if (!size || asprintf(&path, "%s%.*s", lead, (int)(equals - text), text) < 0) {
        free(size);
        return false;
    }
    if (strchr(size, ':')) {
        char *seed = strchr(size, ':');

        *seed++ = '\0';
        ok = number_parse(seed, UINT64_MAX, &file.seed);
    } else {
        ok = true;
    }
    ok = ok && number_parse_size(size, SERVER_FILE_SIZE_MAX, &file.size);
    free(size);
    file.path = path;
    s->files[s->file_count++] = file;
    return ok;
}

/* NAME:PASSWORD; a name has no colon. */
static bool set_login(struct settings *s, enum server_login scheme, const char *text)
{
    char *colon;

    free(s->login);
    s->login = strdup(text);
    colon = s->login ? strchr(s->login, ':') : NULL;
    if (!colon || colon == s->login)
        return false;
    *colon = '\0';
    s->server.login = scheme;
    s->server.user = s->login;
    s->server.password = colon + 1;
    return true;
}

enum option_code {
    OPT_FILE = 1,
    OPT_ROOT,
    OPT_ADDRESS,
    OPT_PORT,
    OPT_THREADS,
    OPT_TLS,
    OPT_AUTHORITY,
    OPT_NO_HTTP2,
    OPT_PROXY,
    OPT_BASIC,
    OPT_DIGEST,
    OPT_LOG,
    OPT_FAULT,
    OPT_CONTROL,
    OPT_LIST_FAULTS,
    OPT_JSON,
    OPT_READY_FD,
    OPT_QUIET,
    OPT_HELP
};

static const struct option options[] = {
    {"file", required_argument, NULL, OPT_FILE},
    {"root", required_argument, NULL, OPT_ROOT},
    {"address", required_argument, NULL, OPT_ADDRESS},
    {"port", required_argument, NULL, OPT_PORT},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"tls", no_argument, NULL, OPT_TLS},
    {"authority", required_argument, NULL, OPT_AUTHORITY},
    {"no-http2", no_argument, NULL, OPT_NO_HTTP2},
    {"proxy", no_argument, NULL, OPT_PROXY},
    {"basic", required_argument, NULL, OPT_BASIC},
    {"digest", required_argument, NULL, OPT_DIGEST},
    {"log", required_argument, NULL, OPT_LOG},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"control", no_argument, NULL, OPT_CONTROL},
    {"list-faults", no_argument, NULL, OPT_LIST_FAULTS},
    {"json", no_argument, NULL, OPT_JSON},
    {"ready-fd", required_argument, NULL, OPT_READY_FD},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

enum parsed { PARSED_RUN, PARSED_HELP, PARSED_LIST, PARSED_WRONG };

static enum parsed parse(struct settings *s, int argc, char **argv)
{
    uint64_t n;
    int code;

    opterr = 0;
    while ((code = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (code) {
        case OPT_FILE:
            if (!add_file(s, optarg)) {
                command_usage(name, "--file %s: not NAME=SIZE[:SEED], as in /f=16M:7", optarg);
                return PARSED_WRONG;
            }
            break;
        case OPT_ROOT:
            s->server.root = optarg;
            break;
        case OPT_ADDRESS:
            s->server.address = optarg;
            break;
        case OPT_PORT:
            if (!number_parse(optarg, UINT16_MAX, &n)) {
                command_usage(name, "--port %s: not a number from 0 to 65535", optarg);
                return PARSED_WRONG;
            }
            s->server.port = (uint16_t)n;
            break;
        case OPT_THREADS:
            if (!number_parse(optarg, 64, &n) || n == 0) {
                command_usage(name, "--threads %s: not a number from 1 to 64", optarg);
                return PARSED_WRONG;
            }
            s->server.threads = (unsigned)n;
            break;
        case OPT_TLS:
            s->server.flags |= SERVER_TLS;
            break;
        case OPT_AUTHORITY:
            s->authority = optarg;
            break;
        case OPT_NO_HTTP2:
            s->server.flags |= SERVER_NO_HTTP2;
            break;
        case OPT_PROXY:
            s->server.flags |= SERVER_PROXY;
            break;
        case OPT_BASIC:
        case OPT_DIGEST:
            if (!set_login(s, code == OPT_BASIC ? SERVER_LOGIN_BASIC : SERVER_LOGIN_DIGEST, optarg)) {
                command_usage(name, "--%s: not NAME:PASSWORD", code == OPT_BASIC ? "basic" : "digest");
                return PARSED_WRONG;
            }
            break;
        case OPT_LOG:
            s->server.log_file = optarg;
            break;
        case OPT_FAULT:
            s->faults[s->fault_count++] = optarg;
            break;
        case OPT_CONTROL:
            s->controlled = true;
            break;
        case OPT_LIST_FAULTS:
            s->listing = true;
            break;
        case OPT_JSON:
            s->json = true;
            break;
        case OPT_READY_FD:
            if (!number_parse(optarg, INT32_MAX, &n)) {
                command_usage(name, "--ready-fd %s: not the number of a descriptor", optarg);
                return PARSED_WRONG;
            }
            s->ready_fd = (int)n;
            break;
        case OPT_QUIET:
            s->quiet = true;
            break;
        case OPT_HELP:
            return PARSED_HELP;
        case ':':
            command_usage(name, "%s needs a value", argv[optind - 1]);
            return PARSED_WRONG;
        default:
            command_usage(name, "no option %s", argv[optind - 1]);
            return PARSED_WRONG;
        }
    }
    if (optind < argc) {
        command_usage(name, "\"%s\" is not an option; a folder is given with --root", argv[optind]);
        return PARSED_WRONG;
    }
    if (s->authority && !(s->server.flags & SERVER_TLS)) {
        command_usage(name, "--authority goes with --tls only");
        return PARSED_WRONG;
    }
    if (s->json && !s->listing) {
        command_usage(name, "--json goes with --list-faults only; the log is JSON anyway");
        return PARSED_WRONG;
    }
    return s->listing ? PARSED_LIST : PARSED_RUN;
}

/* A path or a port that cannot be had: which of them it is. */
static int cannot_have(const struct settings *s)
{
    const struct server_options *o = &s->server;
    int fd = o->root ? open(o->root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

    if (o->root && fd < 0)
        return command_trouble(name, "--root %s: %s", o->root, strerror(errno));
    if (fd >= 0)
        close(fd);
    fd = o->log_file ? open(o->log_file, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (o->log_file && fd < 0)
        return command_trouble(name, "--log %s: cannot be opened for writing: %s", o->log_file,
                               strerror(errno));
    if (fd >= 0)
        close(fd);
    return command_trouble(name, "port %u: not permitted; take one above 1023, or leave --port out", o->port);
}

/* What went wrong, and what to do about it. */
static int cannot_start(const struct settings *s, HRESULT hr)
{
    const char *address = s->server.address ? s->server.address : "127.0.0.1";

    switch (hr) {
    case SERVER_E_PORT_IN_USE:
        return command_trouble(name,
                               "port %u of %s is in use: stop what listens there, or leave --port out for a "
                               "free one",
                               s->server.port, address);
    case SERVER_E_ADDRESS_NOT_HERE:
        return command_trouble(name, "--address %s is none of this machine's: leave it out for 127.0.0.1",
                               address);
    case E_INVALIDARG:
        return command_usage(name, "--address %s: not an IPv4 or IPv6 address in figures", address);
    case SERVER_E_NOT_A_FOLDER:
    case SERVER_E_NO_SUCH_FILE:
    case E_ACCESSDENIED:
        return cannot_have(s);
    case SERVER_E_TOO_MANY_OPEN:
        return command_trouble(name, "too many open files: raise ulimit -n");
    default:
        return command_trouble(name, "the server cannot start (0x%08" PRIX32 ")", (uint32_t)hr);
    }
}

/* control may be NULL. */
static int write_ready_line(const struct settings *s, const struct server *server,
                            const struct control *control)
{
    int fd = s->ready_fd < 0 ? STDOUT_FILENO : s->ready_fd, error = 0;
    char line[448];
    const char *tls = server_tls_url(server);
    int len = snprintf(line, sizeof line, "{\"url\":\"%s\",\"port\":%u,\"pid\":%ld%s%s%s%s%s%s%s%s}\n",
                       server_url(server), server_port(server), (long)getpid(), tls ? ",\"tls\":\"" : "",
                       tls ? tls : "", tls ? "\"" : "", control ? ",\"control\":\"" : "",
                       control ? control_url(control) : "", control ? "\",\"token\":\"" : "",
                       control ? control_token(control) : "", control ? "\"" : "");

    /* A line this short is written whole or not at all. */
    if (write(fd, line, (size_t)len) != len)
        error = errno;
    if (s->ready_fd >= 0 && close(fd) < 0 && !error)
        error = errno;
    if (error)
        return command_trouble(name, "cannot write the ready line to descriptor %d: %s", fd, strerror(error));
    return COMMAND_OK;
}

/* An enum command_exit. */
static int add_faults(const struct settings *s, struct server *server)
{
    for (size_t i = 0; i < s->fault_count; i++) {
        struct server_fault_trouble bad;
        HRESULT hr = server_add_fault(server, s->faults[i], &bad);

        if (hr == E_INVALIDARG)
            return command_usage(name, "--fault %s: at character %zu: %s", s->faults[i], bad.at + 1,
                                 bad.text);
        if (FAILED(hr))
            return command_trouble(name, "out of memory");
    }
    return COMMAND_OK;
}

/* An enum command_exit. */
static int write_authority(const struct settings *s, const struct server *server)
{
    FILE *f;
    bool ok;

    if (!s->authority)
        return COMMAND_OK;
    f = fopen(s->authority, "we");
    ok = f && fputs(server_authority(server), f) >= 0;
    ok = f && fclose(f) == 0 && ok;
    return ok ? COMMAND_OK : command_trouble(name, "--authority %s: %s", s->authority, strerror(errno));
}

static int serve(const struct settings *s)
{
    struct control *control = NULL;
    struct server *server;
    sigset_t ending;
    int status, signal_number;
    HRESULT hr;

    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    hr = server_start(&s->server, &server);
    if (FAILED(hr))
        return cannot_start(s, hr);
    for (size_t i = 0; i < s->file_count; i++) {
        hr = server_add_file(server, &s->files[i]);
        if (FAILED(hr)) {
            server_stop(server);
            return cannot_start(s, hr);
        }
    }
    status = add_faults(s, server);
    if (status == COMMAND_OK)
        status = write_authority(s, server);
    if (status == COMMAND_OK && s->controlled && FAILED(control_start(server, 0, &control)))
        status = command_trouble(name, "the control interface cannot start");
    if (status == COMMAND_OK)
        status = write_ready_line(s, server, control);
    if (status == COMMAND_OK) {
        if (!s->quiet)
            fprintf(stderr, "openbits serve: %s, until it is interrupted\n", server_url(server));
        sigwait(&ending, &signal_number);
        if (!s->quiet)
            fprintf(stderr, "openbits serve: %" PRIu64 " requests\n", server_log_count(server));
    }
    control_stop(control);
    server_stop(server);
    return status;
}

int serve_run(int argc, char **argv)
{
    struct settings s = {.ready_fd = -1};
    int status = COMMAND_USAGE;

    s.files = calloc((size_t)argc, sizeof *s.files);
    s.faults = calloc((size_t)argc, sizeof *s.faults);
    if (!s.files || !s.faults) {
        settings_release(&s);
        return command_trouble(name, "out of memory");
    }
    switch (parse(&s, argc, argv)) {
    case PARSED_RUN:
        status = serve(&s);
        break;
    case PARSED_HELP:
        fputs(help, stdout);
        status = COMMAND_OK;
        break;
    case PARSED_LIST:
        status = fault_list_print(s.json ? FAULT_LIST_JSON : FAULT_LIST_TABLE);
        break;
    case PARSED_WRONG:
        break;
    }
    settings_release(&s);
    return status;
}
