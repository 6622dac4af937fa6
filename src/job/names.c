/* names.c: which names a file of a job may have (R-103, R-105, R-112; decision 15). Syntax only: whether the
 * folder or the server is there is not known here.
 *
 * A remote name is sent as it is, so it must be a URL as the standard has it: nothing is escaped for the
 * client. Only http and https are done; BITS' other schemes (file, a local path, SMB) answer as an
 * unsupported protocol does, E_INVALIDARG. A local name is an absolute POSIX path.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/hr.h"
#include "job/job.h"

#define REMOTE_NAME_MAX   2200 /* */
#define SEGMENT_MAX       260  /* MAX_PATH, for a segment of the URL's path */
#define LOCAL_NAME_MAX    4095 /* PATH_MAX without the end mark */
#define LOCAL_SEGMENT_MAX 255  /* NAME_MAX */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static bool is_ascii_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Unreserved and reserved characters of a URL but '#' (a fragment is not the server's), and whole escapes. */
static bool is_url_text(const char *text, size_t len, const char *beside_alnum)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && isxdigit((unsigned char)text[i + 1]) &&
            isxdigit((unsigned char)text[i + 2]))
            i += 2;
        else if (!is_ascii_alnum(text[i]) && !is_one_of(text[i], beside_alnum))
            return false;
    }
    return true;
}

/* Digits of a port, or none. */
static bool is_port(const char *text, size_t len)
{
    unsigned long port = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || port > 65535)
            return false;
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    return port <= 65535;
}

/* host, host:port, [v6]:port, each perhaps after user:password@. */
static bool is_authority(const char *text, size_t len)
{
    size_t host_len;

    for (size_t i = len; i > 0; i--) {
        if (text[i - 1] != '@')
            continue;
        if (!is_url_text(text, i - 1, "-._~!$&'()*+,;=:"))
            return false;
        text += i;
        len -= i;
        break;
    }
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);

        if (!close)
            return false;
        host_len = (size_t)(close - text) + 1;
        if (host_len < 4 || !is_url_text(text + 1, host_len - 2, ":."))
            return false;
    } else {
        const char *colon = memchr(text, ':', len);

        host_len = colon ? (size_t)(colon - text) : len;
        if (host_len == 0 || !is_url_text(text, host_len, "-._~"))
            return false;
    }
    return host_len == len || (text[host_len] == ':' && is_port(text + host_len + 1, len - host_len - 1));
}

static bool is_path(const char *text, size_t len)
{
    size_t start = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '/')
            continue;
        if (i - start > SEGMENT_MAX)
            return false;
        start = i + 1;
    }
    return is_url_text(text, len, "-._~!$&'()+,;=:@/"); /* no '*': that is a wildcard */
}

HRESULT job_check_remote_name(const char *remote_name)
{
    size_t scheme_len, authority_len, path_len;
    const char *rest;

    if (!remote_name)
        return E_INVALIDARG;
    if (strncasecmp(remote_name, "http://", 7) == 0)
        scheme_len = 7;
    else if (strncasecmp(remote_name, "https://", 8) == 0)
        scheme_len = 8;
    else
        return E_INVALIDARG;
    if (strlen(remote_name) > REMOTE_NAME_MAX) /* what is legal below is ASCII: a byte is a UTF-16 unit */
        return E_INVALIDARG;
    rest = remote_name + scheme_len;
    authority_len = strcspn(rest, "/?");
    if (!is_authority(rest, authority_len))
        return E_INVALIDARG;
    rest += authority_len;
    path_len = strcspn(rest, "?");
    if (!is_path(rest, path_len))
        return E_INVALIDARG;
    rest += path_len;
    return is_url_text(rest, strlen(rest), "-._~!$&'()*+,;=:@/?[]") ? S_OK : E_INVALIDARG;
}

/* A segment that can be a file of its own. */
static bool is_file_segment(const char *segment, size_t len)
{
    return len > 0 && strncmp(segment, ".", len) != 0 && strncmp(segment, "..", len) != 0;
}

HRESULT job_check_local_name(const char *local_name)
{
    const char *segment;

    if (!local_name || local_name[0] != '/' || strlen(local_name) > LOCAL_NAME_MAX)
        return E_INVALIDARG;
    segment = local_name;
    while (segment[0] == '/') {
        size_t len = strcspn(++segment, "/");

        if (len > LOCAL_SEGMENT_MAX || (segment[len] == '\0' && !is_file_segment(segment, len)))
            return E_INVALIDARG;
        segment += len;
    }
    return S_OK;
}
