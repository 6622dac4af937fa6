/* ranges.c: see ranges.h. */
#include "cli/ranges.h"

#include "base/vec.h"
#include "cli/number.h"

#include <string.h>

void ranges_release(struct ranges *ranges)
{
    free(ranges->data);
    *ranges = (struct ranges){0};
}

static const char *add(struct ranges *ranges, const char *offset, const char *len)
{
    BG_FILE_RANGE range;

    if (!number_parse_size(offset, INT64_MAX, &range.InitialOffset))
        return "the offset is not a number of bytes";
    if (strcmp(len, "eof") == 0)
        range.Length = BG_LENGTH_TO_EOF;
    else if (!number_parse_size(len, INT64_MAX, &range.Length))
        return "the length is neither a number of bytes nor \"eof\"";
    if (range.Length == 0)
        return "the length is 0";
    if (range.Length != BG_LENGTH_TO_EOF && range.Length > INT64_MAX - range.InitialOffset)
        return "offset and length together are too large";
    if (ranges->count >= RANGES_MAX)
        return "there are more than 10,000,000 ranges";
    if (!vec_reserve((void **)&ranges->data, &ranges->cap, ranges->count + 1, sizeof *ranges->data))
        return "there is not enough memory for so many ranges";
    ranges->data[ranges->count++] = range;
    return NULL;
}

const char *ranges_add(struct ranges *ranges, const char *text)
{
    char copy[64], *colon;

    if (strlen(text) >= sizeof copy)
        return "it is too long";
    memcpy(copy, text, strlen(text) + 1);
    colon = strchr(copy, ':');
    if (!colon)
        return "it has no ':' between offset and length";
    *colon = '\0';
    return add(ranges, copy, colon + 1);
}

const char *ranges_read(struct ranges *ranges, FILE *file, unsigned *line)
{
    char text[256];

    for (*line = 1; fgets(text, sizeof text, file); ++*line) {
        char *offset, *len, *more, *rest = NULL;
        const char *wrong;

        if (!strchr(text, '\n') && !feof(file))
            return "the line is too long";
        text[strcspn(text, "#")] = '\0';
        offset = strtok_r(text, " \t\r\n", &rest);
        len = strtok_r(NULL, " \t\r\n", &rest);
        more = strtok_r(NULL, " \t\r\n", &rest);
        if (!offset)
            continue;
        if (!len || more)
            return "it is not \"OFFSET LENGTH\"";
        wrong = add(ranges, offset, len);
        if (wrong)
            return wrong;
    }
    return ferror(file) ? "the file cannot be read" : NULL;
}
