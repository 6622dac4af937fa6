/* gzip.c: a file as gzip that can be read from any place.
 *
 *     10 bytes of header, then for each 65,535 bytes a block: 5 bytes (last or not, length, its complement),
 * the bytes; then CRC-32 and size, 4 bytes each. An empty file has one empty block.
 *
 * Test content does not compress anyway, and so the place of each byte is known beforehand.
 */
#include "server/gzip.h"

#include <string.h>

#define HEADER_LEN  10
#define BLOCK       65535
#define BLOCK_HEAD  5
#define TRAILER_LEN 8

static uint64_t block_count(uint64_t size)
{
    return size ? (size + BLOCK - 1) / BLOCK : 1;
}

uint64_t gzip_length(uint64_t size)
{
    return HEADER_LEN + block_count(size) * BLOCK_HEAD + size + TRAILER_LEN;
}

static uint32_t crc_of(uint32_t crc, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & -(crc & 1u));
    }
    return crc;
}

bool gzip_checksum(uint64_t size, content_fn *content, void *context, uint32_t *out)
{
    uint8_t bytes[4096];
    uint32_t crc = 0xFFFFFFFFu;

    for (uint64_t at = 0; at < size;) {
        size_t n = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;

        if (!content(at, bytes, n, context))
            return false;
        crc = crc_of(crc, bytes, n);
        at += n;
    }
    *out = ~crc;
    return true;
}

/* The fixed bytes from position on, up to the next that are the file's; 0: those come now, *out_offset tells
 * which and *out_len how many. */
static size_t fixed_bytes(uint64_t size, uint32_t crc, uint64_t position, uint8_t out[HEADER_LEN],
                          uint64_t *out_offset, uint64_t *out_len)
{
    static const uint8_t header[HEADER_LEN] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255};
    uint64_t blocks_len = block_count(size) * BLOCK_HEAD + size, block, in_block, start;
    size_t len, skip;

    if (position < HEADER_LEN) {
        skip = (size_t)position;
        memcpy(out, header + skip, HEADER_LEN - skip);
        return HEADER_LEN - skip;
    }
    position -= HEADER_LEN;
    if (position >= blocks_len) {
        for (int i = 0; i < 4; i++) {
            out[i] = (uint8_t)(crc >> (8 * i));
            out[4 + i] = (uint8_t)((uint32_t)size >> (8 * i));
        }
        skip = (size_t)(position - blocks_len);
        if (skip >= TRAILER_LEN) {
            out[0] = 0;
            return 1;
        }
        memmove(out, out + skip, TRAILER_LEN - skip);
        return TRAILER_LEN - skip;
    }
    block = position / (BLOCK + BLOCK_HEAD);
    in_block = position % (BLOCK + BLOCK_HEAD);
    start = block * BLOCK;
    len = size - start < BLOCK ? (size_t)(size - start) : BLOCK;
    if (in_block >= BLOCK_HEAD) {
        *out_offset = start + in_block - BLOCK_HEAD;
        *out_len = len - (in_block - BLOCK_HEAD);
        return 0;
    }
    out[0] = start + len == size;
    out[1] = (uint8_t)len;
    out[2] = (uint8_t)(len >> 8);
    out[3] = (uint8_t)~out[1];
    out[4] = (uint8_t)~out[2];
    skip = (size_t)in_block;
    memmove(out, out + skip, BLOCK_HEAD - skip);
    return BLOCK_HEAD - skip;
}

bool gzip_read(uint64_t size, uint32_t checksum, uint64_t offset, void *out, size_t len, content_fn *content,
               void *context)
{
    uint8_t *at = out;

    while (len > 0) {
        uint8_t fixed[HEADER_LEN];
        uint64_t from = 0, run = 0;
        size_t n = fixed_bytes(size, checksum, offset, fixed, &from, &run);

        if (n) {
            n = n < len ? n : len;
            memcpy(at, fixed, n);
        } else {
            n = run < len ? (size_t)run : len;
            if (!content(from, at, n, context))
                return false;
        }
        at += n;
        offset += n;
        len -= n;
    }
    return true;
}
