/* test_com_trace.c: every call is two lines that obey the schema; secrets are in none. */
#include "suite.h"

#include <jansson.h>
#include <objbase.h>
#include <string.h>

#include "folder.h"
#include "json_schema.h"
#include "probe.h"
#include "zoo.h"

static struct folder folder;
static struct zoo zoo;
static json_t *lines; /* of the trace, once it is closed */

static void open_zoo(void)
{
    folder_make(&folder);
    zoo_open(&zoo, folder_path(&folder, "trace"));
}

/* Ends the zoo and reads what was traced; each line must obey the schema. */
static void read_trace(void)
{
    json_t *schema = json_load_file(TOP_SRCDIR "/data/schema/json/trace.schema.json", 0, NULL);
    FILE *file;
    char *line = NULL;
    size_t room = 0;

    zoo_close(&zoo);
    lines = json_array();
    file = fopen(folder_path(&folder, "trace"), "r");
    ck_assert_ptr_nonnull(file);
    while (getline(&line, &room, file) > 0) {
        json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

        ck_assert_msg(object != NULL, "no JSON: %s", line);
        ck_assert_msg(schema_accepts(schema, schema, object), "against the schema: %s", line);
        json_array_append_new(lines, object);
    }
    free(line);
    fclose(file);
    json_decref(schema);
}

static void close_trace(void)
{
    json_decref(lines);
    folder_remove(&folder);
}

/* The last line of that kind and method. */
static json_t *find(const char *kind, const char *method)
{
    json_t *found = NULL, *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        const char *of = json_string_value(json_object_get(line, "method"));

        if (strcmp(json_string_value(json_object_get(line, "kind")), kind) == 0 && of &&
            strcmp(of, method) == 0)
            found = line;
    }
    ck_assert_msg(found != NULL, "no %s of %s", kind, method);
    return found;
}

static void assert_json(json_t *object, const char *key, const char *expected)
{
    char *text = json_dumps(json_object_get(object, key), JSON_COMPACT | JSON_ENCODE_ANY);

    ck_assert_msg(text && strcmp(text, expected) == 0, "%s is %s", key, text ? text : "not there");
    free(text);
}

START_TEST(test_a_call_and_its_return)
{
    BG_FILE_RANGE ranges[] = {{5, 10}, {100, BG_LENGTH_TO_EOF}};
    IBackgroundCopyFile6 *file;

    ck_assert_int_eq(IBackgroundCopyFile_QueryInterface(zoo.file, &IID_IBackgroundCopyFile6, (void **)&file),
                     S_OK);
    zoo.engine->next = BG_E_INVALID_RANGE;
    ck_assert_int_eq(IBackgroundCopyFile6_RequestFileRanges(file, 2, ranges), BG_E_INVALID_RANGE);
    IBackgroundCopyFile6_Release(file);
    read_trace();
    json_t *call = find("call", "IBackgroundCopyFile6::RequestFileRanges");
    json_t *back = find("return", "IBackgroundCopyFile6::RequestFileRanges");

    assert_json(call, "args", "{\"rangeCount\":2,\"ranges\":[[5,10],[100,\"18446744073709551615\"]]}");
    assert_json(call, "file", "0");
    assert_json(call, "job", "\"{00000001-0000-0000-0000-000000000000}\"");
    assert_json(back, "hr", "\"0x8020002B\"");
    assert_json(back, "hr_name", "\"BG_E_INVALID_RANGE\"");
    ck_assert_ptr_null(json_object_get(back, "out"));
}
END_TEST

START_TEST(test_outputs_of_a_success)
{
    BITS_JOB_PROPERTY_VALUE value = {.Enable = 5};
    BG_JOB_PROGRESS progress;
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob5 *job5;
    BG_FILE_RANGE *filled;
    BG_JOB_STATE state;
    DWORD count;

    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(zoo.job, &IID_IBackgroundCopyJob5, (void **)&job5),
                     S_OK);
    ck_assert_int_eq(IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value), S_OK);
    IBackgroundCopyJob5_Release(job5);
    ck_assert_int_eq(IBackgroundCopyJob_GetState(zoo.job, &state), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_GetProgress(zoo.job, &progress), S_OK);
    zoo.fake_job->filled[0] = (struct range){3, 10};
    zoo.fake_job->filled_count = 1;
    ck_assert_int_eq(IBackgroundCopyFile_QueryInterface(zoo.file, &IID_IBackgroundCopyFile6, (void **)&file),
                     S_OK);
    ck_assert_int_eq(IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled), S_OK);
    CoTaskMemFree(filled);
    IBackgroundCopyFile6_Release(file);
    read_trace();
    assert_json(find("call", "IBackgroundCopyJob5::SetProperty"), "args",
                "{\"PropertyId\":10,\"value\":true}");
    assert_json(find("return", "IBackgroundCopyJob::GetState"), "out", "{\"pVal\":\"SUSPENDED\"}");
    assert_json(find("return", "IBackgroundCopyJob::GetProgress"), "out",
                "{\"bytes_total\":0,\"bytes_transferred\":0,\"files_total\":0,\"files_transferred\":0}");
    assert_json(find("return", "IBackgroundCopyFile6::GetFilledFileRanges"), "out",
                "{\"rangeCount\":1,\"ranges\":[[3,7]]}");
    assert_json(find("return", "IBackgroundCopyManager::CreateJob"), "job",
                "\"{00000001-0000-0000-0000-000000000000}\"");
    assert_json(find("call", "IBackgroundCopyJob::AddFile"), "args",
                "{\"RemoteUrl\":\"https://host/b\",\"LocalName\":\"/tmp/b\"}");
}
END_TEST

