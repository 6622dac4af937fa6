/* wishes.c: see wishes.h. A password is no argument, which everybody could read in the list of processes; it
 * comes by the environment or from the terminal. */
#include "cli/wishes.h"

#include <objbase.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "base/cleanup.h"
#include "base/secret.h"
#include "base/utf.h"

bool wishes_add_header(struct wishes *wishes, const char *line)
{
    size_t len = wishes->headers ? strlen(wishes->headers) : 0;
    char *longer = malloc(len + strlen(line) + 3);

    if (!longer)
        return false;
    memcpy(longer, wishes->headers ? wishes->headers : "", len);
    strcpy(longer + len, line);
    strcat(longer, "\r\n");
    secret_free(wishes->headers);
    wishes->headers = longer;
    return true;
}

/* A line from the terminal, without showing it; NULL: there is none. */
static char *read_hidden(const char *user)
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    struct termios shown, hidden;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    if (!terminal)
        return NULL;
    if (tcgetattr(fileno(terminal), &shown) < 0) {
        fclose(terminal);
        return NULL;
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
    fprintf(terminal, "Password of %s: ", user);
    fflush(terminal);
    len = getline(&line, &room, terminal);
    tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
    fputc('\n', terminal);
    fclose(terminal);
    if (len < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return line;
}

const char *wishes_ask(struct wishes *wishes)
{
    const char *set = getenv("OPENBITS_PASSWORD");

    if (!wishes->user)
        return NULL;
    wishes->password = set ? strdup(set) : read_hidden(wishes->user);
    return wishes->password ? NULL : "there is no terminal to ask for the password, and no OPENBITS_PASSWORD";
}

static void wide_secret_free(WCHAR **text)
{
    if (*text)
        secret_wipe(*text, wcslen(*text) * sizeof **text);
    free(*text);
}

/* NULL: not text, or no memory. */
static WCHAR *widen(const char *text)
{
    size_t n = utf_wide_size(text);
    WCHAR *wide = n ? malloc(n * sizeof *wide) : NULL;

    if (wide)
        utf_widen_to(text, wide);
    return wide;
}

static HRESULT tell_headers(const char *headers, IBackgroundCopyJob *job)
{
    CLEANUP(wide_secret_free) WCHAR *wide = widen(headers);
    IBackgroundCopyJobHttpOptions *http;
    HRESULT hr;

    if (!wide)
        return E_INVALIDARG;
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJobHttpOptions, (void **)&http);
    if (FAILED(hr))
        return hr;
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, wide);
    IBackgroundCopyJobHttpOptions_Release(http);
    return hr;
}

/* For whichever scheme the server asks for. */
static HRESULT tell_credentials(const struct wishes *wishes, IBackgroundCopyJob *job)
{
    static const BG_AUTH_SCHEME schemes[] = {BG_AUTH_SCHEME_BASIC, BG_AUTH_SCHEME_DIGEST,
                                             BG_AUTH_SCHEME_NTLM};
    CLEANUP(wide_secret_free) WCHAR *user = widen(wishes->user);
    CLEANUP(wide_secret_free) WCHAR *password = widen(wishes->password);
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (!user || !password)
        return E_INVALIDARG;
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2);
    if (FAILED(hr))
        return hr;
    for (size_t i = 0; SUCCEEDED(hr) && i < sizeof schemes / sizeof schemes[0]; i++) {
        BG_AUTH_CREDENTIALS credentials = {.Target = BG_AUTH_TARGET_SERVER, .Scheme = schemes[i]};

        credentials.Credentials.Basic.UserName = user;
        credentials.Credentials.Basic.Password = password;
        hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    }
    IBackgroundCopyJob2_Release(job2);
    return hr;
}

static HRESULT tell_proxy(const char *proxy, IBackgroundCopyJob *job)
{
    AUTOFREE WCHAR *list = widen(proxy);

    if (!list)
        return E_INVALIDARG;
    if (strcmp(proxy, "none") == 0)
        return IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL);
    return IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, list, NULL);
}

HRESULT wishes_tell(const struct wishes *wishes, IBackgroundCopyJob *job, const char **failed)
{
    HRESULT hr = S_OK;

    if (wishes->headers) {
        *failed = "SetCustomHeaders";
        hr = tell_headers(wishes->headers, job);
    }
    if (SUCCEEDED(hr) && wishes->user) {
        *failed = "SetCredentials";
        hr = tell_credentials(wishes, job);
    }
    if (SUCCEEDED(hr) && wishes->proxy) {
        *failed = "SetProxySettings";
        hr = tell_proxy(wishes->proxy, job);
    }
    return hr;
}

void wishes_release(struct wishes *wishes)
{
    secret_free(wishes->headers);
    secret_free(wishes->password);
    *wishes = (struct wishes){0};
}
