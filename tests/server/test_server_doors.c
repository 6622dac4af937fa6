/* The ways in: HTTPS, the proxy, and logins, with the faults that belong to them. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shown.h"

#define WAIT_MS 20000

static struct server *server;

static void start(const struct server_options *options)
{
    ck_assert_int_eq(server_start(options, &server), S_OK);
    ck_assert_int_eq(
        server_add_file(server, &(struct server_file){.path = "/f", .size = SHOWN_SIZE, .seed = SHOWN_SEED}),
        S_OK);
}

static void tear_down(void)
{
    server_stop(server);
}

/* How one request is made. */
struct how {
    const char *url;   /* of the server; NULL: its plain one */
    const char *proxy; /* NULL: none */
    const char *login, *proxy_login;
    unsigned long auth, proxy_auth;
    const char *authority; /* NULL: the server's */
    const char *range;
    bool any_host; /* the certificate may be for another */
    CURL *kept;    /* NULL: a new handle, and connection */
};

struct got {
    CURLcode code;
    long status, connect_status, verdict; /* the last: an X509_V_ERR_ */
    char body[64];
    size_t len;
};

static size_t on_body(char *data, size_t one, size_t n, void *context)
{
    struct got *got = context;

    for (size_t i = 0; i < n * one && got->len < sizeof got->body; i++)
        got->body[got->len++] = data[i];
    return n * one;
}

static struct got ask(const struct how *how)
{
    CURL *curl = how->kept ? how->kept : curl_easy_init();
    const char *authority = how->authority ? how->authority : server_authority(server);
    struct got got = {0};
    char url[128];

    snprintf(url, sizeof url, "%s/f", how->url ? how->url : server_url(server));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, how->proxy ? how->proxy : "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_RANGE, how->range ? how->range : "5-9");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
    if (authority) {
        struct curl_blob blob = {(void *)(uintptr_t)authority, strlen(authority), CURL_BLOB_COPY};

        curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (how->login)
        curl_easy_setopt(curl, CURLOPT_USERPWD, how->login);
    if (how->auth)
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, how->auth);
    if (how->proxy_login)
        curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, how->proxy_login);
    if (how->proxy_auth)
        curl_easy_setopt(curl, CURLOPT_PROXYAUTH, how->proxy_auth);
    if (how->any_host)
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    got.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &got.verdict);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got.status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &got.connect_status);
    if (!how->kept)
        curl_easy_cleanup(curl);
    return got;
}

static void check_slice(const struct got *got)
{
    ck_assert_msg(got->code == CURLE_OK, "%s", curl_easy_strerror(got->code));
    ck_assert_int_eq(got->status, 206);
    client_check_content(got->body, got->len, SHOWN_SEED, 5, 5);
}

/* --- HTTPS --- */

static void set_up_tls(void)
{
    start(&(struct server_options){.flags = SERVER_TLS | SERVER_PROXY});
}

START_TEST(test_https)
{
    struct how how = {.url = server_tls_url(server), .kept = curl_easy_init()};
    struct got got = ask(&how);
    char by_name[80];

    check_slice(&got);
    got = ask(&how); /* the same connection once more */
    check_slice(&got);
    curl_easy_cleanup(how.kept);
    snprintf(by_name, sizeof by_name, "https://localhost:%s", strrchr(server_tls_url(server), ':') + 1);
    got = ask(&(struct how){.url = by_name});
    check_slice(&got);
    got = ask(&(struct how){0});
    check_slice(&got);
}
END_TEST

