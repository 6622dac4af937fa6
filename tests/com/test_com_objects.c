/* test_com_objects.c: what the bodies behind the entries do: values carried over, results handed on, counts.
 */
#include "suite.h"

#include <objbase.h>
#include <string.h>
#include <wchar.h>

#include "base/hr.h"
#include "com/com.h"
#include "zoo.h"

static struct zoo zoo;

static void open_zoo(void)
{
    zoo_open(&zoo, NULL);
}

static void close_zoo(void)
{
    zoo_close(&zoo);
}

/* --- lives */

START_TEST(test_handles_count_and_outlive_the_manager)
{
    struct engine *engine = fake_engine_new(NULL);
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job, *again;
    GUID id, same;

    ck_assert_int_eq(com_manager_create(engine, &manager), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"a", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    ck_assert_uint_eq(IBackgroundCopyManager_AddRef(manager), 2);
    ck_assert_uint_eq(IBackgroundCopyManager_Release(manager), 1);
    ck_assert_int_eq(IBackgroundCopyManager_GetJob(manager, &id, &again), S_OK);
    ck_assert_int_eq(engine->jobs[0].holds, 2);
    ck_assert_uint_eq(IBackgroundCopyManager_Release(manager), 0);
    ck_assert_uint_eq(IBackgroundCopyJob_Release(job), 0);
    ck_assert_int_eq(engine->jobs[0].holds, 1);
    ck_assert_int_eq(IBackgroundCopyJob_GetId(again, &same), S_OK);
    ck_assert(IsEqualGUID(&id, &same));
    ck_assert_uint_eq(IBackgroundCopyJob_Release(again), 0);
    ck_assert_int_eq(engine->jobs[0].holds, 0);
    fake_engine_free(engine);
}
END_TEST

START_TEST(test_a_manager_of_others_is_not_ours)
{
    static IBackgroundCopyManagerVtbl vtbl;
    IBackgroundCopyManager other = {&vtbl};

    ck_assert_ptr_eq(com_manager_engine(zoo.manager), zoo.engine);
    ck_assert_ptr_null(com_manager_engine(&other));
}
END_TEST

/* --- the manager */

START_TEST(test_create_job_carries_name_and_type)
{
    IBackgroundCopyJob *job;
    GUID id;

    ck_assert_int_eq(
        IBackgroundCopyManager_CreateJob(zoo.manager, L"n\x00e4me", BG_JOB_TYPE_UPLOAD, &id, &job), S_OK);
    ck_assert_str_eq(zoo.engine->jobs[1].text[JOB_DISPLAY_NAME], "n\xc3\xa4me");
    ck_assert_int_eq(zoo.engine->jobs[1].status.type, JOB_UPLOAD);
    ck_assert(IsEqualGUID(&id, &zoo.engine->jobs[1].id));
    IBackgroundCopyJob_Release(job);
}
END_TEST

START_TEST(test_create_job_that_fails_leaves_nothing)
{
    static const WCHAR bad[] = {0xD800, 'x', 0};
    IBackgroundCopyJob *job = (IBackgroundCopyJob *)&zoo;
    GUID id = {.Data1 = 7}, none = {0};

    zoo.engine->next = BG_E_TOO_MANY_JOBS_PER_USER;
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(zoo.manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job),
                     BG_E_TOO_MANY_JOBS_PER_USER);
    ck_assert_ptr_null(job);
    ck_assert(IsEqualGUID(&id, &none));
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(zoo.manager, bad, BG_JOB_TYPE_DOWNLOAD, &id, &job),
                     E_INVALIDARG);
    ck_assert_uint_eq(zoo.engine->job_count, 1);
}
END_TEST

START_TEST(test_get_job_hands_on_not_found)
{
    IBackgroundCopyJob *job = (IBackgroundCopyJob *)&zoo;
    GUID id = {.Data1 = 99};

    ck_assert_int_eq(IBackgroundCopyManager_GetJob(zoo.manager, &id, &job), BG_E_NOT_FOUND);
    ck_assert_ptr_null(job);
}
END_TEST

START_TEST(test_enum_jobs_flags)
{
    static const struct {
        DWORD flags;
        HRESULT hr;
    } rows[] = {
        {0, S_OK}, {1, E_ACCESSDENIED}, {2, E_INVALIDARG}, {3, E_INVALIDARG}, {0x80000000, E_INVALIDARG}};
    IEnumBackgroundCopyJobs *jobs = NULL;

    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo.manager, rows[_i].flags, &jobs), rows[_i].hr);
    ck_assert((jobs != NULL) == (rows[_i].hr == S_OK));
    if (jobs)
        IEnumBackgroundCopyJobs_Release(jobs);
}
END_TEST

