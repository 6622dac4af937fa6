/* certificate.h: a server's certificate that somebody is asked about, and the store of a client's own.
 *
 * The store is a folder: ROOT/LOCATION/STORE/NAME.pem, one certificate a file, with its private key and,
 * behind it, the certificates between it and its CA. LOCATION is one of "current-user", "local-machine",
 * "current-service", "services", "users", "current-user-group-policy", "local-machine-group-policy",
 * "local-machine-enterprise", in the order of BG_CERT_STORE_LOCATION. STORE compares without case. Beside
 * them ROOT/crl.pem holds lists of revoked certificates.
 */
#ifndef OPENBITS_FETCH_CERTIFICATE_H
#define OPENBITS_FETCH_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

/* Lent for a call. */
struct fetch_certificate {
    const char *host; /* of the server as the URL has it */
    unsigned port;
    uint8_t sha256[32]; /* of der */
    const uint8_t *der;
    size_t der_len;
    const uint8_t *chain; /* the chain up to its root: PKCS #7 signed data without a signature, DER */
    size_t chain_len;
};

#define FETCH_CERTIFICATE_HASH_LEN 20u /* SHA-1, which is how Windows finds certificates */

struct fetch_client_certificate {
    char *path; /* of the file */
    uint8_t sha1[FETCH_CERTIFICATE_HASH_LEN];
    char *subject; /* its common name, or its whole subject if it has none; UTF-8 */
};

struct fetch_certificate_query {
    const char *root; /* NULL: there are no stores */
    unsigned location;
    const char *store;
    const uint8_t *sha1; /* NULL: by subject */
    const char *subject; /* a part of the subject, without case */
};

/* The first by file name that fits. E_NOTIMPL: an unknown location; HR_FILE_NOT_FOUND: no such store;
 * HR_CRYPT_NOT_FOUND: no such certificate in it; E_OUTOFMEMORY. *out is all NULL without S_OK. */
HRESULT fetch_certificate_find(const struct fetch_certificate_query *query,
                               struct fetch_client_certificate *out);
void fetch_client_certificate_release(struct fetch_client_certificate *certificate);

#endif