static const struct {
    const char *spec;
    long verdict; /* without a look at the name */
} certificates[] = {
    {"E14:req=1..2", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
    {"E14:req=1..2,as=other-host", X509_V_OK},
    {"E14:req=1..2,as=expired", X509_V_ERR_CERT_HAS_EXPIRED},
};

/* It strikes the first connections only; the next is as it should be. */
START_TEST(test_e14_certificates)
{
    struct how how = {.url = server_tls_url(server)};
    struct got got;

    shown_add(server, certificates[_i].spec);
    got = ask(&how);
    ck_assert_msg(got.code == CURLE_PEER_FAILED_VERIFICATION, "%s: %s", certificates[_i].spec,
                  curl_easy_strerror(got.code));
    how.any_host = true;
    got = ask(&how);
    ck_assert_int_eq(got.verdict, certificates[_i].verdict);
    how.any_host = false;
    got = ask(&how);
    check_slice(&got);
}
END_TEST

START_TEST(test_each_server_has_its_own_authority)
{
    struct server *other;
    struct got got;

    ck_assert_int_eq(server_start(&(struct server_options){.flags = SERVER_TLS}, &other), S_OK);
    got = ask(&(struct how){.url = server_tls_url(server), .authority = server_authority(other)});
    ck_assert_int_eq(got.code, CURLE_PEER_FAILED_VERIFICATION);
    server_stop(other);
}
END_TEST

START_TEST(test_front_faults_over_tls)
{
    struct got got;

    shown_add(server, "A16@/f:by=-2,req=1");
    got = ask(&(struct how){.url = server_tls_url(server)});
    ck_assert_int_eq(got.code, CURLE_OK);
    ck_assert_uint_eq(got.len, 3);
    shown_add(server, "F08@/f:after=2");
    got = ask(&(struct how){.url = server_tls_url(server)});
    ck_assert_int_ne(got.code, CURLE_OK);
    ck_assert_uint_eq(got.len, 2);
}
END_TEST

/* One that never speaks and one that speaks nonsense hold up nobody, nor the end. */
START_TEST(test_handshakes_that_do_not_end)
{
    int silent = client_connect_to(server_tls_url(server)),
        nonsense = client_connect_to(server_tls_url(server));
    struct got got;

    client_write(nonsense, "GET / HTTP/1.1\r\n\r\n");
    client_drain(nonsense);
    got = ask(&(struct how){.url = server_tls_url(server)});
    check_slice(&got);
    close(silent);
    close(nonsense);
}
END_TEST

/* --- The proxy --- */

START_TEST(test_proxy)
{
    struct got got = ask(&(struct how){.proxy = server_url(server), .url = "http://some.host.test:81"});

    check_slice(&got);
    got = ask(&(struct how){.proxy = server_url(server), .url = server_tls_url(server)});
    check_slice(&got);
    ck_assert_int_eq(got.connect_status, 200);
    got = ask(&(struct how){0}); /* no proxy's request, by the same port */
    check_slice(&got);
}
END_TEST

static const struct {
    const char *spec, *login;
    unsigned long auth;
    long status;
} proxies[] = {
    {"E13", "user:password", CURLAUTH_BASIC, 407},
    {"E13:as=basic", NULL, 0, 407},
    {"E13:as=basic", "user:wrong", CURLAUTH_BASIC, 407},
    {"E13:as=basic", "user:password", CURLAUTH_BASIC, 200},
    {"E13:as=basic", "user:password", CURLAUTH_ANY, 200},
    {"E13:as=digest", NULL, 0, 407},
    {"E13:as=digest", "user:wrong", CURLAUTH_DIGEST, 407},
    {"E13:as=digest", "user:password", CURLAUTH_DIGEST, 200},
};

START_TEST(test_e13_proxy_login)
{
    struct how how = {
        .proxy = server_url(server), .proxy_login = proxies[_i].login, .proxy_auth = proxies[_i].auth};
    struct got got;

    shown_add(server, proxies[_i].spec);
    how.url = server_tls_url(server);
    got = ask(&how);
    ck_assert_int_eq(got.connect_status, proxies[_i].status);
    if (proxies[_i].status == 200)
        check_slice(&got);
    shown_logged(server, proxies[_i].status == 200 ? NULL : &proxies[_i].spec,
                 proxies[_i].status == 200 ? 0 : 1);
    how.url = "http://some.host.test";
    got = ask(&how);
    ck_assert_int_eq(got.code, CURLE_OK);
    ck_assert_int_eq(got.status, proxies[_i].status == 200 ? 206 : 407);
}
END_TEST

static const struct {
    const char *text;
    int status;
} connects[] = {
    {"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", 200},
    {"CONNECT a.test:443 HTTP/1.1\r\n\r\n", 200},
    {"CONNECT a.test:443 HTTP/1.1\r\nno header\r\n\r\n", 0},
};

/* What is sent through a tunnel that is no TLS is HTTP. */
START_TEST(test_connect)
{
    int fd = client_connect(server), status = 0;

    client_write(fd, connects[_i].text);
    if (connects[_i].status == 0) {
        ck_assert_uint_eq(client_drain(fd), 0);
    } else {
        ck_assert_int_eq(sscanf(client_read_head(fd), "HTTP/1.1 %d", &status), 1);
        ck_assert_int_eq(status, connects[_i].status);
        client_write(fd, "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(client_read_head(fd), "Content-Length: 200000"));
    }
    close(fd);
}
END_TEST

START_TEST(test_stop_with_tunnels)
{
    int sniffed = client_connect(server), tunnel = client_connect(server);

    client_write(sniffed, "CONN");
    client_write(tunnel, connects[0].text);
    client_read_head(tunnel);
    server_stop(server);
    client_drain(sniffed);
    client_drain(tunnel);
    close(sniffed);
    close(tunnel);
    set_up_tls();
}
END_TEST

START_TEST(test_connect_needs_a_proxy)
{
    int fd;

    server_stop(server);
    start(NULL);
    ck_assert_ptr_null(server_tls_url(server));
    ck_assert_ptr_null(server_authority(server));
    ck_assert_int_eq(server_add_fault(server, "E14", NULL), E_INVALIDARG);
    fd = client_connect(server);
    client_write(fd, connects[0].text);
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), " 405 "));
    close(fd);
}
END_TEST

