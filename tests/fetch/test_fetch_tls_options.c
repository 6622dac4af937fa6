/* fetch over TLS with options: what is forgiven, what is looked at more closely, who is asked, and whose
 * certificate is shown to whom. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ask.h"
#include "base/hr.h"
#include "folder.h"
#include "raw_server.h"
#include "raw_tls.h"
#include "suite.h"

#define BODY "0123456789"
#define PART                                                                                                 \
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 100-109/1000\r\n\r\n" BODY

#define HOUR_S 3600L

static struct folder folder;
static char ca_file[600], crl_file[600];
static struct fetch_source *source;
static const struct raw_answer part = {.bytes = PART};

static void set_up(void)
{
    folder_make(&folder);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", folder.path);
    snprintf(crl_file, sizeof crl_file, "%s/crl.pem", folder.path);
    source = NULL;
}

static void tear_down(void)
{
    if (source)
        source->ops->free(source);
    folder_remove(&folder);
}

static struct raw_server *serve(const struct raw_tls *tls)
{
    return raw_server_start(
        &(struct raw_options){.answers = &part, .count = 1, .tls_folder = folder.path, .tls = tls});
}

static struct fetch_options *make(const struct fetch_options_config *config)
{
    struct fetch_options *options;

    ck_assert_int_eq(fetch_options_new(config, &options), S_OK);
    return options;
}

static struct fetch_spec spec_of(const char *url, struct fetch_options *options)
{
    return (struct fetch_spec){
        .kind = FETCH_RANGE, .url = url, .range = {100, 110}, .expected = {.size = 1000}, .options = options};
}

static HRESULT run(const char *url, struct fetch_options *options)
{
    struct fetch_spec spec = spec_of(url, options);
    struct ask ask = {0};
    HRESULT hr;

    ask_run(&ask, source, &spec);
    hr = ask.hr;
    ask_release(&ask);
    return hr;
}

/* --- what is forgiven */

static const struct {
    struct raw_tls tls;
    bool trusted;
    unsigned flag; /* that forgives it */
} faults[] = {
    {{.names = "DNS:other.example"}, true, FETCH_TLS_ANY_NAME},
    {{.from_s = -2 * HOUR_S, .until_s = -HOUR_S}, true, FETCH_TLS_ANY_DATE},
    {{.from_s = HOUR_S, .until_s = 2 * HOUR_S}, true, FETCH_TLS_ANY_DATE},
    {{0}, false, FETCH_TLS_ANY_CA},
    {{.usage = "clientAuth"}, true, FETCH_TLS_ANY_USAGE},
};

enum { FAULTS = sizeof faults / sizeof faults[0] };

static const unsigned flags[] = {0, FETCH_TLS_ANY_NAME, FETCH_TLS_ANY_DATE, FETCH_TLS_ANY_CA,
                                 FETCH_TLS_ANY_USAGE};

enum { FLAGS = sizeof flags / sizeof flags[0] };

/* Each fault with each flag: forgiven by its own, and by no other. */
START_TEST(test_a_flag_forgives_its_own_fault_only)
{
    unsigned flag = flags[_i % FLAGS];
    struct raw_server *server = serve(&faults[_i / FLAGS].tls);
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = flag, .headers = "X: y"});
    bool forgiven = flag == faults[_i / FLAGS].flag;

    source = ask_source(&(struct fetch_config){.ca_file = faults[_i / FLAGS].trusted ? ca_file : NULL});
    ck_assert_int_eq(run(raw_server_url(server), options), forgiven ? S_OK : HR_WINHTTP_SECURE_FAILURE);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), forgiven);
    raw_server_stop(server);
}
END_TEST

