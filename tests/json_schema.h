/* json_schema.h: the part of JSON Schema 2020-12 that our schemas use, for tests.
 *
 * A keyword that is not known here fails the test, so that no schema says what nobody checks.
 */
#ifndef OPENBITS_TESTS_JSON_SCHEMA_H
#define OPENBITS_TESTS_JSON_SCHEMA_H

#include <check.h>
#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline bool schema_type_is(const char *type, const json_t *value)
{
    if (strcmp(type, "object") == 0)
        return json_is_object(value);
    if (strcmp(type, "array") == 0)
        return json_is_array(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "integer") == 0)
        return json_is_integer(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    ck_abort_msg("json_schema.h does not know the type %s", type);
    return false;
}

static inline bool schema_pattern_matches(const char *pattern, const json_t *value)
{
    regex_t regex;
    bool matches;

    if (!json_is_string(value))
        return true;
    ck_assert_msg(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0, "bad pattern %s", pattern);
    matches = regexec(&regex, json_string_value(value), 0, NULL, 0) == 0;
    regfree(&regex);
    return matches;
}

static inline bool schema_any_equal(json_t *options, json_t *value)
{
    for (size_t i = 0; i < json_array_size(options); i++)
        if (json_equal(json_array_get(options, i), value))
            return true;
    return false;
}

/* Only "#/$defs/name". */
static inline json_t *schema_resolve(json_t *root, const char *ref)
{
    json_t *found = NULL;

    if (strncmp(ref, "#/$defs/", 8) == 0)
        found = json_object_get(json_object_get(root, "$defs"), ref + 8);
    ck_assert_msg(found != NULL, "the schema has no %s", ref);
    return found;
}

static bool schema_accepts(json_t *root, json_t *schema, json_t *value);

static inline bool schema_keyword_accepts(json_t *root, json_t *schema, const char *keyword, json_t *value)
{
    json_t *is = json_object_get(schema, keyword), *part;
    const char *key;
    size_t i;

    if (keyword[0] == '$' ? strcmp(keyword, "$ref") != 0
                          : strcmp(keyword, "title") == 0 || strcmp(keyword, "description") == 0)
        return true;
    if (strcmp(keyword, "$ref") == 0)
        return schema_accepts(root, schema_resolve(root, json_string_value(is)), value);
    if (strcmp(keyword, "type") == 0)
        return schema_type_is(json_string_value(is), value);
    if (strcmp(keyword, "const") == 0)
        return json_equal(is, value);
    if (strcmp(keyword, "enum") == 0)
        return schema_any_equal(is, value);
    if (strcmp(keyword, "pattern") == 0)
        return schema_pattern_matches(json_string_value(is), value);
    if (strcmp(keyword, "minimum") == 0)
        return !json_is_integer(value) || json_integer_value(value) >= json_integer_value(is);
    if (strcmp(keyword, "maximum") == 0)
        return !json_is_integer(value) || json_integer_value(value) <= json_integer_value(is);
    if (strcmp(keyword, "minItems") == 0)
        return !json_is_array(value) || (json_int_t)json_array_size(value) >= json_integer_value(is);
    if (strcmp(keyword, "maxItems") == 0)
        return !json_is_array(value) || (json_int_t)json_array_size(value) <= json_integer_value(is);
    if (strcmp(keyword, "required") == 0) {
        json_array_foreach(is, i, part)
        {
            if (json_is_object(value) && !json_object_get(value, json_string_value(part)))
                return false;
        }
        return true;
    }
    if (strcmp(keyword, "properties") == 0) {
        json_object_foreach(is, key, part)
        {
            json_t *property = json_object_get(value, key);

            if (property && !schema_accepts(root, part, property))
                return false;
        }
        return true;
    }
    if (strcmp(keyword, "items") == 0) {
        json_array_foreach(value, i, part)
        {
            if (!schema_accepts(root, is, part))
                return false;
        }
        return true;
    }
    if (strcmp(keyword, "allOf") == 0) {
        json_array_foreach(is, i, part)
        {
            if (!schema_accepts(root, part, value))
                return false;
        }
        return true;
    }
    if (strcmp(keyword, "anyOf") == 0) {
        json_array_foreach(is, i, part)
        {
            if (schema_accepts(root, part, value))
                return true;
        }
        return false;
    }
    if (strcmp(keyword, "if") == 0)
        return !schema_accepts(root, is, value) ||
               schema_accepts(root, json_object_get(schema, "then"), value);
    if (strcmp(keyword, "then") == 0)
        return true; /* "if" looks at it */
    ck_abort_msg("json_schema.h does not know the keyword %s", keyword);
    return false;
}

static bool schema_accepts(json_t *root, json_t *schema, json_t *value)
{
    const char *keyword;
    json_t *unused;

    ck_assert(json_is_object(schema));
    json_object_foreach(schema, keyword, unused)
    {
        if (!schema_keyword_accepts(root, schema, keyword, value))
            return false;
    }
    return true;
}

#endif