/* --- Logins --- */

static const struct {
    enum server_login scheme;
    const char *login;
    unsigned long auth;
    long status;
} logins[] = {
    {SERVER_LOGIN_BASIC, NULL, 0, 401},
    {SERVER_LOGIN_BASIC, "me:secret", CURLAUTH_BASIC, 206},
    {SERVER_LOGIN_BASIC, "me:secret", CURLAUTH_ANY, 206},
    {SERVER_LOGIN_BASIC, "me:other", CURLAUTH_BASIC, 401},
    {SERVER_LOGIN_BASIC, "me:secret2", CURLAUTH_BASIC, 401},
    {SERVER_LOGIN_BASIC, "me:secret", CURLAUTH_DIGEST, 401},
    {SERVER_LOGIN_DIGEST, NULL, 0, 401},
    {SERVER_LOGIN_DIGEST, "me:secret", CURLAUTH_DIGEST, 206},
    {SERVER_LOGIN_DIGEST, "me:secret", CURLAUTH_ANY, 206},
    {SERVER_LOGIN_DIGEST, "you:secret", CURLAUTH_DIGEST, 401},
    {SERVER_LOGIN_DIGEST, "me:other", CURLAUTH_DIGEST, 401},
    {SERVER_LOGIN_DIGEST, "me:secret", CURLAUTH_BASIC, 401},
};

START_TEST(test_login)
{
    struct got got;

    start(&(struct server_options){.login = logins[_i].scheme, .user = "me", .password = "secret"});
    got = ask(&(struct how){.login = logins[_i].login, .auth = logins[_i].auth});
    ck_assert_int_eq(got.code, CURLE_OK);
    ck_assert_int_eq(got.status, logins[_i].status);
    if (got.status == 206)
        check_slice(&got);
    /* faults come after the login: what is not let in sees none */
    shown_add(server, "A23@/f");
    got = ask(&(struct how){.login = logins[_i].login, .auth = logins[_i].auth});
    ck_assert_int_eq(got.status, logins[_i].status == 206 ? 416 : 401);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: ways in");
    TCase *tls = tcase_create("tls"), *login = tcase_create("login");

    tcase_add_checked_fixture(tls, set_up_tls, tear_down);
    tcase_add_test(tls, test_https);
    tcase_add_loop_test(tls, test_e14_certificates, 0, (int)(sizeof certificates / sizeof *certificates));
    tcase_add_test(tls, test_each_server_has_its_own_authority);
    tcase_add_test(tls, test_front_faults_over_tls);
    tcase_add_test(tls, test_handshakes_that_do_not_end);
    tcase_add_test(tls, test_proxy);
    tcase_add_loop_test(tls, test_e13_proxy_login, 0, (int)(sizeof proxies / sizeof *proxies));
    tcase_add_loop_test(tls, test_connect, 0, (int)(sizeof connects / sizeof *connects));
    tcase_add_test(tls, test_stop_with_tunnels);
    tcase_add_test(tls, test_connect_needs_a_proxy);
    suite_add_tcase(suite, tls);
    tcase_add_checked_fixture(login, NULL, tear_down);
    tcase_add_loop_test(login, test_login, 0, (int)(sizeof logins / sizeof *logins));
    suite_add_tcase(suite, login);
    return suite_main(suite);
}
