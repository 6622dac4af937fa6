/* raw_tls.h: keys and certificates for tests, made anew each time, signed by themselves. */
#ifndef OPENBITS_TESTS_FETCH_RAW_TLS_H
#define OPENBITS_TESTS_FETCH_RAW_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/* What is wrong with a server's certificate. All zero: nothing, for 127.0.0.1. */
struct raw_tls {
    const char *names; /* as OpenSSL writes subject alternative names; NULL: "IP:127.0.0.1" */
    long from_s;       /* since now; 0: an hour ago */
    long until_s;      /* since now; 0: in an hour */
    const char *usage; /* extendedKeyUsage; NULL: none */
    enum { RAW_CRL_NONE, RAW_CRL_EMPTY, RAW_CRL_REVOKES } crl;    /* folder/crl.pem */
    enum { RAW_PEER_NONE, RAW_PEER_ASKED, RAW_PEER_NEEDED } peer; /* the client's certificate; any will do */
};

/* Writes folder/ca.pem, and folder/crl.pem if there is one. tls NULL: all zero. */
SSL_CTX *raw_tls_server(const struct raw_tls *tls, const char *folder);

/* Writes a client's certificate with its key into path; sha1 has 20 bytes. */
void raw_tls_client(const char *path, const char *common_name, uint8_t *sha1);

#endif
