/* What is done to the bytes of an answer, whatever pieces they come in. */
#include <config.h>

#include "suite.h"

#include <string.h>

#include "server/damage.h"

#define HEAD   "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 10\r\nY: 2\r\n\r\n"
#define BODY   "0123456789"
#define NEXT   "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BEFORE "HTTP/1.1 100 Continue\r\n\r\n"

#define HEAD_WITH(lines) "HTTP/1.1 200 OK\r\nX: 1\r\n" lines "Y: 2\r\n\r\n"

static const struct {
    struct damage damage;
    const char *expected; /* after BEFORE */
    enum damage_state state;
} rows[] = {
    {{.end_at = DAMAGE_NEVER}, HEAD BODY NEXT, DAMAGE_PASS},
    {{.length = DAMAGE_LENGTH_OTHER, .other_length = 77, .end_at = DAMAGE_NEVER},
     HEAD_WITH("Content-Length: 77\r\n") BODY NEXT,
     DAMAGE_PASS},
    {{.length = DAMAGE_LENGTH_TWICE, .other_length = 11, .end_at = DAMAGE_NEVER},
     HEAD_WITH("Content-Length: 10\r\nContent-Length: 11\r\n") BODY NEXT,
     DAMAGE_PASS},
    {{.length = DAMAGE_LENGTH_NEGATIVE, .end_at = DAMAGE_NEVER},
     HEAD_WITH("Content-Length: -1\r\n") BODY NEXT,
     DAMAGE_PASS},
    {{.end = DAMAGE_END_RESET, .end_at = 4}, HEAD "0123", DAMAGE_RESET},
    {{.end = DAMAGE_END_RESET, .end_at = 0}, HEAD, DAMAGE_RESET},
    {{.end = DAMAGE_END_CLOSE, .end_at = 9}, HEAD "012345678", DAMAGE_CLOSED},
    {{.end = DAMAGE_END_CLOSE, .end_at = DAMAGE_NEVER}, HEAD BODY, DAMAGE_CLOSED},
};

/* The stream under the plan for its second answer, in pieces of piece bytes. */
static void feed(struct damage_stream *s, const struct damage *damage, size_t piece)
{
    const struct damage_plan plan = {.damage = *damage, .start = strlen(BEFORE), .body_length = strlen(BODY)};
    static const char all[] = BEFORE HEAD BODY NEXT;

    damage_stream_feed(s, all, strlen(BEFORE));
    damage_stream_begin(s, &plan);
    for (size_t at = strlen(BEFORE); at < strlen(all); at += piece) {
        size_t left = strlen(all) - at;

        damage_stream_feed(s, all + at, piece < left ? piece : left);
    }
    ck_assert(!s->failed);
}

START_TEST(test_damage)
{
    for (size_t piece = 1; piece < 120; piece++) {
        struct damage_stream s = {0};

        feed(&s, &rows[_i].damage, piece);
        ck_assert_int_eq(s.state, rows[_i].state);
        ck_assert_uint_eq(s.out_len, strlen(BEFORE) + strlen(rows[_i].expected));
        ck_assert_msg(memcmp(s.out + strlen(BEFORE), rows[_i].expected, strlen(rows[_i].expected)) == 0,
                      "in pieces of %zu: %.*s", piece, (int)s.out_len, s.out);
        damage_stream_release(&s);
    }
}
END_TEST

/* In one piece, chunks are whole. */
static const struct {
    struct damage damage;
    const char *expected;
} chunks[] = {
    {{.length = DAMAGE_LENGTH_REPLACED, .end_at = DAMAGE_NEVER},
     HEAD_WITH("Transfer-Encoding: chunked\r\n") "a\r\n" BODY "\r\n0\r\n\r\n" NEXT},
    {{.length = DAMAGE_LENGTH_CHUNKED, .end_at = DAMAGE_NEVER},
     HEAD_WITH("Content-Length: 10\r\nTransfer-Encoding: chunked\r\n") "a\r\n" BODY "\r\n0\r\n\r\n" NEXT},
    {{.length = DAMAGE_LENGTH_REPLACED, .end = DAMAGE_END_LAST_CHUNK, .end_at = 4},
     HEAD_WITH("Transfer-Encoding: chunked\r\n") "4\r\n0123\r\n0\r\n\r\n" NEXT},
    {{.length = DAMAGE_LENGTH_REPLACED, .end = DAMAGE_END_LAST_CHUNK, .end_at = 0},
     HEAD_WITH("Transfer-Encoding: chunked\r\n") "0\r\n\r\n" NEXT},
};

START_TEST(test_chunks)
{
    struct damage_stream s = {0};

    feed(&s, &chunks[_i].damage, 1000);
    ck_assert_uint_eq(s.out_len, strlen(BEFORE) + strlen(chunks[_i].expected));
    ck_assert_msg(memcmp(s.out + strlen(BEFORE), chunks[_i].expected, strlen(chunks[_i].expected)) == 0,
                  "%.*s", (int)s.out_len, s.out);
    damage_stream_release(&s);
}
END_TEST

START_TEST(test_garbage_stands_for_a_chunk)
{
    const struct damage damage = {.length = DAMAGE_LENGTH_REPLACED, .end = DAMAGE_END_GARBAGE, .end_at = 2};
    struct damage_stream s = {0};
    const char *body;

    feed(&s, &damage, 1000);
    ck_assert_int_eq(s.state, DAMAGE_CLOSED);
    body = s.out + strlen(BEFORE) + strlen(HEAD_WITH("Transfer-Encoding: chunked\r\n"));
    ck_assert_int_eq(memcmp(body, "2\r\n01\r\n\x16", 8), 0);
    damage_stream_release(&s);
}
END_TEST

START_TEST(test_answer_without_a_body)
{
    const struct damage_plan plan = {
        .damage = {.length = DAMAGE_LENGTH_OTHER, .other_length = 5, .end_at = DAMAGE_NEVER}};
    struct damage_stream s = {0};

    damage_stream_begin(&s, &plan);
    damage_stream_feed(&s, HEAD NEXT, strlen(HEAD NEXT));
    ck_assert_uint_eq(s.out_len, strlen(HEAD_WITH("Content-Length: 5\r\n") NEXT));
    ck_assert_int_eq(s.state, DAMAGE_PASS);
    damage_stream_release(&s);
}
END_TEST

START_TEST(test_head_is_bounded)
{
    const struct damage_plan plan = {.damage = {.length = DAMAGE_LENGTH_OTHER, .end_at = DAMAGE_NEVER}};
    struct damage_stream s = {0};
    char line[1024];

    memset(line, 'x', sizeof line);
    damage_stream_begin(&s, &plan);
    for (int i = 0; i < DAMAGE_HEAD_MAX / 1024 + 2; i++)
        damage_stream_feed(&s, line, sizeof line);
    ck_assert(s.failed);
    damage_stream_release(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("damage");
    TCase *tcase = tcase_create("damage");

    tcase_add_loop_test(tcase, test_damage, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(tcase, test_chunks, 0, (int)(sizeof chunks / sizeof *chunks));
    tcase_add_test(tcase, test_garbage_stands_for_a_chunk);
    tcase_add_test(tcase, test_answer_without_a_body);
    tcase_add_test(tcase, test_head_is_bounded);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
