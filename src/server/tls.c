/* tls.c: certificates that are made at start, and the server's side of TLS.
 *
 * Two authorities are made, of which one is handed out to be trusted; nothing is written to disk. The keys
 * are P-256: made in a millisecond.
 */
#include <config.h>

#include "server/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DAY_S 86400L

struct tls {
    SSL_CTX *contexts[TLS_CERTIFICATE_COUNT];
    char *authority; /* PEM */
    int with_h2;
};

struct pair {
    EVP_PKEY *key;
    X509 *certificate;
};

static void pair_release(struct pair *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->certificate);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool ok;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ok = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

/* Signed by issuer, or by itself if that is NULL. names is a subjectAltName; NULL: it is an authority. */
static bool make(struct pair *out, const struct pair *issuer, const char *common_name, const char *names,
                 long from_s, long to_s)
{
    X509 *certificate = X509_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_NAME *name = certificate ? X509_get_subject_name(certificate) : NULL;
    uint64_t serial = 0;
    bool ok;

    *out = (struct pair){key, certificate};
    ok = name && key && RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
         X509_set_version(certificate, 2) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), from_s) &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), to_s) && X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate) : name) == 1;
    if (ok && names)
        ok = add_extension(certificate, issuer->certificate, NID_subject_alt_name, names) &&
             add_extension(certificate, issuer->certificate, NID_ext_key_usage, "serverAuth");
    else if (ok)
        ok = add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE") &&
             add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    return ok && X509_sign(certificate, issuer ? issuer->key : key, EVP_sha256()) > 0;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned offered_len, void *context)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1", old[] = "\x08http/1.1";
    const struct tls *t = context;
    unsigned char *chosen = NULL;

    (void)ssl;
    if (SSL_select_next_proto(&chosen, out_len, t->with_h2 ? both : old,
                              (unsigned)((t->with_h2 ? sizeof both : sizeof old) - 1), offered,
                              offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *make_context(struct tls *t, const struct pair *authority, const char *names, long from_s,
                             long to_s)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    struct pair leaf;
    bool ok = make(&leaf, authority, "openbits test server", names, from_s, to_s) && context &&
              SSL_CTX_use_certificate(context, leaf.certificate) == 1 &&
              SSL_CTX_use_PrivateKey(context, leaf.key) == 1;

    pair_release(&leaf);
    if (!ok) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, t);
    return context;
}

static char *to_pem(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data, *text = NULL;

    if (bio && PEM_write_bio_X509(bio, certificate) == 1) {
        long len = BIO_get_mem_data(bio, &data);

        text = strndup(data, (size_t)len);
    }
    BIO_free(bio);
    return text;
}

struct tls *tls_new(int with_h2)
{
    static const char here[] = "DNS:localhost,IP:127.0.0.1,IP:::1", elsewhere[] = "DNS:elsewhere.invalid";
    struct tls *t = calloc(1, sizeof *t);
    struct pair known = {0}, unknown = {0};
    char name[64];
    uint64_t number = 0;
    bool ok;

    /* Two servers' authorities must not be taken for each other. */
    RAND_bytes((unsigned char *)&number, sizeof number);
    snprintf(name, sizeof name, "openbits test authority %016llx", (unsigned long long)number);
    ok = t && make(&known, NULL, name, NULL, -DAY_S, 30 * DAY_S) &&
         make(&unknown, NULL, "somebody", NULL, -DAY_S, 30 * DAY_S);

    if (ok) {
        t->with_h2 = with_h2;
        t->contexts[TLS_GOOD] = make_context(t, &known, here, -DAY_S, 30 * DAY_S);
        t->contexts[TLS_UNTRUSTED] = make_context(t, &unknown, here, -DAY_S, 30 * DAY_S);
        t->contexts[TLS_OTHER_HOST] = make_context(t, &known, elsewhere, -DAY_S, 30 * DAY_S);
        t->contexts[TLS_EXPIRED] = make_context(t, &known, here, -30 * DAY_S, -DAY_S);
        t->authority = to_pem(known.certificate);
        ok = t->authority != NULL;
        for (int i = 0; i < TLS_CERTIFICATE_COUNT; i++)
            ok = ok && t->contexts[i];
    }
    pair_release(&known);
    pair_release(&unknown);
    ERR_clear_error();
    if (!ok) {
        tls_free(t);
        return NULL;
    }
    return t;
}

void tls_free(struct tls *t)
{
    if (!t)
        return;
    for (int i = 0; i < TLS_CERTIFICATE_COUNT; i++)
        SSL_CTX_free(t->contexts[i]);
    free(t->authority);
    free(t);
}

bool tls_has_h2(const struct tls *t)
{
    return t->with_h2 != 0;
}

const char *tls_authority(const struct tls *t)
{
    return t->authority;
}

bool channel_init_tls(struct channel *c, int fd, struct tls *t, enum tls_certificate shown)
{
    SSL *ssl = SSL_new(t->contexts[shown]);

    *c = (struct channel){.fd = fd, .ssl = ssl, .wants = POLLIN};
    if (!ssl || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        c->ssl = NULL;
        return false;
    }
    SSL_set_accept_state(ssl);
    return true;
}

void channel_release(struct channel *c)
{
    if (!c->ssl)
        return;
    if (SSL_is_init_finished(c->ssl))
        SSL_shutdown(c->ssl);
    ERR_clear_error();
    SSL_free(c->ssl);
    c->ssl = NULL;
}

/* What a call that returned n means, as a system call would say it. */
static ssize_t result_of(struct channel *c, int n)
{
    int error = SSL_get_error(c->ssl, n);

    ERR_clear_error();
    c->wants = 0;
    switch (error) {
    case SSL_ERROR_NONE:
        return n;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_READ:
        c->wants = POLLIN;
        break;
    case SSL_ERROR_WANT_WRITE:
        c->wants = POLLOUT;
        break;
    default:
        errno = ECONNRESET;
        return -1;
    }
    errno = EAGAIN;
    return -1;
}

int channel_handshake(struct channel *c)
{
    int n;

    if (!c->ssl)
        return 1;
    n = (int)result_of(c, SSL_do_handshake(c->ssl));
    return n > 0 ? 1 : n < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t channel_read(struct channel *c, void *out, size_t size)
{
    return c->ssl ? result_of(c, SSL_read(c->ssl, out, (int)size)) : recv(c->fd, out, size, MSG_DONTWAIT);
}

ssize_t channel_write(struct channel *c, const void *bytes, size_t len)
{
    return c->ssl ? result_of(c, SSL_write(c->ssl, bytes, (int)len))
                  : send(c->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool channel_is_h2(const struct channel *c)
{
    const unsigned char *name = NULL;
    unsigned len = 0;

    if (c->ssl && SSL_is_init_finished(c->ssl))
        SSL_get0_alpn_selected(c->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}
