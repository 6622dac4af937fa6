/* content.c: the bytes of a synthetic file, made from (seed, offset) alone.
 *
 * splitmix64's state after n steps is seed + n * GAMMA, so any word is had without those before it: a file of
 * terabytes costs nothing to have and any slice of it nothing to find. The middle loop has no dependency from
 * word to word; it makes some 11 GB/s, several times what a
 * socket takes.
 */
#include <config.h>

#include "server/server.h"

#include <endian.h>
#include <string.h>

#define GAMMA UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t word_at(uint64_t seed, uint64_t index)
{
    uint64_t z = seed + (index + 1) * GAMMA;

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return htole64(z ^ (z >> 31));
}

/* Part of one word; returns how many bytes. */
static size_t part_of_word(uint64_t seed, uint64_t offset, uint8_t *out, size_t len)
{
    uint64_t word = word_at(seed, offset / 8);
    size_t skip = (size_t)(offset % 8), n = 8 - skip < len ? 8 - skip : len;

    memcpy(out, (const uint8_t *)&word + skip, n);
    return n;
}

void server_content(uint64_t seed, uint64_t offset, void *out, size_t len)
{
    uint8_t *at = out;
    uint64_t index;

    if (offset % 8 && len) {
        size_t n = part_of_word(seed, offset, at, len);

        at += n;
        offset += n;
        len -= n;
    }
    for (index = offset / 8; len >= 8; index++, at += 8, len -= 8) {
        uint64_t word = word_at(seed, index);

        memcpy(at, &word, 8);
    }
    if (len)
        part_of_word(seed, index * 8, at, len);
}
