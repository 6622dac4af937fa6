/* redirect.c: places that a redirect leads through.
 *
 * What a place is stands in its URL, so nothing is remembered between requests: a signed URL has its end in
 * it, and a keyed checksum over path, end and number (HMAC-SHA256). A chain whose second step is relative
 * leads below
 * /~hop, a folder that the server otherwise has not; taken relative to the first URL it leads nowhere.
 */
#include <config.h>

#include "server/redirect.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/resource.h"

#define SIGNATURE_LEN 64

bool redirect_key_init(struct redirect_key *key)
{
    return RAND_bytes(key->bytes, sizeof key->bytes) == 1;
}

static bool sign(const struct redirect_key *key, const char *path, int64_t expires_us, uint64_t number,
                 char out[SIGNATURE_LEN + 1])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_len = 0;
    char *text;
    int len = asprintf(&text, "%lld %llu %s", (long long)expires_us, (unsigned long long)number, path);
    bool ok;

    if (len < 0)
        return false;
    ok = HMAC(EVP_sha256(), key->bytes, sizeof key->bytes, (unsigned char *)text, (size_t)len, sum, &sum_len);
    free(text);
    for (unsigned i = 0; ok && i < sum_len && i < SIGNATURE_LEN / 2; i++)
        snprintf(out + (size_t)2 * i, 3, "%02x", sum[i]);
    return ok;
}

/* The value of a query's field, up to the next "&". */
static const char *field(const char *query, const char *name, size_t *out_len)
{
    size_t len = strlen(name);

    while (query) {
        if (strncmp(query, name, len) == 0 && query[len] == '=') {
            *out_len = strcspn(query + len + 1, "&#");
            return query + len + 1;
        }
        query = strchr(query, '&');
        query += query != NULL;
    }
    return NULL;
}

static void read_signed(const struct redirect_key *key, const char *path, const char *query,
                        struct redirect *out)
{
    size_t expires_len, number_len, signature_len;
    const char *expires = field(query, "expires", &expires_len),
               *number = field(query, "number", &number_len);
    const char *signature = field(query, "signature", &signature_len);
    char expected[SIGNATURE_LEN + 1] = "";

    if (!signature)
        return;
    out->place = REDIRECT_SIGNED;
    out->expires_us = expires ? strtoll(expires, NULL, 10) : 0;
    out->number = number ? strtoull(number, NULL, 10) : 0;
    out->signature_ok = path && sign(key, path, out->expires_us, out->number, expected) &&
                        signature_len == SIGNATURE_LEN && strncmp(signature, expected, SIGNATURE_LEN) == 0;
}

void redirect_read(const struct redirect_key *key, const char *target, struct redirect *out)
{
    char *path = resource_path_from_target(target);
    const char *query = strchr(target, '?'), *value;
    size_t len;

    *out = (struct redirect){.place = REDIRECT_START};
    query += query != NULL;
    if (path && strncmp(path, "/~hop/", 6) == 0 && (value = field(query, "path", &len)) != NULL) {
        char *encoded = strndup(value, len);

        out->place = strcmp(path, "/~hop/third") == 0         ? REDIRECT_THIRD
                     : strcmp(path, "/~hop/second/deep") == 0 ? REDIRECT_SECOND
                                                              : REDIRECT_START;
        out->path = encoded && out->place != REDIRECT_START ? resource_path_from_target(encoded) : NULL;
        free(encoded);
    } else if ((value = field(query, "hop", &len)) != NULL) {
        bool final = len == 5 && strncmp(value, "final", 5) == 0;

        out->place = final ? REDIRECT_FINAL : REDIRECT_HOP;
        out->hop = strtoull(value, NULL, 10);
    } else if (query) {
        read_signed(key, path, query, out);
    }
    free(path);
}

void redirect_release(struct redirect *r)
{
    free(r->path);
    r->path = NULL;
}

/* A path as it stands in a URL. */
static char *encode(const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    char *out = malloc(3 * strlen(path) + 1), *at = out;

    for (; out && *path; path++) {
        if (strchr(plain, *path)) {
            *at++ = *path;
        } else {
            snprintf(at, 4, "%%%02X", (unsigned char)*path);
            at += 3;
        }
    }
    if (out)
        *at = '\0';
    return out;
}

static char *join(const char *before, const char *path, const char *after)
{
    char *encoded = encode(path), *out = NULL;

    if (encoded && asprintf(&out, "%s%s%s", before, encoded, after) < 0)
        out = NULL;
    free(encoded);
    return out;
}

char *redirect_to_hop(const char *path, uint64_t hop)
{
    char after[32];

    snprintf(after, sizeof after, "?hop=%llu", (unsigned long long)hop);
    return join("", path, after);
}

char *redirect_to_final(const char *path)
{
    return join("", path, "?hop=final");
}

char *redirect_to_signed(const struct redirect_key *key, const char *path, int64_t expires_us,
                         uint64_t number)
{
    char signature[SIGNATURE_LEN + 1], after[160];

    if (!sign(key, path, expires_us, number, signature))
        return NULL;
    snprintf(after, sizeof after, "?expires=%lld&number=%llu&signature=%s", (long long)expires_us,
             (unsigned long long)number, signature);
    return join("", path, after);
}

char *redirect_to_second(const char *path)
{
    return join("/~hop/second/deep?path=", path, "");
}

char *redirect_to_third(const char *path)
{
    return join("../third?path=", path, "");
}
