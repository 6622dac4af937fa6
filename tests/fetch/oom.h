/* oom.h: an allocator that fails when told to, for fetch (by the compiler's -D) and libcurl (by its own
 * hook). */
#ifndef OPENBITS_TESTS_FETCH_OOM_H
#define OPENBITS_TESTS_FETCH_OOM_H

#include <stddef.h>

void *oom_malloc(size_t size);
void *oom_calloc(size_t count, size_t size);
void *oom_realloc(void *old, size_t size);
void oom_free(void *p);
char *oom_strdup(const char *text);
char *oom_strndup(const char *text, size_t len);

#endif
