/* test_api_http.c: what a client asks of a job's requests, from the interface down to the wire: the server is
 * scripted, and what it was sent is the evidence. The trace of every test is searched for its secrets. */
#include "suite.h"

#include <bits10_3.h>
#include <objbase.h>
#include <openbits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "raw_server.h"
#include "raw_tls.h"

#define BODY     "0123456789"
#define DATED    "Last-Modified: Sun, 13 Sep 2020 12:26:40 GMT\r\n"
#define SIZE     "HTTP/1.1 200 OK\r\n" DATED "Content-Length: 10\r\n\r\n" /* of a HEAD */
#define WHOLE    SIZE BODY
#define PART     "HTTP/1.1 206 P\r\n" DATED "Content-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n" BODY
#define WHO      "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
#define LIMIT_MS 20000

struct world {
    struct folder folder, stores;
    struct raw_server *server;
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    IBackgroundCopyJobHttpOptions3 *http;
    char trace[600], ca_file[600];
};

static void ask_job(struct world *world)
{
    GUID id;

    ck_assert_int_eq(
        IBackgroundCopyManager_CreateJob(world->manager, L"http", BG_JOB_TYPE_DOWNLOAD, &id, &world->job),
        S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(world->job, &IID_IBackgroundCopyJobHttpOptions3,
                                                       (void **)&world->http),
                     S_OK);
}

static void add_file(struct world *world, const char *url)
{
    WCHAR remote[256], local[1024];

    swprintf(remote, 256, L"%s/f", url);
    swprintf(local, 1024, L"%s/f", world->folder.path);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(world->job, remote, local), S_OK);
}

struct script {
    const struct raw_answer *answers;
    size_t count;
    const struct raw_tls *tls; /* with is_tls */
    bool is_tls;
    DWORD flags;
};

static void world_open(struct world *world, const struct script *script)
{
    struct openbits_options options = {
        .size = sizeof options, .flags = script->flags, .trace_file = world->trace};

    memset(world, 0, sizeof *world);
    folder_make(&world->folder);
    folder_make(&world->stores);
    snprintf(world->trace, sizeof world->trace, "%s/trace", world->folder.path);
    snprintf(world->ca_file, sizeof world->ca_file, "%s/ca.pem", world->folder.path);
    setenv("OPENBITS_CERTIFICATES", world->stores.path, 1);
    for (size_t i = 0; i < 2; i++)
        unsetenv(i == 0 ? "http_proxy" : "https_proxy");
    world->server =
        raw_server_start(&(struct raw_options){.answers = script->answers,
                                               .count = script->count,
                                               .tls_folder = script->is_tls ? world->folder.path : NULL,
                                               .tls = script->tls});
    if (script->is_tls)
        options.ca_file = world->ca_file;
    ck_assert_int_eq(openbits_create_manager(&options, &world->manager), S_OK);
    ask_job(world);
    add_file(world, raw_server_url(world->server));
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    struct stat stat;
    char *text;

    ck_assert_msg(file != NULL, "%s", path);
    ck_assert_int_eq(fstat(fileno(file), &stat), 0);
    text = calloc(1, (size_t)stat.st_size + 1);
    ck_assert_uint_eq(fread(text, 1, (size_t)stat.st_size, file), (size_t)stat.st_size);
    fclose(file);
    return text;
}

static void world_close(struct world *world)
{
    char *trace;

    IBackgroundCopyJob_Cancel(world->job);
    IBackgroundCopyJobHttpOptions3_Release(world->http);
    IBackgroundCopyJob_Release(world->job);
    IBackgroundCopyManager_Release(world->manager);
    trace = read_file(world->trace);
    ck_assert_ptr_nonnull(strstr(trace, "\"job\""));
    ck_assert_ptr_null(strstr(trace, "SECRET"));
    free(trace);
    raw_server_stop(world->server);
    folder_remove(&world->folder);
    folder_remove(&world->stores);
}

