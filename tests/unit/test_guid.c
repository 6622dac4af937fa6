/* test_guid.c: identifiers as text. */
#include <objbase.h>
#include <wchar.h>

#include "suite.h"

static const GUID sample = {0x4991D34B, 0x80A1, 0x4291, {0x83, 0xB6, 0x33, 0x28, 0x36, 0x6B, 0x90, 0x97}};
static const WCHAR sample_text[] = L"{4991D34B-80A1-4291-83B6-3328366B9097}";

START_TEST(test_guid_is_written_in_capitals)
{
    WCHAR text[40];

    wmemset(text, L'x', 40);
    ck_assert_int_eq(StringFromGUID2(&sample, text, 40), 39);
    ck_assert_int_eq(wcscmp(text, sample_text), 0);
    ck_assert_int_eq(text[39], L'x');
}
END_TEST

START_TEST(test_guid_is_not_written_into_too_little_room)
{
    WCHAR text[39];

    wmemset(text, L'x', 39);
    ck_assert_int_eq(StringFromGUID2(&sample, text, 38), 0);
    ck_assert_int_eq(StringFromGUID2(&sample, text, 0), 0);
    ck_assert_int_eq(StringFromGUID2(&sample, text, -1), 0);
    ck_assert_int_eq(text[0], L'x');
    ck_assert_int_eq(StringFromGUID2(&sample, text, 39), 39);
}
END_TEST

START_TEST(test_guid_is_read_in_either_case)
{
    CLSID read;

    ck_assert_int_eq(CLSIDFromString(sample_text, &read), S_OK);
    ck_assert_int_eq(IsEqualGUID(&read, &sample), 1);
    ck_assert_int_eq(CLSIDFromString(L"{4991d34b-80a1-4291-83b6-3328366b9097}", &read), S_OK);
    ck_assert_int_eq(IsEqualGUID(&read, &sample), 1);
}
END_TEST

static const WCHAR *const malformed[] = {
    L"",
    L"{",
    L"4991D34B-80A1-4291-83B6-3328366B9097",
    L"{4991D34B-80A1-4291-83B6-3328366B9097",
    L"{4991D34B-80A1-4291-83B6-3328366B9097} ",
    L"{4991D34B-80A1-4291-83B6-3328366B909}",
    L"{4991D34B-80A1-4291-83B6-3328366B90977}",
    L"{4991D34B080A1-4291-83B6-3328366B9097}",
    L"{4991D34G-80A1-4291-83B6-3328366B9097}",
    L"{4991D34B-80A1-4291-83B6-3328366B909\x131}", /* a digit's value in its low byte only */
    L"Msxml2.DOMDocument",
};

START_TEST(test_guid_malformed_text_is_refused)
{
    CLSID read = sample;

    ck_assert_int_eq(CLSIDFromString(malformed[_i], &read), CO_E_CLASSSTRING);
    ck_assert_int_eq(IsEqualGUID(&read, &GUID_NULL), 1);
}
END_TEST

START_TEST(test_guid_no_text_is_the_null_guid)
{
    CLSID read = sample;

    ck_assert_int_eq(CLSIDFromString(NULL, &read), S_OK);
    ck_assert_int_eq(IsEqualGUID(&read, &GUID_NULL), 1);
    ck_assert_int_eq(CLSIDFromString(sample_text, NULL), E_INVALIDARG);
}
END_TEST

START_TEST(test_guid_random_ones_come_back)
{
    uint64_t state = suite_seed();

    for (int i = 0; i < 1000; i++) {
        uint64_t words[2] = {suite_random(&state), suite_random(&state)};
        GUID guid;
        CLSID back;
        WCHAR text[39];

        memcpy(&guid, words, sizeof guid);
        StringFromGUID2(&guid, text, 39);
        ck_assert_int_eq(CLSIDFromString(text, &back), S_OK);
        ck_assert_int_eq(IsEqualGUID(&guid, &back), 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guid");
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, test_guid_is_written_in_capitals);
    tcase_add_test(tcase, test_guid_is_not_written_into_too_little_room);
    tcase_add_test(tcase, test_guid_is_read_in_either_case);
    tcase_add_loop_test(tcase, test_guid_malformed_text_is_refused, 0, sizeof malformed / sizeof *malformed);
    tcase_add_test(tcase, test_guid_no_text_is_the_null_guid);
    tcase_add_test(tcase, test_guid_random_ones_come_back);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
