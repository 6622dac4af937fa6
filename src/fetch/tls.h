/* tls.h: which server certificates a request accepts beyond or short of the usual, and what it shows of its
 * own.
 *
 * Private to fetch, which has OpenSSL because libcurl is linked with it (decision 8).
 */
#ifndef OPENBITS_FETCH_TLS_H
#define OPENBITS_FETCH_TLS_H

#include <curl/curl.h>
#include <stdbool.h>

#include "fetch/certificate.h"
#include "openbits_types.h"

struct fetch_options;

/* What came of the verification of this hop's server, if we took part in it: S_OK, E_PENDING (somebody is
 * asked), or why not. */
struct tls_verdict {
    HRESULT hr;
    bool go_on; /* E_PENDING has been answered in the meantime: ask again */
};

/* Who is to be told of a certificate that passed. NULL certificate function: nobody. */
struct tls_context {
    const struct fetch_options *options;
    const char *host; /* of this hop's URL */
    unsigned port;
    struct tls_verdict verdict;
    HRESULT (*certificate)(void *context, const struct fetch_certificate *certificate);
    void *context;
};

/* Whether connections of these options may not be shared with other options': what was verified on them was
 * verified in another way. */
bool tls_is_special(const struct fetch_options *options);

/* Sets the handle. context lives as long as its transfer. is_home: the client's certificate may be shown. */
HRESULT tls_prepare(CURL *easy, struct tls_context *context, bool is_home);

#endif
