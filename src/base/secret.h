/* secret.h: memory that held a password, a header or a key is overwritten before it goes back.
 *
 * What a foreign library copied of it (libcurl does) is out of reach.
 */
#ifndef OPENBITS_BASE_SECRET_H
#define OPENBITS_BASE_SECRET_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Written through a volatile pointer: a compiler may leave out a memset before free. */
static inline void secret_wipe(void *memory, size_t len)
{
    volatile unsigned char *at = (volatile unsigned char *)memory;

    while (len-- > 0)
        *at++ = 0;
}

/* NULL is allowed. */
static inline void secret_free(char *text)
{
    if (text)
        secret_wipe(text, strlen(text));
    free(text);
}

/* For CLEANUP. */
static inline void secret_free_at(char **text)
{
    secret_free(*text);
}

#endif
