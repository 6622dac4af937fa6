/* test_com_classic.c: the methods that have been there before ranges: properties by id, owners, names,
 * validation, peers. What the engine is asked for, and what the room answers by itself. */
#include "suite.h"

#include <string.h>

#include "base/hr.h"
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

static void *face_of(void *object, const IID *iid)
{
    void *face = NULL;

    ck_assert_int_eq(IUnknown_QueryInterface((IUnknown *)object, iid, &face), S_OK);
    return face;
}

static IBackgroundCopyJob5 *job5(void)
{
    return face_of(zoo.job, &IID_IBackgroundCopyJob5);
}

static IBackgroundCopyFile6 *file6(void)
{
    return face_of(zoo.file, &IID_IBackgroundCopyFile6);
}

/* --- IBackgroundCopyJob5: which member of the union, and which property */

static const GUID some_class = {0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}};

static const struct by_id_case {
    int id;
    enum job_property property;
    BITS_JOB_PROPERTY_VALUE set, get; /* get: the field that is read, all else zero */
    uint64_t number;
} by_id[] = {
    {1, JOB_COST_FLAGS, {.Dword = 0x80000021}, {.Dword = 0x80000021}, 0x80000021},
    {3, JOB_DYNAMIC_CONTENT, {.Enable = 77}, {.Enable = TRUE}, 1},
    {4, JOB_HIGH_PERFORMANCE, {.Enable = TRUE}, {.Enable = TRUE}, 1},
    {5, JOB_MAX_DOWNLOAD_SIZE, {.Uint64 = UINT64_MAX}, {.Uint64 = UINT64_MAX}, UINT64_MAX},
    {7,
     JOB_STORED_CREDENTIALS,
     {.Target = BG_AUTH_TARGET_PROXY},
     {.Target = BG_AUTH_TARGET_PROXY},
     BG_AUTH_TARGET_PROXY},
    {9, JOB_NOTIFICATION_INTERVAL_MS, {.Dword = 1000}, {.Dword = 1000}, 1000},
    {10, JOB_ON_DEMAND_MODE, {.Enable = -1}, {.Enable = TRUE}, 1},
};

START_TEST(test_each_property_has_its_member)
{
    const struct by_id_case *c = &by_id[_i];
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job = job5();

    /* What the property's member does not cover is garbage. */
    memset(&value, 0xAA, sizeof value);
    if (c->id == 5)
        value.Uint64 = c->set.Uint64;
    else
        value.Dword = c->set.Dword;
    ck_assert_int_eq(IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)c->id, value), S_OK);
    ck_assert_uint_eq(zoo.fake_job->number[c->property], c->number);
    for (int p = 0; p < JOB_PROPERTY_COUNT; p++)
        ck_assert_msg((enum job_property)p == c->property || zoo.fake_job->number[p] == 0, "property %d", p);
    memset(&value, 0xAA, sizeof value);
    ck_assert_int_eq(IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)c->id, &value), S_OK);
    ck_assert_int_eq(memcmp(&value, &c->get, sizeof value), 0);
    zoo.engine->next = BG_E_INVALID_STATE;
    ck_assert_int_eq(IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)c->id, value),
                     BG_E_INVALID_STATE);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

START_TEST(test_notification_class)
{
    BITS_JOB_PROPERTY_VALUE value = {.ClsID = some_class};
    IBackgroundCopyJob5 *job = job5();

    ck_assert_int_eq(IBackgroundCopyJob5_SetProperty(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value), S_OK);
    memset(&value, 0xAA, sizeof value);
    ck_assert_int_eq(IBackgroundCopyJob5_GetProperty(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value),
                     S_OK);
    ck_assert(IsEqualGUID(&value.ClsID, &some_class));
    IBackgroundCopyJob5_Release(job);
}
END_TEST

