/* The content of synthetic files, and the body of an answer with several ranges. */
#include "suite.h"

#include <string.h>

#include "server/multipart.h"
#include "server/server.h"

/* The generator as its authors print it, one number after the other from a seed. */
static uint64_t next_word(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

START_TEST(test_content_is_splitmix64_little_endian)
{
    /* The first words from seed 1234567, as published with the generator. */
    static const uint64_t known[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                     4593380528125082431u, 16408922859458223821u};
    uint64_t state = 42;
    uint8_t bytes[64];

    server_content(1234567, 0, bytes, sizeof known);
    for (size_t i = 0; i < sizeof known; i++)
        ck_assert_uint_eq(bytes[i], (uint8_t)(known[i / 8] >> (i % 8 * 8)));
    server_content(42, 0, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i += 8) {
        uint64_t word = next_word(&state);

        for (size_t k = 0; k < 8; k++)
            ck_assert_uint_eq(bytes[i + k], (uint8_t)(word >> (k * 8)));
    }
}
END_TEST

START_TEST(test_content_is_the_same_however_it_is_cut)
{
    uint64_t base = _i == 0 ? 0 : _i == 1 ? (UINT64_C(1) << 42) + 3 : INT64_MAX - 100;
    uint8_t whole[80], piece[80];

    server_content(7, base, whole, sizeof whole);
    for (size_t from = 0; from < sizeof whole; from++) {
        for (size_t len = 0; from + len <= sizeof whole; len++) {
            memset(piece, 0xA5, sizeof piece);
            server_content(7, base + from, piece, len);
            ck_assert(memcmp(piece, whole + from, len) == 0);
            for (size_t i = len; i < sizeof piece; i++)
                ck_assert_uint_eq(piece[i], 0xA5);
        }
    }
}
END_TEST

static bool synthetic(uint64_t offset, void *out, size_t len, void *context)
{
    server_content(*(uint64_t *)context, offset, out, len);
    return true;
}

static bool refuse(uint64_t offset, void *out, size_t len, void *context)
{
    (void)offset;
    (void)out;
    (void)len;
    (void)context;
    return false;
}

static const struct slice three[] = {{0, 1}, {UINT64_C(1) << 40, 70}, {5, 3}};

#define FILE_SIZE (UINT64_C(1) << 41)

/* Written out by hand, but for the bytes of the file. */
static size_t expected_body(uint8_t *out)
{
    static const char *const heads[] = {
        "--B\r\nContent-Type: a/b\r\nContent-Range: bytes 0-0/2199023255552\r\n\r\n",
        "\r\n--B\r\nContent-Type: a/b\r\nContent-Range: bytes "
        "1099511627776-1099511627845/2199023255552\r\n\r\n",
        "\r\n--B\r\nContent-Type: a/b\r\nContent-Range: bytes 5-7/2199023255552\r\n\r\n",
    };
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        memcpy(out + n, heads[i], strlen(heads[i]));
        n += strlen(heads[i]);
        server_content(9, three[i].offset, out + n, (size_t)three[i].len);
        n += (size_t)three[i].len;
    }
    memcpy(out + n, "\r\n--B--\r\n", 9);
    return n + 9;
}

/* The same body whatever the size of the pieces in which it is asked for. */
START_TEST(test_multipart_body_is_made_in_pieces)
{
    uint8_t expected[1024], got[1024];
    size_t len = expected_body(expected), piece = (size_t)_i + 1, at = 0;
    struct multipart m;
    uint64_t seed = 9, length;
    ptrdiff_t n;

    multipart_init(&m, three, 3, FILE_SIZE, "B", "a/b");
    ck_assert(multipart_length(&m, &length));
    ck_assert_uint_eq(length, len);
    while ((n = multipart_read(&m, at, got + at, piece < sizeof got - at ? piece : sizeof got - at, synthetic,
                               &seed)) > 0) {
        ck_assert_int_eq(n, (ptrdiff_t)(piece < len - at ? piece : len - at));
        at += (size_t)n;
    }
    ck_assert_int_eq(n, 0);
    ck_assert_uint_eq(at, len);
    ck_assert_mem_eq(got, expected, len);
}
END_TEST

START_TEST(test_multipart_tells_what_of_each_slice_was_sent)
{
    struct multipart m;
    uint64_t length, sent[3], first_header, before[3] = {0};

    multipart_init(&m, three, 3, FILE_SIZE, "B", "a/b");
    ck_assert(multipart_length(&m, &length));
    first_header = strlen("--B\r\nContent-Type: a/b\r\nContent-Range: bytes 0-0/2199023255552\r\n\r\n");
    multipart_sent(&m, first_header, sent);
    ck_assert_uint_eq(sent[0], 0);
    multipart_sent(&m, first_header + 1, sent);
    ck_assert_uint_eq(sent[0], 1);
    ck_assert_uint_eq(sent[1], 0);
    for (uint64_t position = 0; position <= length; position++) {
        multipart_sent(&m, position, sent);
        for (size_t i = 0; i < 3; i++) {
            ck_assert(sent[i] == before[i] || sent[i] == before[i] + 1);
            before[i] = sent[i];
        }
    }
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(sent[i], three[i].len);
}
END_TEST

START_TEST(test_multipart_fails_where_the_file_cannot_be_read)
{
    struct multipart m;
    uint8_t out[1024];

    multipart_init(&m, three, 3, FILE_SIZE, "B", "a/b");
    ck_assert_int_eq(multipart_read(&m, 0, out, 10, refuse, NULL), 10);
    ck_assert_int_eq(multipart_read(&m, 10, out, sizeof out, refuse, NULL), -1);
}
END_TEST

START_TEST(test_multipart_length_past_64_bits_is_refused)
{
    const struct slice slices[] = {{0, INT64_MAX}, {0, INT64_MAX}, {0, INT64_MAX}};
    struct multipart m;
    uint64_t length;

    multipart_init(&m, slices, 3, INT64_MAX, "B", "a/b");
    ck_assert(!multipart_length(&m, &length));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: content and multipart");
    TCase *content = tcase_create("content"), *multipart = tcase_create("multipart");

    tcase_add_test(content, test_content_is_splitmix64_little_endian);
    tcase_add_loop_test(content, test_content_is_the_same_however_it_is_cut, 0, 3);
    tcase_add_loop_test(multipart, test_multipart_body_is_made_in_pieces, 0, 400);
    tcase_add_test(multipart, test_multipart_tells_what_of_each_slice_was_sent);
    tcase_add_test(multipart, test_multipart_fails_where_the_file_cannot_be_read);
    tcase_add_test(multipart, test_multipart_length_past_64_bits_is_refused);
    suite_add_tcase(suite, content);
    suite_add_tcase(suite, multipart);
    return suite_main(suite);
}
