/* cleanup.h: scope-bound release, by the compiler's cleanup attribute (gcc and clang both have it).
 *
 *     AUTOFREE char *name = strdup(x);   freed when the scope ends
 *     *out = TAKE(name);                 handed on instead
 */
#ifndef OPENBITS_BASE_CLEANUP_H
#define OPENBITS_BASE_CLEANUP_H

#include <stdlib.h>

/* fn takes a pointer to the variable, as every *_free_at function below and in other rooms does. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Gives the pointer away and leaves NULL behind, so that the scope frees nothing. */
#define TAKE(p)                                                                                            \
    __extension__({                                                                                        \
        __typeof__(p) taken_ = (p);                                                                        \
        (p) = NULL;                                                                                        \
        taken_;                                                                                            \
    })

/* For anything that malloc made. */
static inline void free_at(void *p)
{
    free(*(void **)p);
}

#define AUTOFREE CLEANUP(free_at)

#endif