START_TEST(test_languages)
{
    static const struct {
        DWORD language;
        HRESULT hr;
    } rows[] = {
        {0, E_INVALIDARG},
        {0x0409, S_OK},
        {0x0809, S_OK},
        {0x0400, S_OK},
        {0x0800, S_OK},
        {0x0009, S_OK},
        {0x10409, S_OK}, /* an LCID with a sort id */
        {0x0407, HR_LANG_NOT_FOUND},
        {0x040C, HR_LANG_NOT_FOUND},
        {0x10000, E_INVALIDARG},
    };
    LPWSTR text;

    ck_assert_int_eq(
        IBackgroundCopyManager_GetErrorDescription(zoo.manager, BG_E_EMPTY, rows[_i].language, &text),
        rows[_i].hr);
    ck_assert((text != NULL) == (rows[_i].hr == S_OK));
    CoTaskMemFree(text);
    ck_assert_int_eq(IBackgroundCopyError_GetErrorDescription(zoo.error, rows[_i].language, &text),
                     rows[_i].hr);
    CoTaskMemFree(text);
    ck_assert_int_eq(IBackgroundCopyError_GetErrorContextDescription(zoo.error, rows[_i].language, &text),
                     rows[_i].hr);
    CoTaskMemFree(text);
}
END_TEST

/* --- the job */

START_TEST(test_add_file_set_is_all_or_nothing)
{
    static WCHAR url[] = L"http://host/x", local[] = L"/tmp/x";
    BG_FILE_INFO set[2] = {{url, local}, {url, NULL}};

    ck_assert_int_eq(IBackgroundCopyJob_AddFileSet(zoo.job, 0, set), E_INVALIDARG);
    ck_assert_int_eq(IBackgroundCopyJob_AddFileSet(zoo.job, 2, set), E_INVALIDARG);
    ck_assert_uint_eq(zoo.fake_job->status.file_count, 2);
    set[1].LocalName = local;
    ck_assert_int_eq(IBackgroundCopyJob_AddFileSet(zoo.job, 2, set), S_OK);
    ck_assert_uint_eq(zoo.fake_job->status.file_count, 4);
    ck_assert_str_eq(zoo.fake_job->remote[3], "http://host/x");
    ck_assert_str_eq(zoo.fake_job->local[3], "/tmp/x");
}
END_TEST

START_TEST(test_the_four_calls_hand_on_their_result)
{
    zoo.engine->next = BG_E_INVALID_STATE;
    ck_assert_int_eq(IBackgroundCopyJob_Suspend(zoo.job), BG_E_INVALID_STATE);
    ck_assert_str_eq(zoo.engine->last, "engine_job_suspend");
    zoo.engine->next = BG_E_EMPTY;
    ck_assert_int_eq(IBackgroundCopyJob_Resume(zoo.job), BG_E_EMPTY);
    ck_assert_str_eq(zoo.engine->last, "engine_job_resume");
    zoo.engine->next = BG_S_UNABLE_TO_DELETE_FILES;
    ck_assert_int_eq(IBackgroundCopyJob_Cancel(zoo.job), BG_S_UNABLE_TO_DELETE_FILES);
    ck_assert_str_eq(zoo.engine->last, "engine_job_cancel");
    zoo.engine->next = BG_S_PARTIAL_COMPLETE;
    ck_assert_int_eq(IBackgroundCopyJob_Complete(zoo.job), BG_S_PARTIAL_COMPLETE);
    ck_assert_str_eq(zoo.engine->last, "engine_job_complete");
}
END_TEST