static BG_JOB_STATE state_of(struct world *world)
{
    BG_JOB_STATE state;

    ck_assert_int_eq(IBackgroundCopyJob_GetState(world->job, &state), S_OK);
    return state;
}

static BOOL rests(void *context)
{
    BG_JOB_STATE state = state_of(context);

    return state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_TRANSIENT_ERROR ||
           state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_SUSPENDED;
}

static BG_JOB_STATE resume(struct world *world)
{
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world->job), S_OK);
    ck_assert_int_eq(openbits_pump(world->manager, rests, world, LIMIT_MS), S_OK);
    return state_of(world);
}

static HRESULT error_of(struct world *world, BG_ERROR_CONTEXT *context)
{
    IBackgroundCopyError *error;
    HRESULT hr;

    ck_assert_int_eq(IBackgroundCopyJob_GetError(world->job, &error), S_OK);
    ck_assert_int_eq(IBackgroundCopyError_GetError(error, context, &hr), S_OK);
    IBackgroundCopyError_Release(error);
    return hr;
}

static void assert_error(struct world *world, HRESULT expected, BG_ERROR_CONTEXT where)
{
    BG_ERROR_CONTEXT context;
    HRESULT hr = error_of(world, &context);

    ck_assert_msg(hr == expected, "0x%08x", (unsigned)hr);
    ck_assert_int_eq(context, where);
}

static void assert_content(struct world *world)
{
    char path[600], *text;

    ck_assert_int_eq(IBackgroundCopyJob_Complete(world->job), S_OK);
    snprintf(path, sizeof path, "%s/f", world->folder.path);
    text = read_file(path);
    ck_assert_str_eq(text, BODY);
    free(text);
}

static unsigned times_sent(struct raw_server *server, const char *text)
{
    char *requests = raw_server_requests(server);
    unsigned count = 0;

    for (const char *at = requests; (at = strstr(at, text)); at++)
        count++;
    free(requests);
    return count;
}

static void assert_remote_name(struct world *world, const char *url)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    WCHAR expected[256];
    LPWSTR name;
    ULONG got;

    swprintf(expected, 256, L"%s", url);
    ck_assert_int_eq(IBackgroundCopyJob_EnumFiles(world->job, &files), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(files, 1, &file, &got), S_OK);
    ck_assert_int_eq(IBackgroundCopyFile_GetRemoteName(file, &name), S_OK);
    ck_assert_msg(wcscmp(name, expected) == 0, "%ls", name);
    CoTaskMemFree(name);
    IBackgroundCopyFile_Release(file);
    IEnumBackgroundCopyFiles_Release(files);
}

/* --- credentials: an error, SetCredentials, Resume */

static HRESULT set_credentials(struct world *world, const WCHAR *user, const WCHAR *password)
{
    BG_AUTH_CREDENTIALS credentials = {.Target = BG_AUTH_TARGET_SERVER, .Scheme = BG_AUTH_SCHEME_BASIC};
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    credentials.Credentials.Basic.UserName = (LPWSTR)(uintptr_t)user;
    credentials.Credentials.Basic.Password = (LPWSTR)(uintptr_t)password;
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(world->job, &IID_IBackgroundCopyJob2, (void **)&job2),
                     S_OK);
    hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    IBackgroundCopyJob2_Release(job2);
    return hr;
}

START_TEST(test_401_then_credentials_then_resume)
{
    static const struct raw_answer answers[] = {
        {.bytes = WHO}, {.bytes = WHO}, {.bytes = SIZE}, {.bytes = PART}};
    const struct script script = {answers, 4, NULL, false, 0};
    struct world world;

    world_open(&world, &script);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(world.http, L"X-Key: SECRET1"), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, BG_E_HTTP_ERROR_401, BG_ERROR_CONTEXT_REMOTE_FILE);
    ck_assert_uint_eq(raw_server_request_count(world.server), 1);
    ck_assert_int_eq(set_credentials(&world, L"user", L"SECRET2"), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    /* "user:SECRET2": once for the challenge, then at once */
    ck_assert_uint_eq(times_sent(world.server, "Authorization: Basic dXNlcjpTRUNSRVQy\r\n"), 2);
    ck_assert_uint_eq(times_sent(world.server, "X-Key: SECRET1\r\n"), 4);
    assert_content(&world);
    world_close(&world);
}
END_TEST

