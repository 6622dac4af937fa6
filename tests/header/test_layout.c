/* test_layout.c: the headers in include/compat say what the oracles in data/ say.
 *
 * The rows of layout_rows.h are made by layout.awk. Each kind of row is turned into a table by including them
 * with one macro set and the others empty. That a method's type is the listed one is checked when compiling.
 */
#define COBJMACROS
#include <bits.h>
#include <stddef.h>
#include <string.h>
#include <windows.h>

#include "../suite.h"

#define INTERFACE(I, iid, slots)
#define SLOT(I, M, slot, result, args)
#define STRUCT(of, name, value, size)
#define UNION(of, name, value, size)
#define FIELD(of, name, offset, size)
#define ENUM(type, name, value, size)
#define CONST(of, name, value, size)
#define CLSID(of, name, text, size)
#define CODE(name, value)
#define WIN32(name, value)

struct row {
    const char *of, *name;
    uint64_t got, want;
};

#undef SLOT
#define SLOT(I, M, slot, result, args)                                                                       \
    _Static_assert(                                                                                          \
        __builtin_types_compatible_p(__typeof__(((I##Vtbl *)NULL)->M), result(STDMETHODCALLTYPE *) args),    \
        #I "::" #M " has another type");
#include "layout_rows.h"
#undef SLOT
#define SLOT(I, M, slot, result, args) {#I, #M, offsetof(I##Vtbl, M), (slot) * sizeof(void *)},
static const struct row slots[] = {
#include "layout_rows.h"
};
#undef SLOT
#define SLOT(I, M, slot, result, args)

#undef INTERFACE
#define INTERFACE(I, iid, slots)                                                                             \
    {#I, "Vtbl", sizeof(I##Vtbl), (slots) * sizeof(void *)}, {#I, "object", sizeof(I), sizeof(void *)},
static const struct row interfaces[] = {
#include "layout_rows.h"
};

struct guid_row {
    const char *name;
    const GUID *got;
    const char *want;
};

#undef INTERFACE
#define INTERFACE(I, iid, slots) {"IID_" #I, &IID_##I, iid},
#undef CLSID
#define CLSID(of, name, text, size) {#name, &name, text},
static const struct guid_row guids[] = {
#include "layout_rows.h"
};
#undef INTERFACE
#define INTERFACE(I, iid, slots)
#undef CLSID
#define CLSID(of, name, text, size)

#undef STRUCT
#undef UNION
#undef FIELD
#define STRUCT(of, name, value, size) {#name, "size", sizeof(name), size},
#define UNION(of, name, value, size)  {#name, "size", sizeof(name), size},
#define FIELD(of, name, offset, size)                                                                        \
    {#of, #name, offsetof(of, name), offset}, {#of, #name " (size)", sizeof(((of *)NULL)->name), size},
static const struct row structs[] = {
#include "layout_rows.h"
};
#undef STRUCT
#undef UNION
#undef FIELD
#define STRUCT(of, name, value, size)
#define UNION(of, name, value, size)
#define FIELD(of, name, offset, size)

#undef ENUM
#undef CONST
#define ENUM(type, name, value, size)                                                                        \
    {#type, #name, (uint32_t)(type)(name), value}, {#type, "size", sizeof(type), size},
#define CONST(of, name, value, size) {"macro", #name, (uint64_t)(name), value},
static const struct row constants[] = {
#include "layout_rows.h"
};
#undef ENUM
#undef CONST
#define ENUM(type, name, value, size)
#define CONST(of, name, value, size)

#undef CODE
#undef WIN32
/* Sign-extended: a code that is not a 32-bit HRESULT differs in the upper half. */
#define CODE(name, value)  {"code", #name, (uint64_t)(int64_t)(name), (uint64_t)(int64_t)(int32_t)(value)},
#define WIN32(name, value) CODE(HRESULT_FROM_WIN32(name), value)
static const struct row codes[] = {
#include "layout_rows.h"
};

static void check_rows(const struct row *rows, size_t count)
{
    ck_assert_uint_gt(count, 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(rows[i].got == rows[i].want, "%s %s is 0x%llX, not 0x%llX", rows[i].of, rows[i].name,
                      (unsigned long long)rows[i].got, (unsigned long long)rows[i].want);
}

#define CHECK_ROWS(table) check_rows(table, sizeof(table) / sizeof *(table))

START_TEST(test_layout_each_method_is_in_its_slot)
{
    CHECK_ROWS(slots);
}
END_TEST

START_TEST(test_layout_vtables_have_no_other_slots)
{
    CHECK_ROWS(interfaces);
}
END_TEST

START_TEST(test_layout_structs_have_the_fields_in_order)
{
    CHECK_ROWS(structs);
}
END_TEST

START_TEST(test_layout_constants_have_their_values)
{
    CHECK_ROWS(constants);
}
END_TEST

START_TEST(test_layout_codes_are_comparable_with_an_hresult)
{
    CHECK_ROWS(codes);
    ck_assert_int_eq(BG_E_EMPTY, MAKE_HRESULT(SEVERITY_ERROR, 0x20, 3));
    ck_assert_int_eq(sizeof(BG_E_EMPTY), sizeof(HRESULT));
}
END_TEST

START_TEST(test_layout_guids_are_the_listed_ones)
{
    for (size_t i = 0; i < sizeof guids / sizeof *guids; i++) {
        WCHAR wide[39];
        char text[39];

        ck_assert_int_eq(StringFromGUID2(guids[i].got, wide, 39), 39);
        for (int k = 0; k < 39; k++)
            text[k] = (char)wide[k];
        ck_assert_msg(!strcmp(text, guids[i].want), "%s is %s, not %s", guids[i].name, text, guids[i].want);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tcase = tcase_create("headers");

    tcase_add_test(tcase, test_layout_each_method_is_in_its_slot);
    tcase_add_test(tcase, test_layout_vtables_have_no_other_slots);
    tcase_add_test(tcase, test_layout_structs_have_the_fields_in_order);
    tcase_add_test(tcase, test_layout_constants_have_their_values);
    tcase_add_test(tcase, test_layout_codes_are_comparable_with_an_hresult);
    tcase_add_test(tcase, test_layout_guids_are_the_listed_ones);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
