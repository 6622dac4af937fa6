/* ref_map.h: the same set of ranges in the obvious way, a std::map from start to end; the bench's measure. */
#ifndef OPENBITS_TESTS_BENCH_REF_MAP_H
#define OPENBITS_TESTS_BENCH_REF_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ref_map;

struct ref_map *ref_map_new(void);
void ref_map_free(struct ref_map *map);
void ref_map_add(struct ref_map *map, uint64_t start, uint64_t end);
void ref_map_remove(struct ref_map *map, uint64_t start, uint64_t end);
int ref_map_intersects(const struct ref_map *map, uint64_t start, uint64_t end);
size_t ref_map_count(const struct ref_map *map);

#ifdef __cplusplus
}
#endif

#endif