START_TEST(test_status_is_carried_over)
{
    struct engine_job_status *status = &zoo.fake_job->status;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    BG_JOB_STATE state;
    BG_JOB_TYPE type;
    ULONG errors;
    LPWSTR owner;

    status->state = JOB_TRANSIENT_ERROR;
    status->progress = (struct job_progress){JOB_SIZE_UNKNOWN, 5000000000, 2, 1};
    status->created_100ns = 0x0123456789ABCDEF;
    status->modified_100ns = 2;
    status->error_count = 7;
    ck_assert_int_eq(IBackgroundCopyJob_GetState(zoo.job, &state), S_OK);
    ck_assert_int_eq(state, BG_JOB_STATE_TRANSIENT_ERROR);
    ck_assert_int_eq(IBackgroundCopyJob_GetType(zoo.job, &type), S_OK);
    ck_assert_int_eq(type, BG_JOB_TYPE_DOWNLOAD);
    ck_assert_int_eq(IBackgroundCopyJob_GetProgress(zoo.job, &progress), S_OK);
    ck_assert(progress.BytesTotal == BG_SIZE_UNKNOWN && progress.BytesTransferred == 5000000000);
    ck_assert(progress.FilesTotal == 2 && progress.FilesTransferred == 1);
    ck_assert_int_eq(IBackgroundCopyJob_GetTimes(zoo.job, &times), S_OK);
    ck_assert_uint_eq(times.CreationTime.dwHighDateTime, 0x01234567);
    ck_assert_uint_eq(times.CreationTime.dwLowDateTime, 0x89ABCDEF);
    ck_assert_uint_eq(times.ModificationTime.dwLowDateTime, 2);
    ck_assert_uint_eq(times.TransferCompletionTime.dwLowDateTime, 0); /* */
    ck_assert_int_eq(IBackgroundCopyJob_GetErrorCount(zoo.job, &errors), S_OK);
    ck_assert_uint_eq(errors, 7);
    ck_assert_int_eq(IBackgroundCopyJob_GetOwner(zoo.job, &owner), S_OK);
    zoo_assert_text(owner, L"S-1-22-1-1000");
}
END_TEST

START_TEST(test_text_properties)
{
    LPWSTR text;

    ck_assert_int_eq(IBackgroundCopyJob_SetDisplayName(zoo.job, L"\x4f60"), S_OK);
    ck_assert_str_eq(zoo.fake_job->text[JOB_DISPLAY_NAME], "\xe4\xbd\xa0");
    ck_assert_int_eq(IBackgroundCopyJob_GetDisplayName(zoo.job, &text), S_OK);
    zoo_assert_text(text, L"\x4f60");
    ck_assert_int_eq(IBackgroundCopyJob_GetDescription(zoo.job, &text), S_OK);
    zoo_assert_text(text, L""); /* */
    zoo.engine->next = BG_E_STRING_TOO_LONG;
    ck_assert_int_eq(IBackgroundCopyJob_SetDescription(zoo.job, L"long"), BG_E_STRING_TOO_LONG);
    ck_assert_int_eq(IBackgroundCopyJob_SetDescription(zoo.job, L"short"), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_GetDescription(zoo.job, &text), S_OK);
    zoo_assert_text(text, L"short");
    zoo.engine->next = E_OUTOFMEMORY;
    ck_assert_int_eq(IBackgroundCopyJob_GetDescription(zoo.job, &text), E_OUTOFMEMORY);
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(test_number_properties)
{
    uint64_t *number = zoo.fake_job->number;
    BG_JOB_PRIORITY priority;
    ULONG value;

    ck_assert_int_eq(IBackgroundCopyJob_SetPriority(zoo.job, BG_JOB_PRIORITY_HIGH), S_OK);
    ck_assert_uint_eq(number[JOB_PRIORITY], JOB_HIGH);
    ck_assert_int_eq(IBackgroundCopyJob_GetPriority(zoo.job, &priority), S_OK);
    ck_assert_int_eq(priority, BG_JOB_PRIORITY_HIGH);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyFlags(zoo.job, 0x2B), S_OK);
    ck_assert_uint_eq(number[JOB_NOTIFY_FLAGS], 0x2B);
    ck_assert_int_eq(IBackgroundCopyJob_GetNotifyFlags(zoo.job, &value), S_OK);
    ck_assert_uint_eq(value, 0x2B);
    ck_assert_int_eq(IBackgroundCopyJob_SetMinimumRetryDelay(zoo.job, 60), S_OK);
    ck_assert_uint_eq(number[JOB_MINIMUM_RETRY_DELAY_S], 60);
    ck_assert_int_eq(IBackgroundCopyJob_GetMinimumRetryDelay(zoo.job, &value), S_OK);
    ck_assert_uint_eq(value, 60);
    ck_assert_int_eq(IBackgroundCopyJob_SetNoProgressTimeout(zoo.job, UINT32_MAX), S_OK);
    ck_assert_uint_eq(number[JOB_NO_PROGRESS_TIMEOUT_S], UINT32_MAX);
    ck_assert_int_eq(IBackgroundCopyJob_GetNoProgressTimeout(zoo.job, &value), S_OK);
    ck_assert_uint_eq(value, UINT32_MAX);
    zoo.engine->next = E_NOTIMPL; /* out of the enumeration: the job's own refusal */
    ck_assert_int_eq(IBackgroundCopyJob_SetPriority(zoo.job, (BG_JOB_PRIORITY)9), E_NOTIMPL);
}
END_TEST