/* A connection that one client's flags let pass is not used for another's request. */
START_TEST(test_a_forgiven_connection_is_not_shared)
{
    static const struct raw_answer closes = {.bytes = PART, .end = RAW_KEEP};
    struct raw_server *server =
        raw_server_start(&(struct raw_options){.answers = &closes, .count = 1, .tls_folder = folder.path});
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = flags[1 + _i]});
    unsigned connections;

    source = ask_source(&(struct fetch_config){.ca_file = _i == 2 ? NULL : ca_file});
    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    ck_assert_int_eq(run(raw_server_url(server), options), S_OK);
    connections = raw_server_connection_count(server);
    ck_assert_uint_eq(connections, 1); /* but by its own */
    fetch_options_drop(options);
    ck_assert_int_eq(run(raw_server_url(server), NULL), _i == 2 ? HR_WINHTTP_SECURE_FAILURE : S_OK);
    ck_assert_uint_eq(raw_server_connection_count(server), 2);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_revocation)
{
    static const struct {
        int crl;
        HRESULT hr;
    } rows[] = {{RAW_CRL_NONE, HR_WINHTTP_CERT_REV_FAILED},
                {RAW_CRL_EMPTY, S_OK},
                {RAW_CRL_REVOKES, HR_WINHTTP_CERT_REVOKED}};
    struct raw_tls tls = {.crl = rows[_i].crl};
    struct raw_server *server = serve(&tls);
    struct fetch_options *options =
        make(&(struct fetch_options_config){.flags = FETCH_TLS_CHECK_CRL, .crl_file = crl_file});

    source = ask_source(&(struct fetch_config){.ca_file = ca_file});
    ck_assert_int_eq(run(raw_server_url(server), options), rows[_i].hr);
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

/* --- who is asked */

struct asked {
    HRESULT answers[3]; /* in turn; the last one again and again */
    unsigned count;
    uint8_t sha256[32];
};

static HRESULT answer(struct ask *ask, const struct fetch_certificate *certificate)
{
    struct asked *asked = ask->context;
    unsigned turn = asked->count < 2 ? asked->count : 2;
    const unsigned char *der = certificate->der;
    X509 *parsed = d2i_X509(NULL, &der, (long)certificate->der_len);
    const unsigned char *chain = certificate->chain;
    PKCS7 *set = d2i_PKCS7(NULL, &chain, (long)certificate->chain_len);

    ck_assert_ptr_nonnull(parsed);
    ck_assert_ptr_nonnull(set);
    ck_assert_int_eq(sk_X509_num(set->d.sign->cert), 1);
    ck_assert_int_eq(X509_cmp(sk_X509_value(set->d.sign->cert, 0), parsed), 0);
    ck_assert_str_eq(certificate->host, "127.0.0.1");
    ck_assert_uint_gt(certificate->port, 0);
    X509_free(parsed);
    PKCS7_free(set);
    memcpy(asked->sha256, certificate->sha256, 32);
    asked->count++;
    return asked->answers[turn];
}

START_TEST(test_yes_and_no)
{
    static const struct {
        struct raw_tls tls;
        unsigned flags;
        HRESULT answer, hr;
        unsigned questions;
    } rows[] = {
        {{0}, 0, S_OK, S_OK, 1},
        {{0}, 0, E_ACCESSDENIED, E_ACCESSDENIED, 1},
        /* what did not pass is nobody's to judge */
        {{.names = "DNS:other.example"}, 0, S_OK, HR_WINHTTP_SECURE_FAILURE, 0},
        {{.until_s = -60}, 0, S_OK, HR_WINHTTP_SECURE_FAILURE, 0},
        /* but what was forgiven is */
        {{.names = "DNS:other.example"}, FETCH_TLS_ANY_NAME, S_OK, S_OK, 1},
        {{.until_s = -60}, FETCH_TLS_ANY_DATE, E_FAIL, E_FAIL, 1},
    };
    struct raw_server *server = serve(&rows[_i].tls);
    struct fetch_options *options =
        make(&(struct fetch_options_config){.flags = FETCH_TLS_ASK | rows[_i].flags});
    struct fetch_spec spec = spec_of(raw_server_url(server), options);
    struct asked asked = {.answers = {rows[_i].answer}};
    struct ask ask = {.on_certificate = answer, .context = &asked};

    source = ask_source(&(struct fetch_config){.ca_file = ca_file});
    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, rows[_i].hr);
    ck_assert_uint_eq(asked.count, rows[_i].questions);
    ck_assert_uint_eq(raw_server_request_count(server), rows[_i].hr == S_OK);
    ask_release(&ask);
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

static void turn_until_asked(struct asked *asked, unsigned count)
{
    while (asked->count < count)
        ck_assert_int_eq(source->ops->turn(source, 100000), S_OK);
}

/* _i: how many turns after the question the answer comes. Nothing is sent before; then the same again. */
START_TEST(test_a_request_is_held_until_the_answer)
{
    struct raw_server *server = serve(NULL);
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = FETCH_TLS_ASK});
    struct fetch_spec spec = spec_of(raw_server_url(server), options);
    struct asked asked = {.answers = {E_PENDING, S_OK, S_OK}};
    struct ask ask = {.on_certificate = answer, .context = &asked};

    source = ask_source(&(struct fetch_config){.ca_file = ca_file});
    ask_start(&ask, source, &spec);
    turn_until_asked(&asked, 1);
    for (int i = 0; i < _i; i++)
        ck_assert_int_eq(source->ops->turn(source, 1000), S_OK);
    ck_assert(!ask.done);
    ck_assert_uint_eq(raw_server_request_count(server), 0);
    source->ops->go_on(source, ask.request);
    ask_wait(&ask);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_mem_eq(ask.bytes, BODY, 10);
    ck_assert_uint_eq(asked.count, 2);
    ask_release(&ask);

    /* The connection that is kept was asked about. */
    ask = (struct ask){.on_certificate = answer, .context = &asked};
    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_uint_eq(asked.count, 2);
    ask_release(&ask);
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

