/* place.h: puts what a half-filled job has fetched where the user wants it, before the job goes. */
#ifndef OPENBITS_CLI_PLACE_H
#define OPENBITS_CLI_PLACE_H

#include "rangeset/rangeset.h"

/* Complete would discard a file that is not wholly filled, so its temporary file is linked to `to`,
 * replacing what is there at once, or where the file system has no links copied: only the filled
 * ranges, so that holes stay holes. 0, or an errno. */
int place_ranges(const char *temporary, const char *to, const struct rangeset *filled);

#endif