/* --- redirects */

START_TEST(test_reported_redirect_changes_the_name_and_nothing_else)
{
    static const struct raw_answer there[] = {{.bytes = SIZE}, {.bytes = PART}};
    char moved[256], target[128];
    struct raw_answer answer = {.bytes = moved};
    const struct script script = {&answer, 1, NULL, false, 0};
    struct raw_server *to = raw_server_start(&(struct raw_options){.answers = there, .count = 2});
    struct world world;

    snprintf(target, sizeof target, "%s/final", raw_server_url(to));
    snprintf(moved, sizeof moved, "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n", target);
    world_open(&world, &script);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(world.http, L"X-Key: SECRET"), S_OK);
    ck_assert_int_eq(
        IBackgroundCopyJobHttpOptions3_SetSecurityFlags(world.http, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT),
        S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    assert_remote_name(&world, target);
    ck_assert_uint_eq(raw_server_request_count(world.server), 1); /* the range was asked of the new address */
    ck_assert_uint_eq(raw_server_request_count(to), 2);
    ck_assert_uint_eq(times_sent(world.server, "X-Key"), 1);
    ck_assert_uint_eq(times_sent(to, "X-Key"), 0);
    assert_content(&world);
    world_close(&world);
    raw_server_stop(to);
}
END_TEST

START_TEST(test_refused_redirect_is_an_error_and_changes_the_name)
{
    static const struct raw_answer answer = {
        .bytes = "HTTP/1.1 307 F\r\nContent-Length: 0\r\nLocation: http://other.example/g\r\n\r\n"};
    const struct script script = {&answer, 1, NULL, false, 0};
    struct world world;

    world_open(&world, &script);
    ck_assert_int_eq(
        IBackgroundCopyJobHttpOptions3_SetSecurityFlags(world.http, BG_HTTP_REDIRECT_POLICY_DISALLOW), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, BG_E_HTTP_ERROR_307, BG_ERROR_CONTEXT_REMOTE_FILE);
    assert_remote_name(&world, "http://other.example/g");
    world_close(&world);
}
END_TEST

/* --- a method of the client's own */

START_TEST(test_method)
{
    static const struct raw_answer answers[] = {{.bytes = "HTTP/1.1 503 N\r\nContent-Length: 0\r\n\r\n"},
                                                {.bytes = WHOLE}};
    const struct script script = {answers, 2, NULL, false, 0};
    struct world world;

    world_open(&world, &script);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetHttpMethod(world.http, L"POST"), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR); /* not TRANSIENT_ERROR */
    assert_error(&world, BG_E_HTTP_ERROR_503, BG_ERROR_CONTEXT_REMOTE_FILE);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    ck_assert_uint_eq(times_sent(world.server, "POST /f HTTP/1.1\r\n"), 2);
    ck_assert_uint_eq(raw_server_request_count(world.server), 2);
    ck_assert_uint_eq(times_sent(world.server, "Range"), 0);
    assert_content(&world);
    world_close(&world);
}
END_TEST

