/* certificate.c: looks through the folder of a certificate store (certificate.h has its shape).
 *
 * Read anew for each search: nobody searches often, and what an administrator has just put there is found.
 * A file that holds no certificate is passed over.
 */
#include "fetch/certificate.h"

#include <dirent.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/hr.h"

static const char *const locations[] = {
    "current-user",
    "local-machine",
    "current-service",
    "services",
    "users",
    "current-user-group-policy",
    "local-machine-group-policy",
    "local-machine-enterprise",
};

/* dir/name, the caller's. NULL: memory is short. */
static char *join(const char *dir, const char *name)
{
    char *path = malloc(strlen(dir) + strlen(name) + 2);

    if (path) {
        strcpy(path, dir);
        strcat(path, "/");
        strcat(path, name);
    }
    return path;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int is_pem(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return is_visible(entry) && len > 4 && strcasecmp(entry->d_name + len - 4, ".pem") == 0;
}

struct listing {
    struct dirent **entries;
    int count;
};

static void listing_release(struct listing *listing)
{
    for (int i = 0; i < listing->count; i++)
        free(listing->entries[i]);
    free(listing->entries);
}

/* The folder of the store, whatever its letters' case. */
static HRESULT find_store(const struct fetch_certificate_query *query, char **out)
{
    AUTOFREE char *location = NULL;
    CLEANUP(listing_release) struct listing stores = {NULL, 0};

    *out = NULL;
    if (query->location >= sizeof locations / sizeof locations[0])
        return E_NOTIMPL;
    if (!query->root)
        return HR_FILE_NOT_FOUND;
    location = join(query->root, locations[query->location]);
    if (!location)
        return E_OUTOFMEMORY;
    stores.count = scandir(location, &stores.entries, is_visible, by_name);
    if (stores.count < 0)
        stores = (struct listing){NULL, 0};
    for (int i = 0; i < stores.count; i++)
        if (strcasecmp(stores.entries[i]->d_name, query->store) == 0) {
            *out = join(location, stores.entries[i]->d_name);
            return *out ? S_OK : E_OUTOFMEMORY;
        }
    return HR_FILE_NOT_FOUND;
}

static void x509_free_at(X509 **certificate)
{
    X509_free(*certificate);
}

static void bio_free_at(BIO **bio)
{
    BIO_free(*bio);
}

static X509 *read_certificate(const char *path)
{
    CLEANUP(bio_free_at) BIO *file = BIO_new_file(path, "re");

    return file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
}

/* The caller's. NULL: memory is short. */
static char *whole_subject(X509 *certificate)
{
    CLEANUP(bio_free_at) BIO *text = BIO_new(BIO_s_mem());
    char *bytes;
    long len;

    if (!text || X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0,
                                    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
        return NULL;
    len = BIO_get_mem_data(text, &bytes);
    return strndup(bytes, len > 0 ? (size_t)len : 0);
}

static char *simple_subject(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    unsigned char *utf8;
    char *copy;
    int len;

    if (at < 0)
        return whole_subject(certificate);
    len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (len < 0)
        return NULL;
    copy = strndup((char *)utf8, (size_t)len);
    OPENSSL_free(utf8);
    return copy;
}

static bool contains(const char *text, const char *part)
{
    size_t len = strlen(part);

    for (; strlen(text) >= len; text++)
        if (strncasecmp(text, part, len) == 0)
            return true;
    return false;
}

/* S_FALSE: it is another one. */
static HRESULT fits(const struct fetch_certificate_query *query, X509 *certificate, const uint8_t *sha1)
{
    AUTOFREE char *subject = NULL;

    if (query->sha1)
        return memcmp(query->sha1, sha1, FETCH_CERTIFICATE_HASH_LEN) == 0 ? S_OK : S_FALSE;
    subject = whole_subject(certificate);
    if (!subject)
        return E_OUTOFMEMORY;
    return contains(subject, query->subject) ? S_OK : S_FALSE;
}

static HRESULT look_at(const struct fetch_certificate_query *query, char *path,
                       struct fetch_client_certificate *out)
{
    CLEANUP(x509_free_at) X509 *certificate = read_certificate(path);
    unsigned len = 0;
    HRESULT hr;

    if (!certificate || !X509_digest(certificate, EVP_sha1(), out->sha1, &len))
        return S_FALSE;
    hr = fits(query, certificate, out->sha1);
    if (hr != S_OK)
        return hr;
    out->subject = simple_subject(certificate);
    return out->subject ? S_OK : E_OUTOFMEMORY;
}

HRESULT fetch_certificate_find(const struct fetch_certificate_query *query,
                               struct fetch_client_certificate *out)
{
    AUTOFREE char *store = NULL;
    CLEANUP(listing_release) struct listing files = {NULL, 0};
    HRESULT hr = find_store(query, &store);

    *out = (struct fetch_client_certificate){0};
    if (FAILED(hr))
        return hr;
    files.count = scandir(store, &files.entries, is_pem, by_name);
    if (files.count < 0)
        files = (struct listing){NULL, 0};
    for (int i = 0; i < files.count; i++) {
        AUTOFREE char *path = join(store, files.entries[i]->d_name);

        hr = path ? look_at(query, path, out) : E_OUTOFMEMORY;
        if (hr == S_OK)
            out->path = TAKE(path);
        if (hr != S_FALSE)
            return hr;
    }
    return HR_CRYPT_NOT_FOUND;
}

void fetch_client_certificate_release(struct fetch_client_certificate *certificate)
{
    free(certificate->path);
    free(certificate->subject);
    *certificate = (struct fetch_client_certificate){0};
}