START_TEST(test_secrets_are_left_out)
{
    static WCHAR user[] = L"someuser", password[] = L"SECRET1", url[] = L"http://someuser:SECRET2@host/x@y",
                 local[] = L"/x";
    BG_AUTH_CREDENTIALS credentials = {BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, {{user, password}}};
    IBackgroundCopyJobHttpOptions *http;
    BG_FILE_INFO set = {url, local};
    IBackgroundCopyJob2 *job2;
    IUnknown *given;
    char text[65536];
    FILE *file;

    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(zoo.job, &IID_IBackgroundCopyJob2, (void **)&job2),
                     S_OK);
    IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    IBackgroundCopyJob2_SetNotifyCmdLine(job2, L"/bin/x", L"/bin/x SECRET3");
    IBackgroundCopyJob2_Release(job2);
    ck_assert_int_eq(
        IBackgroundCopyJob_QueryInterface(zoo.job, &IID_IBackgroundCopyJobHttpOptions, (void **)&http), S_OK);
    IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"Authorization: SECRET4");
    IBackgroundCopyJobHttpOptions_Release(http);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(zoo.job, url, L"/x"), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFileSet(zoo.job, 1, &set), S_OK);
    IBackgroundCopyJob_SetProxySettings(zoo.job, BG_JOB_PROXY_USAGE_OVERRIDE,
                                        L"http://p:SECRET5@proxy:1 https://q:SECRET6@proxy", NULL);
    ck_assert_int_eq(IBackgroundCopyJob_GetNotifyInterface(zoo.job, &given), S_OK);
    read_trace();
    find("call", "IBackgroundCopyJob2::SetCredentials");
    assert_json(find("call", "IBackgroundCopyJobHttpOptions::SetCustomHeaders"), "args", "{}");
    assert_json(
        find("call", "IBackgroundCopyJob::AddFileSet"), "args",
        "{\"cFileCount\":1,\"RemoteName0\":\"http://****************@host/x@y\",\"LocalName0\":\"/x\"}");
    file = fopen(folder_path(&folder, "trace"), "r");
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    ck_assert_ptr_null(strstr(text, "SECRET"));
    ck_assert_ptr_null(strstr(text, "someuser"));
}
END_TEST

START_TEST(test_every_method_has_its_lines)
{
    for (size_t i = 0; i < com_case_count; i++) {
        struct probe probe;
        IUnknown *face;

        ck_assert_int_eq(
            IUnknown_QueryInterface(zoo_object(&zoo, com_cases[i].object), com_cases[i].iid, (void **)&face),
            S_OK);
        memset(&probe, 0, sizeof probe);
        probe.null = com_cases[i].pointers - 1; /* refused or unimplemented, so it does nothing */
        if (com_cases[i].pointers > 0 || com_cases[i].unimplemented)
            com_cases[i].call(face, &probe);
        IUnknown_Release(face);
    }
    read_trace();
    for (size_t i = 0; i < com_case_count; i++)
        if (com_cases[i].pointers > 0 || com_cases[i].unimplemented) {
            find("call", com_cases[i].method);
            find("return", com_cases[i].method);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com trace");
    TCase *tcase = tcase_create("lines");

    tcase_add_checked_fixture(tcase, open_zoo, close_trace);
    tcase_add_test(tcase, test_a_call_and_its_return);
    tcase_add_test(tcase, test_outputs_of_a_success);
    tcase_add_test(tcase, test_secrets_are_left_out);
    tcase_add_test(tcase, test_every_method_has_its_lines);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
