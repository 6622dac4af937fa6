/* login.h: Basic (RFC 7617) and Digest (RFC 7616) authentication, the server's side. No I/O. */
#ifndef OPENBITS_SERVER_LOGIN_H
#define OPENBITS_SERVER_LOGIN_H

#include "server/redirect.h"
#include "server/server.h"

#define LOGIN_REALM "test"

/* Who may come in; copied strings, owned. */
struct login {
    enum server_login scheme;
    char *user, *password;
};

/* False: memory is short. */
bool login_init(struct login *l, enum server_login scheme, const char *user, const char *password);
void login_release(struct login *l);

/* Whether the value of (Proxy-)Authorization, NULL if there is none, opens this to method and target. */
bool login_accepts(const struct login *l, const struct redirect_key *key, const char *authorization,
                   const char *method, const char *target, int64_t now_s);

/* A value for (WWW|Proxy)-Authenticate; malloc made it. NULL: memory. */
char *login_challenge(const struct login *l, const struct redirect_key *key, int64_t now_s);

#endif
