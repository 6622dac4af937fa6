/* test_trace_schema.c: the schema holds for the examples of docs/trace.md, and refuses what is broken. */
#include <jansson.h>
#include <string.h>

#include "json_schema.h"
#include "suite.h"

static json_t *load_schema(void)
{
    json_error_t error;
    json_t *schema =
        json_load_file(TOP_SRCDIR "/data/schema/json/trace.schema.json", JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(schema != NULL, "trace.schema.json:%d: %s", error.line, error.text);
    return schema;
}

/* The lines of the page's ```json block. */
static json_t *load_examples(void)
{
    FILE *page = fopen(TOP_SRCDIR "/docs/trace.md", "r");
    json_t *examples = json_array();
    bool inside = false;
    char *line = NULL;
    size_t room = 0;

    ck_assert_ptr_nonnull(page);
    while (getline(&line, &room, page) > 0) {
        if (strncmp(line, "```", 3) == 0) {
            inside = strcmp(line, "```json\n") == 0;
        } else if (inside) {
            json_error_t error;
            json_t *example = json_loads(line, JSON_REJECT_DUPLICATES, &error);

            ck_assert_msg(example != NULL, "%s: %s", error.text, line);
            json_array_append_new(examples, example);
        }
    }
    free(line);
    fclose(page);
    return examples;
}

START_TEST(examples_obey_the_schema)
{
    json_t *schema = load_schema(), *examples = load_examples(), *example;
    size_t i;

    json_array_foreach(examples, i, example)
    {
        ck_assert_msg(schema_accepts(schema, schema, example), "example %zu", i);
        ck_assert_int_eq(json_integer_value(json_object_get(example, "seq")), (json_int_t)i);
    }
    json_decref(examples);
    json_decref(schema);
}
END_TEST

START_TEST(examples_show_every_kind)
{
    json_t *schema = load_schema(), *examples = load_examples(), *kind, *example;
    json_t *kinds = json_object_get(json_object_get(json_object_get(schema, "properties"), "kind"), "enum");
    size_t i, j;

    ck_assert_uint_ge(json_array_size(kinds), 8);
    json_array_foreach(kinds, i, kind)
    {
        bool shown = false;

        json_array_foreach(examples, j, example)
        {
            if (json_equal(kind, json_object_get(example, "kind")))
                shown = true;
        }
        ck_assert_msg(shown, "docs/trace.md shows no %s", json_string_value(kind));
    }
    json_decref(examples);
    json_decref(schema);
}
END_TEST

/* Keys that a kind may lack; every other key of the examples is required by the schema. */
static bool is_optional(const char *kind, const char *key)
{
    static const char *const optional[][2] = {
        {"call", "job"},      {"call", "file"},       {"return", "job"},  {"return", "file"},
        {"callback", "file"}, {"callback", "ranges"}, {"request", "url"}, {"request", "job"},
        {"request", "file"},  {"request", "ranges"},  {"note", "job"},    {"note", "file"},
        {"note", "text"},
    };

    if (strcmp(key, "hr_name") == 0)
        return true;
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        if (strcmp(kind, optional[i][0]) == 0 && strcmp(key, optional[i][1]) == 0)
            return true;
    return false;
}

START_TEST(each_required_key_is_missed)
{
    json_t *schema = load_schema(), *examples = load_examples(), *example, *value;
    const char *key;
    size_t i;

    json_array_foreach(examples, i, example)
    {
        const char *kind = json_string_value(json_object_get(example, "kind"));

        json_object_foreach(example, key, value)
        {
            json_t *less = json_copy(example);

            json_object_del(less, key);
            ck_assert_msg(schema_accepts(schema, schema, less) == is_optional(kind, key), "%s without %s",
                          kind, key);
            json_decref(less);
        }
    }
    json_decref(examples);
    json_decref(schema);
}
END_TEST

/* What stands for one key in the example of a kind, and must be refused. */
static const struct {
    const char *kind, *key, *value;
} broken[] = {
    {"trace", "schema", "2"},
    {"trace", "kind", "\"track\""},
    {"trace", "seq", "-1"},
    {"trace", "thread", "0"},
    {"trace", "t_us", "1.5"},
    {"trace", "version", "null"},
    {"settings", "profile", "\"nice\""},
    {"settings", "values", "[]"},
    {"call", "method", "\"RequestFileRanges\""},
    {"call", "args", "null"},
    {"call", "job", "\"{6b29fc40-ca47-1067-b31d-00dd010662da}\""},
    {"call", "file", "-1"},
    {"return", "hr", "0"},
    {"return", "hr", "\"0x1\""},
    {"callback", "phase", "\"middle\""},
    {"callback", "slot", "-1"},
    {"callback", "method", "\"IBackgroundCopyCallback::JobError\""},
    {"callback", "ranges", "[[0]]"},
    {"callback", "ranges", "[[0,1,2]]"},
    {"callback", "ranges", "[0,1]"},
    {"callback", "ranges", "[[0,\"many\"]]"},
    {"state", "to", "\"FINISHED\""},
    {"state", "event", "7"},
    {"request", "method", "\"get\""},
    {"request", "request", "null"},
    {"note", "what", "3"},
    {"note", "missing", "0"},
};

START_TEST(broken_values_are_refused)
{
    json_t *schema = load_schema(), *examples = load_examples(), *example, *damaged;
    bool found = false;
    size_t i;

    json_array_foreach(examples, i, example)
    {
        if (strcmp(json_string_value(json_object_get(example, "kind")), broken[_i].kind) != 0)
            continue;
        found = true;
        damaged = json_copy(example);
        json_object_set_new(damaged, broken[_i].key, json_loads(broken[_i].value, JSON_DECODE_ANY, NULL));
        ck_assert_ptr_nonnull(json_object_get(damaged, broken[_i].key));
        ck_assert(!schema_accepts(schema, schema, damaged));
        json_decref(damaged);
    }
    ck_assert(found);
    json_decref(examples);
    json_decref(schema);
}
END_TEST

static Suite *trace_schema_suite(void)
{
    Suite *suite = suite_create("trace schema");
    TCase *tcase = tcase_create("schema");

    tcase_add_test(tcase, examples_obey_the_schema);
    tcase_add_test(tcase, examples_show_every_kind);
    tcase_add_test(tcase, each_required_key_is_missed);
    tcase_add_loop_test(tcase, broken_values_are_refused, 0, sizeof broken / sizeof *broken);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_main(trace_schema_suite());
}
