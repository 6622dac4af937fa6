// ref_map.cpp: see ref_map.h. Written with care, so that the comparison is fair: one search a call, hints used.
#include "ref_map.h"

#include <algorithm>
#include <map>

struct ref_map {
    std::map<uint64_t, uint64_t> ends; // by start
};

struct ref_map *ref_map_new(void)
{
    return new ref_map;
}

void ref_map_free(struct ref_map *map)
{
    delete map;
}

void ref_map_add(struct ref_map *map, uint64_t start, uint64_t end)
{
    auto it = map->ends.upper_bound(start);

    if (it != map->ends.begin()) {
        auto before = std::prev(it);

        if (before->second >= start) {
            start = before->first;
            end = std::max(end, before->second);
            while (it != map->ends.end() && it->first <= end) {
                end = std::max(end, it->second);
                it = map->ends.erase(it);
            }
            before->second = end;
            return;
        }
    }
    while (it != map->ends.end() && it->first <= end) {
        end = std::max(end, it->second);
        it = map->ends.erase(it);
    }
    map->ends.emplace_hint(it, start, end);
}

void ref_map_remove(struct ref_map *map, uint64_t start, uint64_t end)
{
    auto it = map->ends.upper_bound(start);

    if (it != map->ends.begin() && std::prev(it)->second > start)
        --it;
    while (it != map->ends.end() && it->first < end) {
        uint64_t old_start = it->first, old_end = it->second;

        if (old_start < start) {
            it->second = start;
            ++it;
        } else {
            it = map->ends.erase(it);
        }
        if (old_end > end)
            map->ends.emplace_hint(it, end, old_end);
    }
}

int ref_map_intersects(const struct ref_map *map, uint64_t start, uint64_t end)
{
    auto it = map->ends.upper_bound(start);

    if (it != map->ends.begin() && std::prev(it)->second > start)
        return 1;
    return it != map->ends.end() && it->first < end;
}

size_t ref_map_count(const struct ref_map *map)
{
    return map->ends.size();
}