START_TEST(test_method_whose_answer_is_empty)
{
    static const struct raw_answer answer = {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    const struct script script = {&answer, 1, NULL, false, 0};
    struct world world;

    world_open(&world, &script);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetHttpMethod(world.http, L"REPORT"), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    world_close(&world);
}
END_TEST

/* --- proxies */

START_TEST(test_proxy_is_used_or_cannot_be)
{
    static const struct raw_answer answers[] = {{.bytes = SIZE}, {.bytes = PART}};
    const struct script script = {answers, 2, NULL, false, 0};
    struct world world;
    WCHAR list[128];

    world_open(&world, &script);
    IBackgroundCopyJobHttpOptions3_Release(world.http);
    IBackgroundCopyJob_Cancel(world.job);
    IBackgroundCopyJob_Release(world.job);
    ask_job(&world);
    add_file(&world, "http://far.example");
    ck_assert_int_eq(IBackgroundCopyJob_SetProxySettings(world.job, BG_JOB_PROXY_USAGE_OVERRIDE,
                                                         L"user:SECRET@proxy", NULL),
                     S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, BG_E_INVALID_PROXY_INFO, BG_ERROR_CONTEXT_GENERAL_TRANSPORT);
    swprintf(list, 128, L"%s", strstr(raw_server_url(world.server), "127"));
    ck_assert_int_eq(
        IBackgroundCopyJob_SetProxySettings(world.job, BG_JOB_PROXY_USAGE_OVERRIDE, list, L"<local>"), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    ck_assert_uint_eq(times_sent(world.server, "GET http://far.example/f HTTP/1.1\r\n"), 1);
    assert_content(&world);
    world_close(&world);
}
END_TEST

/* --- who is asked about the server (R-613, decision 22) */

struct validator {
    IBackgroundCopyServerCertificateValidationCallback face;
    atomic_int refs, questions;
    HRESULT answer;
    pthread_t thread;
    int proceed[2]; /* the answer waits for a byte, if blocks */
    bool blocks;
};

static HRESULT STDMETHODCALLTYPE v_QueryInterface(IBackgroundCopyServerCertificateValidationCallback *This,
                                                  REFIID riid, void **out)
{
    *out = NULL;
    if (!IsEqualGUID(riid, &IID_IUnknown) &&
        !IsEqualGUID(riid, &IID_IBackgroundCopyServerCertificateValidationCallback))
        return E_NOINTERFACE;
    ((struct validator *)This)->refs++;
    *out = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE v_AddRef(IBackgroundCopyServerCertificateValidationCallback *This)
{
    return (ULONG)++((struct validator *)This)->refs;
}

static ULONG STDMETHODCALLTYPE v_Release(IBackgroundCopyServerCertificateValidationCallback *This)
{
    return (ULONG)--((struct validator *)This)->refs;
}

static HRESULT STDMETHODCALLTYPE v_Validate(IBackgroundCopyServerCertificateValidationCallback *This,
                                            IBackgroundCopyJob *job, IBackgroundCopyFile *file,
                                            DWORD certLength, const BYTE certData[], DWORD certEncodingType,
                                            DWORD certStoreLength, const BYTE certStoreData[])
{
    struct validator *validator = (struct validator *)This;
    BG_JOB_STATE state;
    LPWSTR name;
    char byte;

    ck_assert_int_eq(IBackgroundCopyJob_GetState(job, &state), S_OK);
    ck_assert_int_eq(IBackgroundCopyFile_GetRemoteName(file, &name), S_OK);
    CoTaskMemFree(name);
    ck_assert(certLength > 100 && certData[0] == 0x30 && certEncodingType == 1);
    ck_assert(certStoreLength > certLength && certStoreData[0] == 0x30);
    validator->thread = pthread_self();
    validator->questions++;
    if (validator->blocks)
        ck_assert_int_eq(read(validator->proceed[0], &byte, 1), 1);
    return validator->answer;
}

static IBackgroundCopyServerCertificateValidationCallbackVtbl validator_vtbl = {
    .QueryInterface = v_QueryInterface,
    .AddRef = v_AddRef,
    .Release = v_Release,
    .ValidateServerCertificate = v_Validate,
};

static void validator_init(struct validator *validator, HRESULT answer)
{
    *validator = (struct validator){.face = {&validator_vtbl}, .answer = answer};
    validator->refs = 1;
    ck_assert_int_eq(pipe(validator->proceed), 0);
}

static void validator_release(struct validator *validator)
{
    ck_assert_int_eq(validator->refs, 1);
    close(validator->proceed[0]);
    close(validator->proceed[1]);
}

static HRESULT set_validator(struct world *world, struct validator *validator)
{
    return IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(
        world->http, validator ? (IUnknown *)&validator->face : NULL);
}

static const struct raw_answer file_answers[] = {{.bytes = SIZE}, {.bytes = PART}};

/* _i == 1: with the callbacks in the pump */
START_TEST(test_an_accepted_certificate_is_asked_about_once)
{
    const struct script script = {file_answers, 2, NULL, true, _i ? OPENBITS_PUMP_CALLBACKS : 0};
    struct validator validator;
    struct world world;

    validator_init(&validator, S_OK);
    world_open(&world, &script);
    ck_assert_int_eq(set_validator(&world, &validator), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    ck_assert_int_eq(validator.questions, 1);
    ck_assert((pthread_equal(validator.thread, pthread_self()) != 0) == (_i == 1));
    ck_assert_uint_eq(raw_server_request_count(world.server), 2);
    assert_content(&world);
    world_close(&world);
    validator_release(&validator);
}
END_TEST

START_TEST(test_a_refused_certificate_is_asked_about_again)
{
    const struct script script = {file_answers, 2, NULL, true, 0};
    struct validator validator;
    struct world world;

    validator_init(&validator, E_ACCESSDENIED);
    world_open(&world, &script);
    ck_assert_int_eq(set_validator(&world, &validator), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSIENT_ERROR);
    assert_error(&world, E_ACCESSDENIED, BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK);
    ck_assert_int_eq(set_validator(&world, NULL), BG_E_READ_ONLY_WHEN_JOB_ACTIVE);
    ck_assert_uint_eq(raw_server_request_count(world.server), 0);

    validator.answer = S_OK;
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    ck_assert_int_eq(validator.questions, 2);
    ck_assert_int_eq(set_validator(&world, NULL), S_OK);
    ck_assert_int_eq(validator.refs, 1);
    world_close(&world);
    validator_release(&validator);
}
END_TEST

/* A client whose process is gone answers by COM's codes. */
START_TEST(test_nobody_is_there_to_be_asked)
{
    const struct script script = {file_answers, 2, NULL, true, 0};
    struct validator validator;
    struct world world;

    validator_init(&validator, (HRESULT)0x80010108);
    world_open(&world, &script);
    ck_assert_int_eq(set_validator(&world, &validator), S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED,
                 BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK);
    world_close(&world);
    validator_release(&validator);
}
END_TEST

static BOOL is_asked(void *context)
{
    return ((struct validator *)context)->questions > 0;
}

/* While the client thinks nothing else waits; its answer may come when nobody wants it any more. */
START_TEST(test_a_question_holds_nobody_up)
{
    const struct script script = {file_answers, 2, NULL, true, 0};
    struct validator validator;
    struct world world;

    validator_init(&validator, _i == 0 ? S_OK : E_FAIL);
    validator.blocks = true;
    world_open(&world, &script);
    ck_assert_int_eq(set_validator(&world, &validator), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world.job), S_OK);
    ck_assert_int_eq(openbits_pump(world.manager, is_asked, &validator, LIMIT_MS), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_Suspend(world.job), S_OK);
    ck_assert_int_eq(state_of(&world), BG_JOB_STATE_SUSPENDED);
    if (_i == 0) { /* the answer is kept for later */
        ck_assert_int_eq(write(validator.proceed[1], "aa", 2), 2);
        ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
        ck_assert_int_eq(validator.questions, 1);
    } else { /* the job is gone */
        ck_assert_int_eq(IBackgroundCopyJob_Cancel(world.job), S_OK);
        ck_assert_int_eq(write(validator.proceed[1], "a", 1), 1);
    }
    world_close(&world);
    ck_assert_int_eq(validator.refs, 1);
    validator_release(&validator);
}
END_TEST

/* --- the client's own certificate */

START_TEST(test_client_certificate)
{
    static const struct raw_tls tls = {.peer = RAW_PEER_NEEDED};
    const struct script script = {file_answers, 2, &tls, true, 0};
    struct world world;
    char path[700], location[600], peer[64];
    BG_CERT_STORE_LOCATION where;
    LPWSTR store = NULL, subject = NULL;
    byte *hash = NULL;
    uint8_t sha1[20];

    world_open(&world, &script);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, (HRESULT)0x80072F0C, BG_ERROR_CONTEXT_GENERAL_TRANSPORT);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                         world.http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", L"alice"),
                     (HRESULT)0x80070002);

    snprintf(location, sizeof location, "%s/current-user", world.stores.path);
    ck_assert_int_eq(mkdir(location, 0700), 0);
    snprintf(path, sizeof path, "%s/My", location);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/My/alice.pem", location);
    raw_tls_client(path, "Alice", sha1);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                         world.http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", L"bob"),
                     (HRESULT)0x80092004);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(
                         world.http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", sha1),
                     S_OK);
    ck_assert_int_eq(
        IBackgroundCopyJobHttpOptions3_GetClientCertificate(world.http, &where, &store, &hash, &subject),
        S_OK);
    ck_assert(where == BG_CERT_STORE_LOCATION_CURRENT_USER && wcscmp(store, L"MY") == 0);
    ck_assert_int_eq(wcscmp(subject, L"Alice"), 0);
    ck_assert_mem_eq(hash, sha1, 20);
    CoTaskMemFree(store);
    CoTaskMemFree(subject);
    CoTaskMemFree(hash);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    raw_server_peer(world.server, peer, sizeof peer);
    ck_assert_str_eq(peer, "Alice");
    assert_content(&world);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(location);
    world_close(&world);
}
END_TEST

