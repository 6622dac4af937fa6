/* fetch_feed.h: header lines for the tests of fetch's parsers, from one text. */
#ifndef OPENBITS_TESTS_FETCH_FEED_H
#define OPENBITS_TESTS_FETCH_FEED_H

#include <string.h>

#include "fetch/headers.h"

/* Feeds text line by line; returns what the last line answered. */
static inline enum fetch_headers_step feed(struct fetch_headers *headers, const char *text)
{
    enum fetch_headers_step step = FETCH_HEADERS_MORE;

    while (*text && (step == FETCH_HEADERS_MORE || step == FETCH_HEADERS_COMPLETE)) {
        const char *end = strchr(text, '\n');
        size_t len = end ? (size_t)(end + 1 - text) : strlen(text);

        step = fetch_headers_line(headers, text, len);
        text += len;
    }
    return step;
}

#endif
