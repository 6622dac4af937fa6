#include "raw_tls.h"

#include <check.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define HOUR_S 3600L

static FILE *create(const char *folder, const char *name)
{
    char path[600];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    return file;
}

static void extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(EVP_PKEY *key, const char *common_name, const struct raw_tls *tls)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    ck_assert(key && certificate);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), tls->from_s ? tls->from_s : -HOUR_S);
    X509_gmtime_adj(X509_getm_notAfter(certificate), tls->until_s ? tls->until_s : HOUR_S);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"openbits", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    extend(certificate, NID_subject_alt_name, tls->names ? tls->names : "IP:127.0.0.1");
    if (tls->usage)
        extend(certificate, NID_ext_key_usage, tls->usage);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    return certificate;
}

static void write_crl(EVP_PKEY *key, X509 *certificate, bool revokes, const char *folder)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -60), *later = X509_gmtime_adj(NULL, HOUR_S);
    FILE *file = create(folder, "crl.pem");

    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificate));
    X509_CRL_set1_lastUpdate(crl, now);
    X509_CRL_set1_nextUpdate(crl, later);
    if (revokes) {
        X509_REVOKED *revoked = X509_REVOKED_new();

        X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(certificate));
        X509_REVOKED_set_revocationDate(revoked, now);
        ck_assert_int_eq(X509_CRL_add0_revoked(crl, revoked), 1);
    }
    ck_assert_int_gt(X509_CRL_sign(crl, key, EVP_sha256()), 0);
    ck_assert_int_eq(PEM_write_X509_CRL(file, crl), 1);
    fclose(file);
    ASN1_TIME_free(now);
    ASN1_TIME_free(later);
    X509_CRL_free(crl);
}

static int take_any(int ok, X509_STORE_CTX *store)
{
    (void)ok;
    (void)store;
    return 1;
}

SSL_CTX *raw_tls_server(const struct raw_tls *tls, const char *folder)
{
    static const struct raw_tls plain;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    X509 *certificate;
    FILE *file = create(folder, "ca.pem");

    if (!tls)
        tls = &plain;
    certificate = make_certificate(key, "openbits test", tls);
    ck_assert_ptr_nonnull(context);
    ck_assert_int_eq(SSL_CTX_use_certificate(context, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(context, key), 1);
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    fclose(file);
    if (tls->crl != RAW_CRL_NONE)
        write_crl(key, certificate, tls->crl == RAW_CRL_REVOKES, folder);
    if (tls->peer != RAW_PEER_NONE)
        SSL_CTX_set_verify(
            context, SSL_VERIFY_PEER | (tls->peer == RAW_PEER_NEEDED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
            take_any);
    /* Without a context of its own no session is taken up again, once certificates are asked for. */
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"raw", 3);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

void raw_tls_client(const char *path, const char *common_name, uint8_t *sha1)
{
    static const struct raw_tls plain;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, common_name, &plain);
    FILE *file = fopen(path, "we");
    unsigned len;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    ck_assert_int_eq(X509_digest(certificate, EVP_sha1(), sha1, &len), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
}
