/* tls.c: see tls.h.
 *
 * libcurl verifies all or nothing. Where the client forgives single faults, wants revocation lists looked at
 * or wants to be asked, a callback of ours does the verification: OpenSSL's own, with the faults forgiven
 * that the flags name, and only then the question. A server whose question is open is refused for now: its
 * connection ends before a request was sent, and the transfer is held until there is an answer.
 *
 * The name is libcurl's to compare, after the handshake and before the request; ours to compare too before
 * somebody is asked, who is to see only what passed.
 */
#include "fetch/tls.h"

#include <openssl/pkcs7.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/hr.h"
#include "fetch/certificate.h"
#include "fetch/errors.h"
#include "fetch/hop.h"

#define BY_CALLBACK                                                                                          \
    (FETCH_TLS_ANY_DATE | FETCH_TLS_ANY_CA | FETCH_TLS_ANY_USAGE | FETCH_TLS_CHECK_CRL | FETCH_TLS_ASK)

bool tls_is_special(const struct fetch_options *options)
{
    return options->flags & BY_CALLBACK;
}

/* --- faults */

static unsigned forgiven_by(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return FETCH_TLS_ANY_DATE;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return FETCH_TLS_ANY_CA;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE:
        return FETCH_TLS_ANY_USAGE;
    default:
        return 0;
    }
}

static HRESULT hr_from_verify(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_REVOKED:
        return HR_WINHTTP_CERT_REVOKED;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        return HR_WINHTTP_CERT_REV_FAILED;
    case X509_V_ERR_OUT_OF_MEM:
        return E_OUTOFMEMORY;
    default:
        return HR_WINHTTP_SECURE_FAILURE;
    }
}

static int forgive(int ok, X509_STORE_CTX *store)
{
    const struct tls_context *context = X509_STORE_CTX_get_app_data(store);

    return ok || (context->options->flags & forgiven_by(X509_STORE_CTX_get_error(store)));
}

/* --- the question */

static bool name_fits(X509 *certificate, const char *host)
{
    size_t len = strlen(host);

    if (host[0] == '[') {
        char address[64];

        if (len < 3 || len >= sizeof address)
            return false;
        memcpy(address, host + 1, len - 2);
        address[len - 2] = '\0';
        return X509_check_ip_asc(certificate, address, 0) == 1;
    }
    return X509_check_ip_asc(certificate, host, 0) == 1 ||
           X509_check_host(certificate, host, len, 0, NULL) == 1;
}

/* The chain as PKCS #7 without a signature, DER; *out is OPENSSL_free's. NULL: memory is short. */
static int chain_to_der(STACK_OF(X509) * chain, unsigned char **out)
{
    PKCS7 *set = PKCS7_new();
    int len = -1;

    *out = NULL;
    if (set && PKCS7_set_type(set, NID_pkcs7_signed) && PKCS7_content_new(set, NID_pkcs7_data)) {
        int added = 1;

        for (int i = 0; added && i < sk_X509_num(chain); i++)
            added = PKCS7_add_certificate(set, sk_X509_value(chain, i));
        if (added)
            len = i2d_PKCS7(set, out);
    }
    PKCS7_free(set);
    return len;
}

static HRESULT ask(struct tls_context *context, X509_STORE_CTX *store)
{
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    struct fetch_certificate certificate = {.host = context->host, .port = context->port};
    unsigned char *der = NULL, *chain = NULL;
    int der_len = i2d_X509(leaf, &der), chain_len = chain_to_der(X509_STORE_CTX_get0_chain(store), &chain);
    unsigned len = 0;
    HRESULT hr = E_OUTOFMEMORY;

    if (der_len > 0 && chain_len > 0 && X509_digest(leaf, EVP_sha256(), certificate.sha256, &len)) {
        certificate.der = der;
        certificate.der_len = (size_t)der_len;
        certificate.chain = chain;
        certificate.chain_len = (size_t)chain_len;
        hr = context->certificate(context->context, &certificate);
    }
    OPENSSL_free(der);
    OPENSSL_free(chain);
    return hr;
}

/* In the place of OpenSSL's verification, which is its first part. */
static int verify(X509_STORE_CTX *store, void *arg)
{
    struct tls_context *context = arg;
    unsigned flags = context->options->flags;

    context->verdict = (struct tls_verdict){.hr = S_OK};
    X509_STORE_CTX_set_app_data(store, context);
    X509_STORE_CTX_set_verify_cb(store, forgive);
    if (X509_verify_cert(store) <= 0) {
        context->verdict.hr = hr_from_verify(X509_STORE_CTX_get_error(store));
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK); /* what was forgiven is forgotten */
    if (!(flags & FETCH_TLS_ASK) ||
        (!(flags & FETCH_TLS_ANY_NAME) && !name_fits(X509_STORE_CTX_get0_cert(store), context->host)))
        return 1;
    context->verdict.hr = ask(context, store);
    if (context->verdict.hr == S_OK)
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

/* The lists of revoked certificates, read by us: libcurl would check the whole chain, and refuse to start
 * without a file. */
static CURLcode load_crls(const struct fetch_options *options, X509_STORE *store)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

    if (!lookup)
        return CURLE_OUT_OF_MEMORY;
    /* A file that is not there leaves the question open, which is a failure of the check. */
    (void)X509_load_crl_file(lookup, options->crl_file, X509_FILETYPE_PEM);
    return CURLE_OK;
}

static CURLcode on_context(CURL *easy, void *ssl_ctx, void *arg)
{
    struct tls_context *context = arg;
    X509_STORE *store = SSL_CTX_get_cert_store(ssl_ctx);

    (void)easy;
    SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, context);
    /* The connection outlives the request and its context, so there must be one handshake only. */
    SSL_CTX_set_options(ssl_ctx, SSL_OP_NO_RENEGOTIATION);
    if (!(context->options->flags & FETCH_TLS_CHECK_CRL))
        return CURLE_OK;
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    return load_crls(context->options, store);
}

/* --- the handle */

HRESULT tls_prepare(CURL *easy, struct tls_context *context, bool is_home)
{
    const struct fetch_options *o = context->options;
    const char *certificate = is_home ? o->client_certificate : NULL;
    CURLcode bad = CURLE_OK;

    context->verdict = (struct tls_verdict){.hr = S_OK};
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(easy, option, value)
    if (o->flags & FETCH_TLS_ANY_NAME)
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    if (o->flags & FETCH_TLS_ANY_CA) { /* on a machine without certificates libcurl would not even begin */
        SET(CURLOPT_CAINFO, NULL);
        SET(CURLOPT_CAPATH, NULL);
    }
    if (o->client_certificate) {
        SET(CURLOPT_SSLCERT, certificate);
        SET(CURLOPT_SSLKEY, certificate);
    }
    if (tls_is_special(o)) {
        SET(CURLOPT_SSL_CTX_FUNCTION, on_context);
        SET(CURLOPT_SSL_CTX_DATA, context);
        SET(CURLOPT_SSL_SESSIONID_CACHE, 0L); /* a session that is taken up again is not verified again */
        SET(CURLOPT_SHARE, o->share);
    }
#undef SET
    return hr_from_curl(bad);
}
