/* user.h: who runs this process, and where its runtime folder is (decisions 14 and 19). */
#ifndef OPENBITS_SYS_USER_H
#define OPENBITS_SYS_USER_H

#include "openbits_types.h"

/* "S-1-22-1-<uid>"; out is new (free it with free). */
HRESULT sys_user_sid(char **out);

/* The folder in which processes of one user meet: chosen if not NULL, else OPENBITS_RUNTIME_DIR, else
 * /run/user/<uid>/openbits if /run/user/<uid> is ours, else /tmp/openbits-<uid>. Made with mode 0700;
 * E_ACCESSDENIED if another user owns it or others may write to it. out is new. */
HRESULT sys_runtime_dir(const char *chosen, char **out);

#endif
