/* redirect.h: places that a redirect leads through: signed URLs that expire, and hops. No I/O. */
#ifndef OPENBITS_SERVER_REDIRECT_H
#define OPENBITS_SERVER_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct redirect_key {
    uint8_t bytes[32];
};

/* False: there is no good randomness. */
bool redirect_key_init(struct redirect_key *key);

/* Where a request stands in a chain, by its target alone. */
enum redirect_place {
    REDIRECT_START,  /* no place of ours */
    REDIRECT_HOP,    /* PATH?hop=N */
    REDIRECT_FINAL,  /* PATH?hop=final */
    REDIRECT_SIGNED, /* PATH?expires=...&number=...&signature=... */
    REDIRECT_SECOND, /* /~hop/second/deep?path=PATH */
    REDIRECT_THIRD,  /* /~hop/third?path=PATH */
};

struct redirect {
    enum redirect_place place;
    uint64_t hop;
    int64_t expires_us;
    uint64_t number; /* what the signer counted when it was signed */
    bool signature_ok;
    char *path; /* owned: PATH as decoded, for the places below /~hop; else NULL */
};

void redirect_read(const struct redirect_key *key, const char *target, struct redirect *out);
void redirect_release(struct redirect *r);

/* New strings, NULL: memory. path is decoded. */
char *redirect_to_hop(const char *path, uint64_t hop);
char *redirect_to_final(const char *path);
char *redirect_to_signed(const struct redirect_key *key, const char *path, int64_t expires_us,
                         uint64_t number);
char *redirect_to_second(const char *path);
/* Relative, and right from the second only. */
char *redirect_to_third(const char *path);

#endif
