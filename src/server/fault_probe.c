/* fault_probe.c: family E, probing, redirects, authorisation. */
#include <config.h>

#include "server/fault_act.h"

#include "server/deadline.h"

#include <stdlib.h>
#include <string.h>

static bool finds_young_connection(const struct fault_spec *spec, const struct exchange *e)
{
    return connections_rank(e->service->connections, e->connection) > (uint64_t)spec->values[FAULT_LIMIT];
}

static bool finds_agent(const struct fault_spec *spec, const struct exchange *e)
{
    const char *agent = exchange_asked(e, "User-Agent");

    return agent && strcasestr(agent, spec->agent);
}

static void refuse_head(struct exchange *e, const struct strike *s)
{
    fault_say_status(e, s);
    if (e->answer.status == 405)
        headers_set(&e->answer.headers, "Allow", "GET");
}

static void hide_length(struct exchange *e, const struct strike *s)
{
    (void)s;
    e->answer.length_hidden = true;
}

static void tell_other_length(struct exchange *e, const struct strike *s)
{
    exchange_vary(e)->longer += strike_value(s, FAULT_BY);
}

/* Takes location. */
static void redirect(struct exchange *e, char *location)
{
    if (!location) {
        e->answer.headers.failed = true;
        return;
    }
    answer_say(&e->answer, 302, NULL, NULL);
    headers_add(&e->answer.headers, "Location", location);
    free(location);
}

/* PATH, then so many hops, then a URL that is good for a time or for a number of requests. */
static void lead_to_signed(struct exchange *e, const struct strike *s)
{
    int64_t for_us = strike_value(s, FAULT_FOR), now_us = deadline_now_us(),
            uses = strike_value(s, FAULT_USES);
    uint64_t hops = (uint64_t)strike_value(s, FAULT_HOPS);
    const struct redirect *place = &e->place;
    bool expired;

    if (place->place == REDIRECT_SIGNED) {
        expired = !place->signature_ok || now_us >= place->expires_us ||
                  (uses && s->number > place->number && s->number - place->number > (uint64_t)uses);
        if (expired)
            answer_say(&e->answer, 403, "application/xml",
                       "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>\n");
        return;
    }
    if (place->place == REDIRECT_HOP ? place->hop < hops : hops > 1) {
        redirect(e, redirect_to_hop(e->question.path, place->place == REDIRECT_HOP ? place->hop + 1 : 2));
        return;
    }
    redirect(e, redirect_to_signed(&e->service->key, e->question.path,
                                   for_us < INT64_MAX - now_us ? now_us + for_us : INT64_MAX, s->number));
}

static void lead_to_ranges(struct exchange *e, const struct strike *s)
{
    (void)s;
    if (e->place.place == REDIRECT_FINAL)
        return;
    if (exchange_asked(e, "Range"))
        answer_say(&e->answer, 404, NULL, NULL);
    else
        redirect(e, redirect_to_final(e->question.path));
}

static void lead_relatively(struct exchange *e, const struct strike *s)
{
    (void)s;
    if (e->place.place == REDIRECT_SECOND)
        redirect(e, redirect_to_third(e->question.path));
    else if (e->place.place != REDIRECT_THIRD)
        redirect(e, redirect_to_second(e->question.path));
}

static void capture(struct exchange *e, const struct strike *s)
{
    static const char *const pages[] = {
        "<html><head><title>Welcome</title></head><body><h1>Sign in to this network</h1></body></html>\n",
        "<html><head><meta http-equiv=\"refresh\" content=\"0; "
        "url=http://portal.invalid/login\"></head></html>\n",
    };

    answer_say(&e->answer, 200, "text/html", pages[strike_value(s, FAULT_AS)]);
}

static void say_busy_page(struct exchange *e, const struct strike *s)
{
    answer_say(&e->answer, (int)strike_value(s, FAULT_STATUS), "text/html",
               "<html><head><title>503</title></head><body>Only one connection is allowed</body></html>\n");
}

static bool finds_proxy_request(const struct fault_spec *spec, const struct exchange *e)
{
    (void)spec;
    return e->tunnel || e->target[0] != '/';
}

/* With the login that the server was given, or user and password. */
static void ask_for_proxy_login(struct exchange *e, const struct strike *s)
{
    static const enum server_login as[] = {SERVER_LOGIN_NONE, SERVER_LOGIN_BASIC, SERVER_LOGIN_DIGEST};
    const struct login *own = &e->service->login;
    static char user[] = "user", password[] = "password";
    const struct login login = {.scheme = as[strike_value(s, FAULT_AS)],
                                .user = *own->user ? own->user : user,
                                .password = *own->user ? own->password : password};
    char *challenge;

    if (login.scheme != SERVER_LOGIN_NONE &&
        login_accepts(&login, &e->service->key, exchange_asked(e, "Proxy-Authorization"), e->question.method,
                      e->target, e->question.now_s))
        return;
    answer_say(&e->answer, 407, NULL, NULL);
    challenge = login.scheme == SERVER_LOGIN_NONE
                    ? strdup("Negotiate")
                    : login_challenge(&login, &e->service->key, e->question.now_s);
    if (challenge)
        headers_add(&e->answer.headers, "Proxy-Authenticate", challenge);
    else
        e->answer.headers.failed = true;
    free(challenge);
}

const struct fault_act fault_acts_probe[FAULT_COUNT] = {
    [FAULT_E01] = {NULL, NULL, refuse_head},
    [FAULT_E02] = {NULL, NULL, refuse_head},
    [FAULT_E03] = {NULL, NULL, fault_wait_before_head},
    [FAULT_E04] = {NULL, NULL, fault_wait_before_head},
    [FAULT_E05] = {fault_finds_file, NULL, hide_length},
    [FAULT_E06] = {fault_finds_file, tell_other_length, NULL},
    [FAULT_E07] = {fault_finds_file, NULL, lead_to_signed},
    [FAULT_E08] = {fault_finds_file, NULL, lead_to_ranges},
    [FAULT_E09] = {fault_finds_file, NULL, lead_relatively},
    [FAULT_E10] = {finds_young_connection, NULL, fault_say_status},
    [FAULT_E11] = {NULL, NULL, capture},
    [FAULT_E12] = {finds_young_connection, NULL, say_busy_page},
    [FAULT_E13] = {finds_proxy_request, NULL, ask_for_proxy_login},
    [FAULT_E15] = {finds_agent, NULL, fault_say_status},
    [FAULT_E16] = {NULL, NULL, fault_say_status},
};
