/* unload.c: no thread of ours outlives the library (decisions 9 and 11).
 *
 * Runs when the process exits or the library is unloaded. Engines that still live are ended: their jobs
 * cancelled, their files removed; for a callback that does not return nobody waits longer than the limit.
 */
#include "check/check.h"
#include "engine/engine.h"

__attribute__((destructor)) static void end_engines(void)
{
    enum { LIMIT_US = 1000000 };

    engine_end_all(LIMIT_US);
    check_unload();
}