/* The flags reach the wire (the faults one by one are fetch's tests). */
START_TEST(test_flags_forgive)
{
    static const struct raw_tls tls = {.names = "DNS:other.example", .until_s = -60};
    const struct script script = {file_answers, 2, &tls, true, 0};
    struct world world;

    world_open(&world, &script);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_ERROR);
    assert_error(&world, (HRESULT)0x80072F8F, BG_ERROR_CONTEXT_GENERAL_TRANSPORT);
    ck_assert_int_eq(IBackgroundCopyJobHttpOptions3_SetSecurityFlags(
                         world.http, BG_SSL_IGNORE_CERT_CN_INVALID | BG_SSL_IGNORE_CERT_DATE_INVALID),
                     S_OK);
    ck_assert_int_eq(resume(&world), BG_JOB_STATE_TRANSFERRED);
    assert_content(&world);
    world_close(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api http");
    TCase *tcase = tcase_create("options");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_401_then_credentials_then_resume);
    tcase_add_test(tcase, test_reported_redirect_changes_the_name_and_nothing_else);
    tcase_add_test(tcase, test_refused_redirect_is_an_error_and_changes_the_name);
    tcase_add_test(tcase, test_method);
    tcase_add_test(tcase, test_method_whose_answer_is_empty);
    tcase_add_test(tcase, test_proxy_is_used_or_cannot_be);
    tcase_add_loop_test(tcase, test_an_accepted_certificate_is_asked_about_once, 0, 2);
    tcase_add_test(tcase, test_a_refused_certificate_is_asked_about_again);
    tcase_add_test(tcase, test_nobody_is_there_to_be_asked);
    tcase_add_loop_test(tcase, test_a_question_holds_nobody_up, 0, 2);
    tcase_add_test(tcase, test_client_certificate);
    tcase_add_test(tcase, test_flags_forgive);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
