/* test_fetch_proxy.c: which proxy the two lists give, and which lists are none. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "fetch/proxy.h"

struct row {
    const char *proxies, *bypass;
    struct proxy_target target;
    const char *proxy; /* NULL: hr says why */
    HRESULT hr;
};

#define HTTP(host)                                                                                           \
    {                                                                                                        \
        "http", host, 80                                                                                     \
    }
#define HTTPS(host)                                                                                          \
    {                                                                                                        \
        "https", host, 443                                                                                   \
    }

static const struct row rows[] = {
    {"proxy:8080", NULL, HTTP("a.example"), "http://proxy:8080", S_OK},
    {"proxy", NULL, HTTP("a.example"), "http://proxy:80", S_OK},
    {"http://proxy:8080", NULL, HTTPS("a.example"), "http://proxy:8080", S_OK},
    {"HTTP://proxy:8080/", NULL, HTTP("a.example"), "http://proxy:8080", S_OK},
    {"https://proxy", NULL, HTTP("a.example"), "https://proxy:443", S_OK},
    {"[::1]:3128", NULL, HTTP("a.example"), "http://[::1]:3128", S_OK},
    {"  first:1 ;second:2", NULL, HTTP("a.example"), "http://first:1", S_OK},
    {"https=secure:1 http=plain:2", NULL, HTTP("a.example"), "http://plain:2", S_OK},
    {"https=secure:1;http=plain:2", NULL, HTTPS("a.example"), "http://secure:1", S_OK},
    {"http=http://plain:2", NULL, HTTP("a.example"), "http://plain:2", S_OK},
    {"https=secure:1", NULL, HTTP("a.example"), NULL, S_FALSE},

    {"proxy", "a.example", HTTP("a.example"), NULL, S_FALSE},
    {"proxy", "A.Example", HTTP("a.example"), NULL, S_FALSE},
    {"proxy", "b.example", HTTP("a.example"), "http://proxy:80", S_OK},
    {"proxy", "example", HTTP("a.example"), "http://proxy:80", S_OK},
    {"proxy", "*.example", HTTP("a.b.example"), NULL, S_FALSE},
    {"proxy", "*.example", HTTP("example"), "http://proxy:80", S_OK},
    {"proxy", "x *.other;*a*e", HTTP("a.example"), NULL, S_FALSE},
    {"proxy", "10.*.3.*", HTTP("10.2.3.4"), NULL, S_FALSE},
    {"proxy", "10.*.3.*", HTTP("10.2.4.4"), "http://proxy:80", S_OK},
    {"proxy", "*", HTTP("a.example"), NULL, S_FALSE},
    {"proxy", "<local>", HTTP("intranet"), NULL, S_FALSE},
    {"proxy", "<LOCAL>;x", HTTP("a.example"), "http://proxy:80", S_OK},
    {"proxy", "<local>", HTTP("[::1]"), "http://proxy:80", S_OK},
    {"proxy", "[::1]", HTTP("[::1]"), NULL, S_FALSE},
    {"proxy", "a.example:81", HTTP("a.example"), "http://proxy:80", S_OK},
    {"proxy", "a.example:80", HTTP("a.example"), NULL, S_FALSE},
    {"proxy", "https://a.example", HTTP("a.example"), "http://proxy:80", S_OK},
    {"proxy", "https://a.example", HTTPS("a.example"), NULL, S_FALSE},
    {"proxy", "", HTTP("a.example"), "http://proxy:80", S_OK},

    /* lists that are none, even where the wrong entry would not be used */
    {"", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {" ; ", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy:", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy:0", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy:65536", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy:8o", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {":80", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"http://", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"ftp=proxy", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"socks5://proxy", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"user:secret@proxy", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"http://proxy/path", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"pro*xy", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"[::1", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"[]", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy bad:", NULL, HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy", "a.example b/c", HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
    {"proxy", "<remote>", HTTP("a.example"), NULL, BG_E_INVALID_PROXY_INFO},
};

START_TEST(test_choice)
{
    const struct row *row = &rows[_i];
    char *proxy;
    HRESULT hr = proxy_choose(row->proxies, row->bypass, &row->target, &proxy);

    ck_assert_msg(hr == row->hr, "\"%s\", \"%s\": 0x%08x", row->proxies, row->bypass ? row->bypass : "",
                  (unsigned)hr);
    if (row->proxy)
        ck_assert_str_eq(proxy, row->proxy);
    else
        ck_assert_ptr_null(proxy);
    free(proxy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_proxy");
    TCase *tcase = tcase_create("choice");

    tcase_add_loop_test(tcase, test_choice, 0, sizeof rows / sizeof rows[0]);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