/* --- the file */

START_TEST(test_file_texts_and_progress)
{
    struct engine_file_status *status = &zoo.fake_job->file[0];
    BG_FILE_PROGRESS progress;
    LPWSTR text;

    ck_assert_int_eq(IBackgroundCopyFile_GetRemoteName(zoo.file, &text), S_OK);
    zoo_assert_text(text, L"http://host/a");
    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(zoo.file, &text), S_OK);
    zoo_assert_text(text, L"/tmp/a");
    zoo.engine->next = E_OUTOFMEMORY;
    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(zoo.file, &text), E_OUTOFMEMORY);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(IBackgroundCopyFile_GetProgress(zoo.file, &progress), S_OK);
    ck_assert(progress.BytesTotal == BG_SIZE_UNKNOWN && progress.BytesTransferred == 0);
    ck_assert_int_eq(progress.Completed, FALSE); /* */
    *status = (struct engine_file_status){10, 10, true, false};
    ck_assert_int_eq(IBackgroundCopyFile_GetProgress(zoo.file, &progress), S_OK);
    ck_assert(progress.BytesTotal == 10 && progress.BytesTransferred == 10);
    ck_assert_int_eq(progress.Completed, TRUE);
}
END_TEST

static IBackgroundCopyFile6 *file6(void)
{
    IBackgroundCopyFile6 *file;

    ck_assert_int_eq(IBackgroundCopyFile_QueryInterface(zoo.file, &IID_IBackgroundCopyFile6, (void **)&file),
                     S_OK);
    return file;
}

START_TEST(test_requested_ranges_are_converted)
{
    static const struct {
        uint64_t offset, length;
        HRESULT hr;
        uint64_t start, end;
    } rows[] = {
        {0, 1, S_OK, 0, 1},
        {100, 50, S_OK, 100, 150},
        {0, BG_LENGTH_TO_EOF, S_OK, 0, UINT64_MAX},
        {7, BG_LENGTH_TO_EOF, S_OK, 7, UINT64_MAX},
        {7, 0, S_OK, 7, 7}, /* the job judges (A27) */
        {UINT64_MAX, 1, BG_E_INVALID_RANGE, 0, 0},
        {UINT64_MAX, BG_LENGTH_TO_EOF, BG_E_INVALID_RANGE, 0, 0},
        {UINT64_MAX - 1, 1, BG_E_INVALID_RANGE, 0, 0}, /* would read as "to the end" */
        {UINT64_MAX - 2, 1, S_OK, UINT64_MAX - 2, UINT64_MAX - 1},
        {2, UINT64_MAX - 1, BG_E_INVALID_RANGE, 0, 0},
        {1, UINT64_MAX - 1, BG_E_INVALID_RANGE, 0, 0},
    };
    BG_FILE_RANGE ranges[2] = {{1, 2}, {rows[_i].offset, rows[_i].length}};
    IBackgroundCopyFile6 *file = file6();

    zoo.engine->last = NULL;
    ck_assert_int_eq(IBackgroundCopyFile6_RequestFileRanges(file, 2, ranges), rows[_i].hr);
    if (rows[_i].hr == S_OK) {
        ck_assert_uint_eq(zoo.engine->range_count, 2);
        ck_assert_uint_eq(zoo.engine->ranges[0].end, 3);
        ck_assert_uint_eq(zoo.engine->ranges[1].start, rows[_i].start);
        ck_assert_uint_eq(zoo.engine->ranges[1].end, rows[_i].end);
        ck_assert_uint_eq(zoo.engine->file, 0);
    } else {
        ck_assert_ptr_null(zoo.engine->last); /* all or nothing */
    }
    IBackgroundCopyFile6_Release(file);
}
END_TEST

