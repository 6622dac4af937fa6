/* login.c: Basic and Digest authentication, the server's side.
 *
 * A nonce is its own end in seconds and a keyed checksum of that, so nothing is remembered; that a client
 * counts its uses (nc) is not checked. Digest is MD5 with qop=auth, which every client knows.
 */
#include <config.h>

#include "server/login.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NONCE_LIFE_S 300
#define HEX_MD5      33
#define FIELD_MAX    1024

bool login_init(struct login *l, enum server_login scheme, const char *user, const char *password)
{
    *l = (struct login){
        .scheme = scheme, .user = strdup(user ? user : ""), .password = strdup(password ? password : "")};
    return l->user && l->password;
}

void login_release(struct login *l)
{
    free(l->user);
    free(l->password);
    *l = (struct login){0};
}

static void to_hex(const unsigned char *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* Of a text made as by printf; false: memory is short. */
__attribute__((format(printf, 2, 3))) static bool md5(char out[HEX_MD5], const char *format, ...)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_len = 0;
    char *text = NULL;
    va_list args;
    bool ok;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return false;
    ok = EVP_Digest(text, (size_t)len, sum, &sum_len, EVP_md5(), NULL) == 1;
    free(text);
    to_hex(sum, ok ? 16 : 0, out);
    return ok;
}

static void make_nonce(const struct redirect_key *key, int64_t end_s, char *out, size_t size)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_len = 0;
    char text[32], hex[HEX_MD5] = "";

    snprintf(text, sizeof text, "%llx", (unsigned long long)end_s);
    if (HMAC(EVP_sha256(), key->bytes, sizeof key->bytes, (unsigned char *)text, strlen(text), sum, &sum_len))
        to_hex(sum, 16, hex);
    snprintf(out, size, "%s-%s", text, hex);
}

static bool nonce_is_good(const struct redirect_key *key, const char *nonce, int64_t now_s)
{
    int64_t end_s = (int64_t)strtoull(nonce, NULL, 16);
    char expected[80];

    make_nonce(key, end_s, expected, sizeof expected);
    return strcmp(nonce, expected) == 0 && now_s < end_s;
}

/* The value of name in "a=x, b=\"y\""; false: it is not there, or too long. */
static bool read_field(const char *list, const char *name, char out[FIELD_MAX])
{
    size_t name_len = strlen(name), n = 0;

    while (*list) {
        bool mine, quoted;

        list += strspn(list, " \t,");
        mine = strncasecmp(list, name, name_len) == 0 && list[name_len] == '=';
        list += strcspn(list, "=,");
        if (*list != '=')
            continue;
        list++;
        quoted = *list == '"';
        list += quoted;
        for (; *list && (quoted ? *list != '"' : *list != ',' && *list != ' '); list++) {
            if (quoted && *list == '\\' && list[1])
                list++;
            if (mine && n < FIELD_MAX - 1)
                out[n++] = *list;
        }
        list += *list == '"';
        if (mine) {
            out[n] = '\0';
            return n < FIELD_MAX - 1;
        }
    }
    return false;
}

static bool accepts_basic(const struct login *l, const char *value)
{
    char *pair = NULL;
    unsigned char *encoded;
    bool ok = false;
    int len = asprintf(&pair, "%s:%s", l->user, l->password);

    encoded = len >= 0 ? malloc((size_t)len * 2 + 8) : NULL;
    if (encoded) {
        EVP_EncodeBlock(encoded, (unsigned char *)pair, len);
        ok = strcmp(value, (char *)encoded) == 0;
    }
    free(encoded);
    if (len >= 0)
        free(pair);
    return ok;
}

/* With a proxy's absolute form some clients name the path only. */
static bool names_target(const char *uri, const char *target)
{
    size_t uri_len = strlen(uri), target_len = strlen(target);

    return strcmp(uri, target) == 0 || (*uri == '/' && *target != '/' && uri_len < target_len &&
                                        strcmp(target + target_len - uri_len, uri) == 0);
}

static bool accepts_digest(const struct login *l, const struct redirect_key *key, const char *value,
                           const char *method, const char *target, int64_t now_s)
{
    char user[FIELD_MAX], realm[FIELD_MAX], nonce[FIELD_MAX], uri[FIELD_MAX], qop[FIELD_MAX], nc[FIELD_MAX];
    char cnonce[FIELD_MAX], response[FIELD_MAX], secret[HEX_MD5], request[HEX_MD5], expected[HEX_MD5];

    if (!read_field(value, "username", user) || !read_field(value, "realm", realm) ||
        !read_field(value, "nonce", nonce) || !read_field(value, "uri", uri) ||
        !read_field(value, "qop", qop) || !read_field(value, "nc", nc) ||
        !read_field(value, "cnonce", cnonce) || !read_field(value, "response", response))
        return false;
    return strcmp(user, l->user) == 0 && strcmp(realm, LOGIN_REALM) == 0 && names_target(uri, target) &&
           strcmp(qop, "auth") == 0 && nonce_is_good(key, nonce, now_s) &&
           md5(secret, "%s:%s:%s", l->user, LOGIN_REALM, l->password) && md5(request, "%s:%s", method, uri) &&
           md5(expected, "%s:%s:%s:%s:%s:%s", secret, nonce, nc, cnonce, qop, request) &&
           strcmp(response, expected) == 0;
}

bool login_accepts(const struct login *l, const struct redirect_key *key, const char *authorization,
                   const char *method, const char *target, int64_t now_s)
{
    const char *value = authorization ? strchr(authorization, ' ') : NULL;
    size_t len = value ? (size_t)(value - authorization) : 0;

    value += value != NULL;
    switch (l->scheme) {
    case SERVER_LOGIN_NONE:
        return true;
    case SERVER_LOGIN_BASIC:
        return len == 5 && strncasecmp(authorization, "Basic", 5) == 0 && accepts_basic(l, value);
    case SERVER_LOGIN_DIGEST:
        return len == 6 && strncasecmp(authorization, "Digest", 6) == 0 &&
               accepts_digest(l, key, value, method, target, now_s);
    }
    return false;
}

char *login_challenge(const struct login *l, const struct redirect_key *key, int64_t now_s)
{
    char nonce[80], *text = NULL;

    if (l->scheme == SERVER_LOGIN_BASIC)
        return strdup("Basic realm=\"" LOGIN_REALM "\", charset=\"UTF-8\"");
    make_nonce(key, now_s + NONCE_LIFE_S, nonce, sizeof nonce);
    if (asprintf(&text, "Digest realm=\"" LOGIN_REALM "\", nonce=\"%s\", qop=\"auth\", algorithm=MD5",
                 nonce) < 0)
        return NULL;
    return text;
}