/* the ids that only BITS itself uses are unknown too. */
START_TEST(test_unknown_properties)
{
    static const int ids[] = {-1, 0, 6, 8, 11, 12};
    BITS_JOB_PROPERTY_ID id = (BITS_JOB_PROPERTY_ID)ids[_i];
    BITS_JOB_PROPERTY_VALUE value = {.Dword = 1}, zero = {.ClsID = {0}};
    IBackgroundCopyJob5 *job = job5();

    zoo.engine->last = NULL;
    ck_assert_int_eq(IBackgroundCopyJob5_SetProperty(job, id, value), BG_E_UNKNOWN_PROPERTY_ID);
    memset(&value, 0xAA, sizeof value);
    ck_assert_int_eq(IBackgroundCopyJob5_GetProperty(job, id, &value), BG_E_UNKNOWN_PROPERTY_ID);
    ck_assert_int_eq(memcmp(&value, &zero, sizeof value), 0);
    ck_assert_ptr_null(zoo.engine->last);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

START_TEST(test_flags_and_times_of_newer_jobs)
{
    uint64_t *number = zoo.fake_job->number;
    IBackgroundCopyJob5 *job = job5();
    DWORD value;

    ck_assert_int_eq(IBackgroundCopyJob5_SetFileACLFlags(job, 5), S_OK);
    ck_assert_uint_eq(number[JOB_FILE_ACL_FLAGS], 5);
    ck_assert_int_eq(IBackgroundCopyJob5_GetFileACLFlags(job, &value), S_OK);
    ck_assert_uint_eq(value, 5);
    ck_assert_int_eq(IBackgroundCopyJob5_SetPeerCachingFlags(job, 6), S_OK);
    ck_assert_uint_eq(number[JOB_PEER_CACHING_FLAGS], 6);
    ck_assert_int_eq(IBackgroundCopyJob5_GetPeerCachingFlags(job, &value), S_OK);
    ck_assert_uint_eq(value, 6);
    ck_assert_int_eq(IBackgroundCopyJob5_SetMaximumDownloadTime(job, 7), S_OK);
    ck_assert_uint_eq(number[JOB_MAXIMUM_DOWNLOAD_TIME_S], 7);
    ck_assert_int_eq(IBackgroundCopyJob5_GetMaximumDownloadTime(job, &value), S_OK);
    ck_assert_uint_eq(value, 7);
    zoo.engine->next = E_INVALIDARG;
    ck_assert_int_eq(IBackgroundCopyJob5_SetFileACLFlags(job, 16), E_INVALIDARG);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

/* --- owners and helper tokens */

START_TEST(test_owner)
{
    IBackgroundCopyJob5 *job = job5();
    ULONG level = 0;
    BOOL elevated = 7;

    zoo.engine->administrator = _i;
    ck_assert_int_eq(IBackgroundCopyJob5_GetOwnerIntegrityLevel(job, &level), S_OK);
    ck_assert_uint_eq(level, _i ? 0x3000 : 8192);
    ck_assert_int_eq(IBackgroundCopyJob5_GetOwnerElevationState(job, &elevated), S_OK);
    ck_assert_int_eq(elevated, _i);
    zoo.engine->next = _i ? S_OK : E_ACCESSDENIED;
    ck_assert_int_eq(IBackgroundCopyJob5_TakeOwnership(job), _i ? S_OK : E_ACCESSDENIED);
    ck_assert_str_eq(zoo.engine->last, "engine_job_take_ownership");
    IBackgroundCopyJob5_Release(job);
}
END_TEST

/* administrators may list the jobs of all. */
START_TEST(test_an_administrator_lists_all_users)
{
    IEnumBackgroundCopyJobs *jobs;

    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo.manager, BG_JOB_ENUM_ALL_USERS, &jobs),
                     E_ACCESSDENIED);
    ck_assert_ptr_null(jobs);
    zoo.engine->administrator = true;
    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo.manager, BG_JOB_ENUM_ALL_USERS, &jobs), S_OK);
    IEnumBackgroundCopyJobs_Release(jobs);
}
END_TEST

