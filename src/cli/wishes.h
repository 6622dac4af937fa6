/* wishes.h: what a user wants of the requests of `get`: headers, a name with its password, a proxy. */
#ifndef OPENBITS_CLI_WISHES_H
#define OPENBITS_CLI_WISHES_H

#include <stdbool.h>
#include <stddef.h>

#include <openbits.h>

struct wishes {
    char *headers;     /* CRLF after each; NULL: none */
    const char *user;  /* NULL: nobody */
    char *password;    /* with user, once wishes_ask has been called */
    const char *proxy; /* NULL: the environment's; "none"; or a list */
};

/* "Name: value". False: no memory. */
bool wishes_add_header(struct wishes *wishes, const char *line);

/* The password of the user, from OPENBITS_PASSWORD, else from the terminal, which does not show it. NULL: it
 * is there, or not needed; else what is wrong. */
const char *wishes_ask(struct wishes *wishes);

/* Tells the job; *failed is the call that refused. */
HRESULT wishes_tell(const struct wishes *wishes, IBackgroundCopyJob *job, const char **failed);

/* Overwrites what is secret. */
void wishes_release(struct wishes *wishes);

#endif