/* _i == 0: cancelled; 1: shortened to nothing; 2: held a second time, and then refused */
START_TEST(test_what_can_happen_to_a_held_request)
{
    struct raw_server *server = serve(NULL);
    struct fetch_options *options = make(&(struct fetch_options_config){.flags = FETCH_TLS_ASK});
    struct fetch_spec spec = spec_of(raw_server_url(server), options);
    struct asked asked = {.answers = {E_PENDING, E_PENDING, E_ACCESSDENIED}};
    struct ask ask = {.on_certificate = answer, .context = &asked};

    source = ask_source(&(struct fetch_config){.ca_file = ca_file});
    ask_start(&ask, source, &spec);
    turn_until_asked(&asked, 1);
    ask_settle(source);
    if (_i == 0) {
        ask_cancel(&ask);
    } else if (_i == 1) {
        source->ops->shorten(source, ask.request, 100);
        ask_wait(&ask);
        ck_assert_int_eq(ask.hr, S_OK);
        ck_assert_uint_eq(ask.len, 0);
    } else {
        source->ops->go_on(source, ask.request);
        turn_until_asked(&asked, 2);
        ask_settle(source);
        source->ops->go_on(source, ask.request);
        ask_wait(&ask);
        ck_assert_int_eq(ask.hr, E_ACCESSDENIED);
    }
    ask_settle(source);
    ask_release(&ask);
    fetch_options_drop(options);
    ck_assert_uint_eq(raw_server_request_count(server), 0);
    raw_server_stop(server);
}
END_TEST

/* --- the client's own certificate */

static char *make_store(uint8_t *sha1)
{
    static char root[560];
    char path[700];
    uint8_t other[20];

    snprintf(root, sizeof root, "%s/stores", folder.path);
    ck_assert_int_eq(mkdir(root, 0700), 0);
    snprintf(path, sizeof path, "%s/current-user", root);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/current-user/My", root);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/current-user/My/a.pem", root);
    raw_tls_client(path, "Alice Example", other);
    snprintf(path, sizeof path, "%s/current-user/My/b.pem", root);
    raw_tls_client(path, "Bob Example", sha1);
    snprintf(path, sizeof path, "%s/current-user/My/empty.pem", root);
    fclose(fopen(path, "we"));
    return root;
}