START_TEST(test_helper_token)
{
    IBitsTokenOptions *token = face_of(zoo.job, &IID_IBitsTokenOptions);
    LPWSTR sid = (LPWSTR)-1;
    DWORD flags = 9;

    ck_assert_int_eq(IBitsTokenOptions_GetHelperTokenSid(token, &sid), S_OK);
    ck_assert_ptr_null(sid);
    ck_assert_int_eq(IBitsTokenOptions_GetHelperTokenFlags(token, &flags), S_OK);
    ck_assert_uint_eq(flags, 0);
    ck_assert_int_eq(IBitsTokenOptions_SetHelperTokenFlags(token, BG_TOKEN_LOCAL_FILE), S_OK);
    ck_assert_int_eq(IBitsTokenOptions_SetHelperToken(token), S_OK);
    ck_assert_int_eq(IBitsTokenOptions_GetHelperTokenSid(token, &sid), S_OK);
    zoo_assert_text(sid, L"S-1-22-1-1000");
    ck_assert_int_eq(IBitsTokenOptions_ClearHelperToken(token), S_OK); /* and keeps the flags */
    ck_assert_int_eq(IBitsTokenOptions_GetHelperTokenSid(token, &sid), S_OK);
    ck_assert_ptr_null(sid);
    ck_assert_int_eq(IBitsTokenOptions_GetHelperTokenFlags(token, &flags), S_OK);
    ck_assert_uint_eq(flags, BG_TOKEN_LOCAL_FILE);
    zoo.engine->next = BG_E_INVALID_STATE;
    ck_assert_int_eq(IBitsTokenOptions_SetHelperToken(token), BG_E_INVALID_STATE);
    IBitsTokenOptions_Release(token);
}
END_TEST

/* --- methods of uploads */