START_TEST(test_request_of_nothing_is_refused)
{
    BG_FILE_RANGE range = {0, 1};
    IBackgroundCopyFile6 *file = file6();

    ck_assert_int_eq(IBackgroundCopyFile6_RequestFileRanges(file, 0, &range), E_INVALIDARG); /* */
    ck_assert_int_eq(IBackgroundCopyFile6_RequestFileRanges(file, 1, NULL), E_INVALIDARG);
    zoo.engine->next = BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    ck_assert_int_eq(IBackgroundCopyFile6_RequestFileRanges(file, 1, &range),
                     BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    IBackgroundCopyFile6_Release(file);
}
END_TEST

START_TEST(test_filled_ranges)
{
    IBackgroundCopyFile6 *file = file6();
    BG_FILE_RANGE *ranges;
    DWORD count = 5;

    ck_assert_int_eq(IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &ranges), S_OK); /* */
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(ranges);
    zoo.fake_job->filled[0] = (struct range){0, 10};
    zoo.fake_job->filled[1] = (struct range){5000000000, 5000000001};
    zoo.fake_job->filled_count = 2;
    ck_assert_int_eq(IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &ranges), S_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert(ranges[0].InitialOffset == 0 && ranges[0].Length == 10);
    ck_assert(ranges[1].InitialOffset == 5000000000 && ranges[1].Length == 1);
    CoTaskMemFree(ranges);
    zoo.engine->next = BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    ck_assert_int_eq(IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &ranges),
                     BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert(count == 0 && !ranges);
    ck_assert_int_eq(IBackgroundCopyFile6_UpdateDownloadPosition(file, 77), S_OK);
    ck_assert_uint_eq(zoo.engine->offset, 77);
    IBackgroundCopyFile6_Release(file);
}
END_TEST

/* --- the error */

START_TEST(test_an_error_is_a_snapshot)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    BG_ERROR_CONTEXT context;
    HRESULT code;
    LPWSTR text;

    zoo.fake_job->error = (struct job_error){.hr = S_OK, .file = JOB_NO_FILE};
    ck_assert_int_eq(IBackgroundCopyJob_GetError(zoo.job, &error), BG_E_ERROR_INFORMATION_UNAVAILABLE);
    ck_assert_ptr_null(error);
    ck_assert_int_eq(IBackgroundCopyError_GetError(zoo.error, &context, &code), S_OK);
    ck_assert_int_eq(context, BG_ERROR_CONTEXT_REMOTE_FILE);
    ck_assert_int_eq(code, (HRESULT)0x80190194);
    ck_assert_int_eq(IBackgroundCopyError_GetFile(zoo.error, &file), S_OK);
    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(file, &text), S_OK);
    zoo_assert_text(text, L"/tmp/b");
    IBackgroundCopyFile_Release(file);
    ck_assert_int_eq(IBackgroundCopyError_GetProtocol(zoo.error, &text), S_OK);
    zoo_assert_text(text, L"http");
}
END_TEST

START_TEST(test_an_error_without_a_file)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file = zoo.file;
    LPWSTR text = NULL;

    zoo.fake_job->error.file = JOB_NO_FILE;
    ck_assert_int_eq(IBackgroundCopyJob_GetError(zoo.job, &error), S_OK);
    ck_assert_int_eq(IBackgroundCopyError_GetFile(error, &file), BG_E_FILE_NOT_AVAILABLE);
    ck_assert_ptr_null(file);
    ck_assert_int_eq(IBackgroundCopyError_GetProtocol(error, &text), BG_E_PROTOCOL_NOT_AVAILABLE);
    ck_assert_ptr_null(text);
    IBackgroundCopyError_Release(error);
}
END_TEST

START_TEST(test_protocols)
{
    static const struct {
        const WCHAR *remote, *protocol;
    } rows[] = {
        {L"http://h/f", L"http"}, {L"HTTPS://h/f", L"http"},          {L"file:///etc/f", L"file"},
        {L"/etc/f", L"file"},     {L"\\\\server\\share\\f", L"file"},
    };
    IBackgroundCopyError *error;
    LPWSTR text;

    ck_assert_int_eq(IBackgroundCopyJob_AddFile(zoo.job, rows[_i].remote, L"/tmp/c"), S_OK);
    zoo.fake_job->error.file = 2;
    ck_assert_int_eq(IBackgroundCopyJob_GetError(zoo.job, &error), S_OK);
    ck_assert_int_eq(IBackgroundCopyError_GetProtocol(error, &text), S_OK);
    zoo_assert_text(text, rows[_i].protocol);
    IBackgroundCopyError_Release(error);
}
END_TEST

