/* Numbers of the command line. */
#include "suite.h"

#include "cli/number.h"

#define K UINT64_C(1024)

static const struct {
    const char *text;
    bool plain, size; /* whether it is one of each, with a maximum of 2^63 - 1 */
    uint64_t value;
} rows[] = {
    {"0", true, true, 0},
    {"7", true, true, 7},
    {"007", true, true, 7},
    {"9223372036854775807", true, true, INT64_MAX},
    {"9223372036854775808", false, false, 0},
    {"18446744073709551616", false, false, 0},
    {"99999999999999999999999", false, false, 0},
    {"1K", false, true, K},
    {"3M", false, true, 3 * K *K},
    {"5G", false, true, 5 * K *K *K},
    {"4T", false, true, 4 * K *K *K *K},
    {"8388607T", false, true, 8388607 * K *K *K *K},
    {"8388608T", false, false, 0},
    {"99999999T", false, false, 0},
    {"", false, false, 0},
    {"K", false, false, 0},
    {"1k", false, false, 0},
    {"1KB", false, false, 0},
    {"1P", false, false, 0},
    {"-1", false, false, 0},
    {"+1", false, false, 0},
    {" 1", false, false, 0},
    {"1 ", false, false, 0},
    {"0x10", false, false, 0},
    {"1.5G", false, false, 0},
};

START_TEST(test_numbers_are_digits_and_a_suffix)
{
    uint64_t n = 0;

    ck_assert_msg(number_parse(rows[_i].text, INT64_MAX, &n) == rows[_i].plain, "%s", rows[_i].text);
    if (rows[_i].plain)
        ck_assert_uint_eq(n, rows[_i].value);
    ck_assert_msg(number_parse_size(rows[_i].text, INT64_MAX, &n) == rows[_i].size, "%s", rows[_i].text);
    if (rows[_i].size)
        ck_assert_uint_eq(n, rows[_i].value);
}
END_TEST

START_TEST(test_numbers_keep_to_their_maximum)
{
    uint64_t n;

    ck_assert(number_parse("65535", 65535, &n));
    ck_assert(!number_parse("65536", 65535, &n));
    ck_assert(number_parse_size("1K", 1024, &n));
    ck_assert(!number_parse_size("1K", 1023, &n));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli: number");
    TCase *numbers = tcase_create("numbers");

    tcase_add_loop_test(numbers, test_numbers_are_digits_and_a_suffix, 0, sizeof rows / sizeof *rows);
    tcase_add_test(numbers, test_numbers_keep_to_their_maximum);
    suite_add_tcase(suite, numbers);
    return suite_main(suite);
}
