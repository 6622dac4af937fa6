/* test_com_entries.c: what every method of every object passes first, by tables that the build makes from
 * data/vtables.tsv, so that no method can be forgotten. */
#include "suite.h"

#include <string.h>

#include "probe.h"
#include "zoo.h"

static void probe_init(struct probe *probe, int null)
{
    memset(probe, 0, sizeof *probe);
    probe->null = null;
    memset(probe->memory, PROBE_FILL, sizeof probe->memory);
}

/* Every output that was passed is zero, and nothing behind it was touched. */
static void assert_outputs_zero(const struct probe *probe, const char *method)
{
    for (int i = 0; i < PROBE_POINTERS; i++)
        for (size_t k = 0; k < PROBE_BYTES; k++)
            ck_assert_msg(probe->memory[i][k] == (k < probe->size[i] ? 0 : PROBE_FILL),
                          "%s: byte %zu behind pointer %d is %02x", method, k, i, probe->memory[i][k]);
}

static void *face_of(struct zoo *zoo, const char *object, const IID *iid)
{
    IUnknown *unknown = zoo_object(zoo, object);
    void *face = NULL;

    ck_assert_int_eq(IUnknown_QueryInterface(unknown, iid, &face), S_OK);
    return face;
}

START_TEST(test_each_slot_is_there)
{
    const struct com_vtable *table = &com_vtables[_i];
    struct zoo zoo;
    IUnknown *face;

    zoo_open(&zoo, NULL);
    ck_assert_uint_eq(table->slots, table->expected);
    face = face_of(&zoo, table->object, table->iid);
    for (size_t i = 0; i < table->slots; i++) {
        void *slot;

        memcpy(&slot, (const char *)face->lpVtbl + i * sizeof slot, sizeof slot);
        ck_assert_msg(slot != NULL, "%s has nothing in slot %zu", table->object, i);
    }
    IUnknown_Release(face);
    zoo_close(&zoo);
}
END_TEST

START_TEST(test_each_null_pointer_is_refused)
{
    const struct com_case *c = &com_cases[_i];
    struct zoo zoo;
    IUnknown *face;

    zoo_open(&zoo, NULL);
    face = face_of(&zoo, c->object, c->iid);
    zoo.engine->last = NULL;
    for (int null = 0; null < c->pointers; null++) {
        struct probe probe;
        HRESULT hr;

        probe_init(&probe, null);
        hr = c->call(face, &probe);
        ck_assert_msg(hr == c->null_hr, "%s answers %08x to NULL for pointer %d", c->method, (unsigned)hr,
                      null);
        assert_outputs_zero(&probe, c->method);
    }
    if (c->pointers > 0)
        ck_assert_msg(!zoo.engine->last, "%s has called %s", c->method, zoo.engine->last);
    IUnknown_Release(face);
    zoo_close(&zoo);
}
END_TEST

START_TEST(test_unimplemented_methods_say_so_and_touch_nothing)
{
    const struct com_case *c = &com_cases[_i];
    struct probe probe;
    struct zoo zoo;
    IUnknown *face;

    if (!c->unimplemented)
        return;
    zoo_open(&zoo, NULL);
    face = face_of(&zoo, c->object, c->iid);
    zoo.engine->last = NULL;
    probe_init(&probe, PROBE_NONE);
    ck_assert_msg(c->call(face, &probe) == E_NOTIMPL, "%s", c->method);
    assert_outputs_zero(&probe, c->method);
    ck_assert_msg(!zoo.engine->last, "%s has called %s", c->method, zoo.engine->last);
    IUnknown_Release(face);
    zoo_close(&zoo);
}
END_TEST

START_TEST(test_each_interface_is_answered)
{
    const struct com_answer *a = &com_answers[_i];
    struct zoo zoo;
    IUnknown *unknown, *face, *identity;

    zoo_open(&zoo, NULL);
    unknown = face_of(&zoo, a->object, &IID_IUnknown);
    face = face_of(&zoo, a->object, a->iid);
    ck_assert_int_eq(IUnknown_QueryInterface(face, &IID_IUnknown, (void **)&identity), S_OK);
    ck_assert_msg(identity == unknown, "%s has two identities, by %s", a->object, a->interface_name);
    IUnknown_Release(identity);
    IUnknown_Release(face);
    IUnknown_Release(unknown);
    zoo_close(&zoo);
}
END_TEST

START_TEST(test_other_interfaces_are_refused)
{
    static const IID *const others[] = {
        &IID_IBackgroundCopyCallback,  &IID_IBackgroundCopyManager,       &IID_IBackgroundCopyJob,
        &IID_IBackgroundCopyFile,      &IID_IBackgroundCopyError,         &IID_IEnumBackgroundCopyJobs,
        &IID_IEnumBackgroundCopyFiles, &IID_IBitsPeerCacheAdministration, &IID_IOpenBitsControl,
    };
    const char *object = com_vtables[_i].object;
    struct zoo zoo;
    int refused = 0;

    zoo_open(&zoo, NULL);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool answered = false;
        void *face = &face;

        for (size_t k = 0; k < com_answer_count; k++)
            answered |=
                strcmp(com_answers[k].object, object) == 0 && IsEqualGUID(com_answers[k].iid, others[i]);
        if (answered)
            continue;
        ck_assert_int_eq(IUnknown_QueryInterface(zoo_object(&zoo, object), others[i], &face), E_NOINTERFACE);
        ck_assert_ptr_null(face);
        refused++;
    }
    ck_assert_int_gt(refused, 5);
    ck_assert_int_eq(IUnknown_QueryInterface(zoo_object(&zoo, object), &IID_IUnknown, NULL), E_POINTER);
    zoo_close(&zoo);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com entries");
    TCase *tcase = tcase_create("tables");

    tcase_add_loop_test(tcase, test_each_slot_is_there, 0, (int)com_vtable_count);
    tcase_add_loop_test(tcase, test_each_null_pointer_is_refused, 0, (int)com_case_count);
    tcase_add_loop_test(tcase, test_unimplemented_methods_say_so_and_touch_nothing, 0, (int)com_case_count);
    tcase_add_loop_test(tcase, test_each_interface_is_answered, 0, (int)com_answer_count);
    tcase_add_loop_test(tcase, test_other_interfaces_are_refused, 0, (int)com_vtable_count);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
