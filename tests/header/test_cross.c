/* test_cross.c: a vtable made in one language is called through in the other, method by method (cross.h). */
#include "cross.h"

#include <stdbool.h>

#include "../suite.h"

enum { VALUES = 16 };

struct record {
    const void *object;
    int slot, count;
    uint64_t values[VALUES];
};

static struct {
    const char *method;
    struct record want, got;
    unsigned calls, failures;
} cross;

const GUID cross_guid = {0x12345678, 0x9ABC, 0xDEF0, {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}};

static void add(struct record *record, uint64_t value)
{
    ck_assert_int_lt(record->count, VALUES);
    record->values[record->count++] = value;
}

void cross_enter(const void *object, int slot)
{
    cross.got = (struct record){.object = object, .slot = slot};
}

void cross_note(uint64_t value)
{
    add(&cross.got, value);
}

void cross_expect(const char *method, const void *object, int slot)
{
    cross.method = method;
    cross.want = (struct record){.object = object, .slot = slot};
    cross.got = (struct record){.slot = -1};
}

void cross_expect_value(uint64_t value)
{
    add(&cross.want, value);
}

void cross_returned(uint32_t result)
{
    bool same = cross.got.object == cross.want.object && cross.got.slot == cross.want.slot &&
                cross.got.count == cross.want.count &&
                !memcmp(cross.got.values, cross.want.values, sizeof cross.got.values);

    cross.calls++;
    if (same && result == CROSS_RESULT((uint32_t)cross.want.slot))
        return;
    cross.failures++;
    fprintf(stderr, "%s: arrived in slot %d instead of %d with %d values instead of %d, result 0x%X\n",
            cross.method, cross.got.slot, cross.want.slot, cross.got.count, cross.want.count,
            (unsigned)result);
}

/* Lets the callers of one half call the objects of a half. */
static void check(const struct cross_half *callers, const struct cross_half *objects)
{
    cross.calls = cross.failures = 0;
    ck_assert_uint_eq(callers->count, objects->count);
    for (size_t i = 0; i < callers->count; i++)
        callers->calls[i].call(objects->objects[i]);
    ck_assert_uint_eq(cross.failures, 0);
    ck_assert_uint_gt(cross.calls, 400); /* the number of slots of all interfaces is near 470 */
}

START_TEST(test_cross_cxx_calls_objects_made_in_c)
{
    check(cross_cxx(), cross_c());
}
END_TEST

START_TEST(test_cross_c_calls_objects_made_in_cxx)
{
    check(cross_c(), cross_cxx());
}
END_TEST

START_TEST(test_cross_each_language_calls_its_own_objects)
{
    check(cross_c(), cross_c());
    check(cross_cxx(), cross_cxx());
}
END_TEST

START_TEST(test_cross_uuidof_finds_every_interface)
{
    const char *wrong = cross_wrong_uuid();

    ck_assert_msg(!wrong, "wrong: %s", wrong);
}
END_TEST

static HRESULT STDMETHODCALLTYPE answer_file6(IUnknown *This, REFIID riid, void **ppv)
{
    *ppv = IsEqualIID(riid, &IID_IBackgroundCopyFile6) ? This : NULL;
    return *ppv ? S_OK : E_NOINTERFACE;
}

START_TEST(test_cross_typed_query_interface_passes_the_interface_s_id)
{
    IUnknownVtbl vtbl = {.QueryInterface = answer_file6};
    IUnknown object = {&vtbl};
    void *out;

    ck_assert_int_eq(cross_typed_query(&object, &out), S_OK);
    ck_assert_ptr_eq(out, &object);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cross");
    TCase *tcase = tcase_create("vtables");

    tcase_add_test(tcase, test_cross_cxx_calls_objects_made_in_c);
    tcase_add_test(tcase, test_cross_c_calls_objects_made_in_cxx);
    tcase_add_test(tcase, test_cross_each_language_calls_its_own_objects);
    tcase_add_test(tcase, test_cross_uuidof_finds_every_interface);
    tcase_add_test(tcase, test_cross_typed_query_interface_passes_the_interface_s_id);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