static void remove_store(const char *root)
{
    static const char *const names[] = {
        "current-user/My/a.pem", "current-user/My/b.pem", "current-user/My/empty.pem",
        "current-user/My",       "current-user",          "."};
    char path[700];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        (void)remove(i == 5 ? root : path);
    }
}

START_TEST(test_store)
{
    static const uint8_t nobody[20] = {1, 2, 3};
    uint8_t bob[20];
    char *root = make_store(bob);
    const struct {
        struct fetch_certificate_query query;
        HRESULT hr;
        const char *subject;
    } rows[] = {
        {{root, 0, "MY", NULL, "bob"}, S_OK, "Bob Example"},
        {{root, 0, "My", NULL, "EXAMPLE"}, S_OK, "Alice Example"}, /* the first by file name */
        {{root, 0, "my", NULL, "O=openbits"}, S_OK, "Alice Example"},
        {{root, 0, "my", bob, NULL}, S_OK, "Bob Example"},
        {{root, 0, "my", nobody, NULL}, HR_CRYPT_NOT_FOUND, NULL},
        {{root, 0, "my", NULL, "carol"}, HR_CRYPT_NOT_FOUND, NULL},
        {{root, 0, "other", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 0, "", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 0, "..", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 0, "../current-user/My", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 1, "my", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 7, "my", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
        {{root, 8, "my", NULL, "bob"}, E_NOTIMPL, NULL},
        {{NULL, 0, "my", NULL, "bob"}, HR_FILE_NOT_FOUND, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fetch_client_certificate found;

        ck_assert_msg(fetch_certificate_find(&rows[i].query, &found) == rows[i].hr, "row %zu", i);
        ck_assert((found.path != NULL) == (rows[i].hr == S_OK));
        if (rows[i].subject)
            ck_assert_str_eq(found.subject, rows[i].subject);
        fetch_client_certificate_release(&found);
    }
    remove_store(root);
}
END_TEST

/* _i == 0: shown; 1: none; 2: another origin is not shown it */
START_TEST(test_certificate_of_the_client)
{
    struct raw_tls tls = {.peer = _i == 2 ? RAW_PEER_ASKED : RAW_PEER_NEEDED};
    struct raw_server *server = serve(&tls);
    uint8_t sha1[20];
    char path[600], peer[64];
    struct fetch_options *options;
    struct fetch_spec spec = spec_of(raw_server_url(server), NULL);
    struct ask ask = {0};

    snprintf(path, sizeof path, "%s/client.pem", folder.path);
    raw_tls_client(path, "Alice", sha1);
    options = make(&(struct fetch_options_config){.client_certificate = _i == 1 ? NULL : path});
    spec.options = options;
    spec.home = _i == 2 ? "https://elsewhere.example/" : NULL;
    source = ask_source(&(struct fetch_config){.ca_file = ca_file});
    ask_run(&ask, source, &spec);
    if (_i == 1)
        ck_assert_msg(ask.hr == HR_WINHTTP_CLIENT_CERT, "0x%08x", (unsigned)ask.hr);
    else
        ck_assert_int_eq(ask.hr, S_OK);
    raw_server_peer(server, peer, sizeof peer);
    ck_assert_str_eq(peer, _i == 0 ? "Alice" : "");
    ask_release(&ask);
    fetch_options_drop(options);
    raw_server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_tls_options");
    TCase *tcase = tcase_create("tls");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_a_flag_forgives_its_own_fault_only, 0, FAULTS * FLAGS);
    tcase_add_loop_test(tcase, test_a_forgiven_connection_is_not_shared, 1, 4);
    tcase_add_loop_test(tcase, test_revocation, 0, 3);
    tcase_add_loop_test(tcase, test_yes_and_no, 0, 6);
    tcase_add_loop_test(tcase, test_a_request_is_held_until_the_answer, 0, 4);
    tcase_add_loop_test(tcase, test_what_can_happen_to_a_held_request, 0, 3);
    tcase_add_test(tcase, test_store);
    tcase_add_loop_test(tcase, test_certificate_of_the_client, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
