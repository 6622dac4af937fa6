/* The Range header: each row is a header, a file's size, and what is to be answered. */
#include "suite.h"

#include <string.h>

#include "server/range.h"

#define MAX_SLICES 4

struct row {
    const char *header;
    uint64_t size;
    enum range_verdict verdict;
    size_t count;
    struct slice slices[MAX_SLICES];
};

static const struct row rows[] = {
    {NULL, 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0-0", 100, RANGE_SLICES, 1, {{0, 1}}},
    {"bytes=0-99", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=99-99", 100, RANGE_SLICES, 1, {{99, 1}}},
    {"bytes=90-200", 100, RANGE_SLICES, 1, {{90, 10}}},
    {"bytes=90-", 100, RANGE_SLICES, 1, {{90, 10}}},
    {"bytes=0-", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=-1", 100, RANGE_SLICES, 1, {{99, 1}}},
    {"bytes=-100", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=-101", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"BYTES=1-2", 100, RANGE_SLICES, 1, {{1, 2}}},
    /* several, in the order asked, overlaps too */
    {"bytes=0-0,50-51,-1", 100, RANGE_SLICES, 3, {{0, 1}, {50, 2}, {99, 1}}},
    {"bytes=50-59,0-9", 100, RANGE_SLICES, 2, {{50, 10}, {0, 10}}},
    {"bytes=0-9,5-14", 100, RANGE_SLICES, 2, {{0, 10}, {5, 10}}},
    {"bytes=0-0 ,\t2-2", 100, RANGE_SLICES, 2, {{0, 1}, {2, 1}}},
    {"bytes= 0-0 , , 2-2 ,", 100, RANGE_SLICES, 2, {{0, 1}, {2, 1}}},
    /* those outside are left out */
    {"bytes=100-,0-0,200-300", 100, RANGE_SLICES, 1, {{0, 1}}},
    {"bytes=100-", 100, RANGE_UNSATISFIABLE, 0, {{0}}},
    {"bytes=100-200,300-400", 100, RANGE_UNSATISFIABLE, 0, {{0}}},
    {"bytes=-0", 100, RANGE_UNSATISFIABLE, 0, {{0}}},
    /* an empty file */
    {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, {{0}}},
    {"bytes=0-0", 0, RANGE_UNSATISFIABLE, 0, {{0}}},
    {"bytes=-5", 0, RANGE_WHOLE, 0, {{0}}},
    {"bytes=-0", 0, RANGE_UNSATISFIABLE, 0, {{0}}},
    /* large numbers, and larger than there are */
    {"bytes=1099511627776-1099511627780", UINT64_C(1) << 42, RANGE_SLICES, 1, {{UINT64_C(1) << 40, 5}}},
    {"bytes=0-18446744073709551615", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=0-99999999999999999999999", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=18446744073709551616-", INT64_MAX, RANGE_UNSATISFIABLE, 0, {{0}}},
    {"bytes=-99999999999999999999999", 100, RANGE_SLICES, 1, {{0, 100}}},
    {"bytes=9223372036854775806-", INT64_MAX, RANGE_SLICES, 1, {{INT64_MAX - 1, 1}}},
    /* malformed: as if it was not there */
    {"", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=,", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=-", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=5-4", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0-0,5-4", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0-0;2-2", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0 -5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0- 5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=+0-5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=0x0-5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes=--5", 100, RANGE_WHOLE, 0, {{0}}},
    {"bytes 0-5", 100, RANGE_WHOLE, 0, {{0}}},
    {"lines=0-5", 100, RANGE_WHOLE, 0, {{0}}},
};

START_TEST(test_range_is_read_as_rfc_9110_says)
{
    const struct row *row = &rows[_i];
    struct slice *slices;
    size_t count;
    enum range_verdict verdict = range_parse(row->header, row->size, &slices, &count);

    ck_assert_msg(verdict == row->verdict, "%s of %llu: verdict %d", row->header,
                  (unsigned long long)row->size, verdict);
    ck_assert_msg(count == row->count, "%s: %zu slices", row->header, count);
    ck_assert((slices != NULL) == (verdict == RANGE_SLICES));
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(slices[i].offset == row->slices[i].offset && slices[i].len == row->slices[i].len,
                      "%s: slice %zu is %llu+%llu", row->header, i, (unsigned long long)slices[i].offset,
                      (unsigned long long)slices[i].len);
    free(slices);
}
END_TEST

static enum range_verdict parse_many(size_t asked, size_t *count)
{
    char *header = malloc(asked * 4 + 8);
    struct slice *slices;
    enum range_verdict verdict;

    strcpy(header, "bytes=");
    for (size_t i = 0; i < asked; i++)
        memcpy(header + 6 + i * 4, "0-0,", 4);
    header[6 + asked * 4] = '\0';
    verdict = range_parse(header, 1, &slices, count);
    free(slices);
    free(header);
    return verdict;
}

START_TEST(test_range_with_too_many_elements_is_refused)
{
    size_t count;

    ck_assert_int_eq(parse_many(RANGE_MAX_COUNT, &count), RANGE_SLICES);
    ck_assert_uint_eq(count, RANGE_MAX_COUNT);
    ck_assert_int_eq(parse_many(RANGE_MAX_COUNT + 1, &count), RANGE_UNSATISFIABLE);
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* Whatever is asked, a slice has bytes and lies in the file. */
START_TEST(test_range_slices_are_never_outside_the_file)
{
    static const char alphabet[] = "0123456789--,,, ";
    uint64_t seed = suite_seed();
    size_t satisfied = 0;

    for (int i = 0; i < 20000; i++) {
        char header[40] = "bytes=";
        size_t len = 6 + suite_random(&seed) % 30, count;
        uint64_t size = suite_random(&seed) % 300;
        struct slice *slices;

        for (size_t k = 6; k < len; k++)
            header[k] = alphabet[suite_random(&seed) % (sizeof alphabet - 1)];
        range_parse(header, size, &slices, &count);
        for (size_t k = 0; k < count; k++) {
            ck_assert_msg(slices[k].len > 0, "%s of %llu", header, (unsigned long long)size);
            ck_assert_msg(slices[k].offset < size && slices[k].len <= size - slices[k].offset, "%s of %llu",
                          header, (unsigned long long)size);
        }
        satisfied += count > 0;
        free(slices);
    }
    ck_assert_uint_gt(satisfied, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: range");
    TCase *parsing = tcase_create("parsing"), *bounds = tcase_create("bounds");

    tcase_add_loop_test(parsing, test_range_is_read_as_rfc_9110_says, 0, sizeof rows / sizeof *rows);
    tcase_add_test(bounds, test_range_with_too_many_elements_is_refused);
    tcase_add_test(bounds, test_range_slices_are_never_outside_the_file);
    suite_add_tcase(suite, parsing);
    suite_add_tcase(suite, bounds);
    return suite_main(suite);
}