START_TEST(test_a_download_has_no_reply)
{
    IBackgroundCopyJob5 *job = job5();
    BG_JOB_REPLY_PROGRESS progress = {1, 1};
    byte *data = (byte *)-1;
    UINT64 length = 5;
    LPWSTR name = (LPWSTR)-1;

    zoo.engine->last = NULL;
    ck_assert_int_eq(IBackgroundCopyJob5_GetReplyProgress(job, &progress), E_NOTIMPL);
    ck_assert_int_eq(IBackgroundCopyJob5_GetReplyProgress(job, NULL), E_INVALIDARG);
    ck_assert_int_eq(IBackgroundCopyJob5_GetReplyData(job, &data, &length), E_NOTIMPL);
    ck_assert_ptr_null(data);
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(IBackgroundCopyJob5_GetReplyData(job, &data, NULL), E_NOTIMPL);
    ck_assert_int_eq(IBackgroundCopyJob5_SetReplyFileName(job, L"/tmp/reply"), E_NOTIMPL);
    ck_assert_int_eq(IBackgroundCopyJob5_SetReplyFileName(job, NULL), E_NOTIMPL);
    ck_assert_int_eq(IBackgroundCopyJob5_GetReplyFileName(job, &name), E_NOTIMPL);
    ck_assert_ptr_null(name);
    ck_assert_ptr_null(zoo.engine->last);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

/* --- files */

START_TEST(test_names_are_handed_on)
{
    IBackgroundCopyJob5 *job = job5();
    IBackgroundCopyFile6 *file = file6();

    ck_assert_int_eq(IBackgroundCopyFile6_SetRemoteName(file, L"http://other/a"), S_OK);
    ck_assert_str_eq(zoo.engine->text[1], "http://other/a");
    ck_assert_uint_eq(zoo.engine->file, 0);
    zoo.engine->next = BG_E_INVALID_STATE;
    ck_assert_int_eq(IBackgroundCopyFile6_SetRemoteName(file, L"http://other/b"), BG_E_INVALID_STATE);
    ck_assert_int_eq(IBackgroundCopyJob5_ReplaceRemotePrefix(job, L"http://a/", L"http://b/"), S_OK);
    ck_assert_str_eq(zoo.engine->text[0], "http://a/");
    ck_assert_str_eq(zoo.engine->text[1], "http://b/");
    zoo.engine->next = S_FALSE;
    ck_assert_int_eq(IBackgroundCopyJob5_ReplaceRemotePrefix(job, L"x", L"y"), S_FALSE);
    IBackgroundCopyFile6_Release(file);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

/* no ranges were given when it was added. */
START_TEST(test_a_plain_file_has_no_ranges)
{
    IBackgroundCopyFile6 *file = file6();
    BG_FILE_RANGE *ranges = (BG_FILE_RANGE *)-1;
    DWORD count = 7;

    ck_assert_int_eq(IBackgroundCopyFile6_GetFileRanges(file, &count, &ranges), S_FALSE);
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(ranges);
    ck_assert_int_eq(IBackgroundCopyFile6_GetFileRanges(file, NULL, &ranges), E_INVALIDARG);
    ck_assert_int_eq(IBackgroundCopyFile6_GetFileRanges(file, &count, NULL), E_INVALIDARG);
    IBackgroundCopyFile6_Release(file);
}
END_TEST

START_TEST(test_validation_and_origin)
{
    IBackgroundCopyFile6 *file = file6();
    UINT64 from_origin, from_peers;
    BOOL state = 7;

    ck_assert_int_eq(IBackgroundCopyFile6_GetValidationState(file, &state), S_OK);
    ck_assert_int_eq(state, FALSE);
    ck_assert_int_eq(IBackgroundCopyFile6_SetValidationState(file, 5), S_OK);
    ck_assert(zoo.engine->valid);
    zoo.engine->next = E_PENDING;
    ck_assert_int_eq(IBackgroundCopyFile6_SetValidationState(file, FALSE), E_PENDING);
    zoo.fake_job->file[0] = (struct engine_file_status){.bytes_transferred = 5, .validated = true};
    ck_assert_int_eq(IBackgroundCopyFile6_GetValidationState(file, &state), S_OK);
    ck_assert_int_eq(state, TRUE);
    ck_assert_int_eq(IBackgroundCopyFile6_IsDownloadedFromPeer(file, &state), S_OK); /* */
    ck_assert_int_eq(state, FALSE);
    ck_assert_int_eq(IBackgroundCopyFile6_GetPeerDownloadStats(file, &from_origin, &from_peers), S_OK);
    ck_assert_uint_eq(from_origin, 5);
    ck_assert_uint_eq(from_peers, 0);
    IBackgroundCopyFile6_Release(file);
}
END_TEST

/* */
START_TEST(test_response_headers)
{
    IBackgroundCopyFile6 *file = file6();
    BITS_FILE_PROPERTY_VALUE value = {.String = (LPWSTR)-1};
    BITS_FILE_PROPERTY_ID headers = BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS;

    ck_assert_int_eq(IBackgroundCopyFile6_GetProperty(file, headers, &value), S_OK);
    ck_assert_ptr_null(value.String);
    zoo.fake_job->headers = "Server: x\r\n";
    ck_assert_int_eq(IBackgroundCopyFile6_GetProperty(file, headers, &value), S_OK);
    zoo_assert_text(value.String, L"Server: x\r\n");
    value.String = NULL;
    ck_assert_int_eq(IBackgroundCopyFile6_SetProperty(file, headers, value), BG_E_READ_ONLY_PROPERTY);
    for (int id = 0; id < 3; id += 2) {
        ck_assert_int_eq(IBackgroundCopyFile6_SetProperty(file, (BITS_FILE_PROPERTY_ID)id, value),
                         BG_E_UNKNOWN_PROPERTY_ID);
        ck_assert_int_eq(IBackgroundCopyFile6_GetProperty(file, (BITS_FILE_PROPERTY_ID)id, &value),
                         BG_E_UNKNOWN_PROPERTY_ID);
    }
    IBackgroundCopyFile6_Release(file);
}
END_TEST

/* --- the cache of peers */

START_TEST(test_there_is_no_cache_of_peers)
{
    IBitsPeerCacheAdministration *cache = face_of(zoo.manager, &IID_IBitsPeerCacheAdministration);
    IBitsPeerCacheRecord *record = (IBitsPeerCacheRecord *)-1;
    DWORD value = 7;

    zoo.engine->last = NULL;
    ck_assert_int_eq(IBitsPeerCacheAdministration_GetMaximumCacheSize(cache, &value), S_OK);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(IBitsPeerCacheAdministration_GetMaximumContentAge(cache, &value), S_OK);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(IBitsPeerCacheAdministration_GetConfigurationFlags(cache, &value), S_OK);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(IBitsPeerCacheAdministration_SetMaximumCacheSize(cache, 1), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_SetMaximumContentAge(cache, 1), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_SetConfigurationFlags(cache, 1), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_GetRecord(cache, &some_class, &record), BG_E_NOT_FOUND);
    ck_assert_ptr_null(record);
    ck_assert_int_eq(IBitsPeerCacheAdministration_ClearRecords(cache), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_DeleteRecord(cache, &some_class),
                     BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_DeleteUrl(cache, L"http://a/"), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_ClearPeers(cache), BG_E_PEERCACHING_DISABLED);
    ck_assert_int_eq(IBitsPeerCacheAdministration_DiscoverPeers(cache), BG_E_PEERCACHING_DISABLED);
    ck_assert_ptr_null(zoo.engine->last);
    IBitsPeerCacheAdministration_Release(cache);
}
END_TEST

#define CHECK_EMPTY(Interface, Element, list)                                                                \
    do {                                                                                                     \
        Interface *clone;                                                                                    \
        Element *elements[2] = {(Element *)-1, (Element *)-1};                                               \
        ULONG count = 7;                                                                                     \
                                                                                                             \
        ck_assert_int_eq(Interface##_GetCount(list, &count), S_OK);                                          \
        ck_assert_uint_eq(count, 0);                                                                         \
        ck_assert_int_eq(Interface##_Next(list, 1, elements, NULL), S_FALSE);                                \
        ck_assert_int_eq(Interface##_Next(list, 2, elements, &count), S_FALSE);                              \
        ck_assert(count == 0 && !elements[0] && !elements[1]);                                               \
        ck_assert_int_eq(Interface##_Next(list, 2, elements, NULL), E_INVALIDARG);                           \
        ck_assert_int_eq(Interface##_Next(list, 0, elements, &count), S_OK);                                 \
        ck_assert_int_eq(Interface##_Skip(list, 0), S_OK);                                                   \
        ck_assert_int_eq(Interface##_Skip(list, 1), S_FALSE);                                                \
        ck_assert_int_eq(Interface##_Reset(list), S_OK);                                                     \
        ck_assert_int_eq(Interface##_Clone(list, &clone), S_OK);                                             \
        ck_assert_uint_eq(Interface##_Release(clone), 0);                                                    \
    } while (0)

START_TEST(test_lists_of_peers_and_records_are_empty)
{
    CHECK_EMPTY(IEnumBitsPeers, IBitsPeer, zoo.enum_peers);
    CHECK_EMPTY(IEnumBitsPeerCacheRecords, IBitsPeerCacheRecord, zoo.enum_records);
}
END_TEST

START_TEST(test_command_line)
{
    IBackgroundCopyJob5 *job = job5();
    LPWSTR program, parameters;

    ck_assert_int_eq(IBackgroundCopyJob5_GetNotifyCmdLine(job, &program, &parameters), S_OK);
    zoo_assert_text(program, L""); /* */
    zoo_assert_text(parameters, L"");
    zoo.engine->next = BG_S_OVERRIDDEN_BY_POLICY;
    ck_assert_int_eq(IBackgroundCopyJob5_SetNotifyCmdLine(job, L"/bin/x", L"x y"), BG_S_OVERRIDDEN_BY_POLICY);
    ck_assert_int_eq(IBackgroundCopyJob5_GetNotifyCmdLine(job, &program, &parameters), S_OK);
    zoo_assert_text(program, L"/bin/x");
    zoo_assert_text(parameters, L"x y");
    ck_assert_int_eq(IBackgroundCopyJob5_SetNotifyCmdLine(job, NULL, NULL), S_OK);
    ck_assert_str_eq(zoo.engine->text[0], "");
    zoo.engine->next = E_INVALIDARG;
    ck_assert_int_eq(IBackgroundCopyJob5_SetNotifyCmdLine(job, NULL, L"x"), E_INVALIDARG);
    IBackgroundCopyJob5_Release(job);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com classic");
    TCase *values = tcase_create("values");

    tcase_add_checked_fixture(values, open_zoo, close_zoo);
    tcase_add_loop_test(values, test_each_property_has_its_member, 0, sizeof by_id / sizeof *by_id);
    tcase_add_test(values, test_notification_class);
    tcase_add_loop_test(values, test_unknown_properties, 0, 6);
    tcase_add_test(values, test_flags_and_times_of_newer_jobs);
    tcase_add_loop_test(values, test_owner, 0, 2);
    tcase_add_test(values, test_an_administrator_lists_all_users);
    tcase_add_test(values, test_helper_token);
    tcase_add_test(values, test_a_download_has_no_reply);
    tcase_add_test(values, test_names_are_handed_on);
    tcase_add_test(values, test_command_line);
    tcase_add_test(values, test_a_plain_file_has_no_ranges);
    tcase_add_test(values, test_validation_and_origin);
    tcase_add_test(values, test_response_headers);
    tcase_add_test(values, test_there_is_no_cache_of_peers);
    tcase_add_test(values, test_lists_of_peers_and_records_are_empty);
    suite_add_tcase(suite, values);
    return suite_main(suite);
}
