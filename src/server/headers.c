/* headers.c: an ordered list of header fields. */
#include <config.h>

#include "server/headers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void headers_release(struct headers *h)
{
    for (size_t i = 0; i < h->count; i++)
        free((void *)(uintptr_t)h->items[i].name);
    free(h->items);
    *h = (struct headers){0};
}

static void add(struct headers *h, const char *name, size_t name_len, const char *value)
{
    size_t value_size = strlen(value) + 1;
    struct server_header *items = realloc(h->items, (h->count + 1) * sizeof *items);
    char *block = malloc(name_len + 1 + value_size);

    if (items)
        h->items = items;
    if (!items || !block) {
        free(block);
        h->failed = true;
        return;
    }
    memcpy(block, name, name_len);
    block[name_len] = '\0';
    memcpy(block + name_len + 1, value, value_size);
    h->items[h->count++] = (struct server_header){.name = block, .value = block + name_len + 1};
}

void headers_add(struct headers *h, const char *name, const char *value)
{
    add(h, name, strlen(name), value);
}

void headers_addf(struct headers *h, const char *name, const char *format, ...)
{
    char value[256];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof value)
        h->failed = true;
    else
        headers_add(h, name, value);
}

void headers_remove(struct headers *h, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < h->count; i++) {
        if (strcasecmp(h->items[i].name, name) == 0)
            free((void *)(uintptr_t)h->items[i].name);
        else
            h->items[kept++] = h->items[i];
    }
    h->count = kept;
}

void headers_set(struct headers *h, const char *name, const char *value)
{
    headers_remove(h, name);
    headers_add(h, name, value);
}

bool headers_add_line(struct headers *h, const char *line)
{
    static const char name_chars[] = "!#$%&'*+-.^_`|~0123456789"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t name_len = strspn(line, name_chars);
    const char *value = line + name_len;

    if (name_len == 0 || *value != ':' || strpbrk(line, "\r\n"))
        return false;
    value++;
    add(h, line, name_len, value + strspn(value, " \t"));
    return true;
}

const char *headers_find(const struct server_header *items, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(items[i].name, name) == 0)
            return items[i].value;
    return NULL;
}