START_TEST(test_each_context_has_its_own_text)
{
    LPWSTR texts[JOB_CONTEXT_CERTIFICATE_CALLBACK + 1];

    for (int i = 0; i <= JOB_CONTEXT_CERTIFICATE_CALLBACK; i++) {
        IBackgroundCopyError *error;

        zoo.fake_job->error.context = (enum job_context)i;
        ck_assert_int_eq(IBackgroundCopyJob_GetError(zoo.job, &error), S_OK);
        ck_assert_int_eq(IBackgroundCopyError_GetErrorContextDescription(error, 0x0409, &texts[i]), S_OK);
        ck_assert_uint_gt(wcslen(texts[i]), 10);
        for (int k = 0; k < i; k++)
            ck_assert_int_ne(wcscmp(texts[i], texts[k]), 0);
        IBackgroundCopyError_Release(error);
    }
    for (int i = 0; i <= JOB_CONTEXT_CERTIFICATE_CALLBACK; i++)
        CoTaskMemFree(texts[i]);
}
END_TEST

/* --- IOpenBitsControl */

START_TEST(test_control)
{
    IOpenBitsControl *control;
    LPWSTR text;
    UINT64 value;

    ck_assert_int_eq(
        IBackgroundCopyManager_QueryInterface(zoo.manager, &IID_IOpenBitsControl, (void **)&control), S_OK);
    ck_assert_int_eq(control->lpVtbl->SetSetting(control, L"A10", L"fifo"), S_OK);
    ck_assert_str_eq(zoo.engine->setting, "A10=fifo");
    zoo.engine->next = E_NOTIMPL;
    ck_assert_int_eq(control->lpVtbl->SetSetting(control, L"A24", L"fatal"), E_NOTIMPL);
    ck_assert_int_eq(control->lpVtbl->GetSetting(control, L"A10", &text), S_OK);
    zoo_assert_text(text, L"value of A10");
    zoo.engine->next = E_INVALIDARG;
    ck_assert_int_eq(control->lpVtbl->GetSetting(control, L"A99", &text), E_INVALIDARG);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(control->lpVtbl->AdvanceTime(control, 1500), S_OK);
    ck_assert_int_eq(control->lpVtbl->GetTime(control, &value), S_OK);
    ck_assert_uint_eq(value, 1500);
    ck_assert_int_eq(control->lpVtbl->GetCounter(control, L"requests", &value), S_OK);
    ck_assert_uint_eq(value, 8);
    control->lpVtbl->Release(control);
}
END_TEST

#define ROWS(tcase, test, count) tcase_add_loop_test(tcase, test, 0, count)

int main(void)
{
    Suite *suite = suite_create("com objects");
    TCase *lives = tcase_create("lives"), *values = tcase_create("values");

    tcase_add_test(lives, test_handles_count_and_outlive_the_manager);
    suite_add_tcase(suite, lives);

    tcase_add_checked_fixture(values, open_zoo, close_zoo);
    tcase_add_test(values, test_a_manager_of_others_is_not_ours);
    tcase_add_test(values, test_create_job_carries_name_and_type);
    tcase_add_test(values, test_create_job_that_fails_leaves_nothing);
    tcase_add_test(values, test_get_job_hands_on_not_found);
    ROWS(values, test_enum_jobs_flags, 5);
    ROWS(values, test_languages, 10);
    tcase_add_test(values, test_add_file_set_is_all_or_nothing);
    tcase_add_test(values, test_the_four_calls_hand_on_their_result);
    tcase_add_test(values, test_status_is_carried_over);
    tcase_add_test(values, test_text_properties);
    tcase_add_test(values, test_number_properties);
    tcase_add_test(values, test_file_texts_and_progress);
    ROWS(values, test_requested_ranges_are_converted, 11);
    tcase_add_test(values, test_request_of_nothing_is_refused);
    tcase_add_test(values, test_filled_ranges);
    tcase_add_test(values, test_an_error_is_a_snapshot);
    tcase_add_test(values, test_an_error_without_a_file);
    ROWS(values, test_protocols, 5);
    tcase_add_test(values, test_each_context_has_its_own_text);
    tcase_add_test(values, test_control);
    suite_add_tcase(suite, values);
    return suite_main(suite);
}
