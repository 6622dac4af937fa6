/* file.h: local files by directory handle, never through a link at the last step.
 *
 * A directory is opened once and named by its handle from then on, so that a folder exchanged for a link
 * afterwards leads nowhere. Errors are the HRESULTs of Win32 codes (hr_from_errno in this room).
 * A name is one step of a path: HR_INVALID_NAME if it holds a slash or is "." or "..".
 * Handles are close-on-exec. Any thread may use a file's or a folder's handle at any time, but for the close.
 */
#ifndef OPENBITS_SYS_FILE_H
#define OPENBITS_SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct sys_dir;
struct sys_file;

/* HR_PATH_NOT_FOUND, E_ACCESSDENIED, HR_NOT_A_DIRECTORY, HR_TOO_MANY_OPEN, E_OUTOFMEMORY. */
HRESULT sys_dir_open(const char *path, struct sys_dir **out);
void sys_dir_close(struct sys_dir *dir);

/* Whether path still leads to it. */
bool sys_dir_is_at(struct sys_dir *dir, const char *path);
/* Whether the caller may make files in it: S_OK, E_ACCESSDENIED, HR_WRITE_PROTECT. */
HRESULT sys_dir_writable(struct sys_dir *dir);

/* Whether name is in dir and is neither a plain file nor a link: a rename onto a folder could not work, and
 * onto a device, a pipe or a socket it would destroy what programs rely on, such as /dev/null. */
bool sys_dir_has_other(struct sys_dir *dir, const char *name);

/* Made exclusively, for reading and writing, mode 0666 less the umask. HR_FILE_EXISTS if the name is taken.
 */
HRESULT sys_file_create(struct sys_dir *dir, const char *name, struct sys_file **out);
/* Opens what sys_file_create made, for writing again. HR_FILE_NOT_FOUND; E_ACCESSDENIED for a link, a folder
 * or anything else that is no plain file. */
HRESULT sys_file_open(struct sys_dir *dir, const char *name, struct sys_file **out);
void sys_file_close(struct sys_file *file);

/* Which file it is, whatever its name. A number is used again when its file is gone, so the moment of the
 * making belongs to it, where the file system keeps that. */
struct sys_file_id {
    uint64_t volume, number;
    uint64_t made_s, made_ns;
};

bool sys_file_id_equal(const struct sys_file_id *a, const struct sys_file_id *b);

/* And how long it is now. */
HRESULT sys_file_identify(struct sys_file *file, struct sys_file_id *id, uint64_t *len);

/* All of it or an error (HR_DISK_FULL, HR_QUOTA, HR_IO_DEVICE, HR_FILE_TOO_LARGE ...). */
HRESULT sys_file_write_at(struct sys_file *file, uint64_t offset, const void *bytes, size_t len);
/* Makes the file len bytes long; what was not written reads as zero and takes no room. */
HRESULT sys_file_set_length(struct sys_file *file, uint64_t len);
/* unix_s: seconds since 1970. */
HRESULT sys_file_set_modified(struct sys_file *file, int64_t unix_s);

/* Within one directory; replaces what is there, but for a folder; see sys_dir_has_other. */
HRESULT sys_file_rename(struct sys_dir *dir, const char *from, const char *to);
/* S_OK too if the file is not there. */
HRESULT sys_file_remove(struct sys_dir *dir, const char *name);

/* The one table from errno to HRESULT. */
HRESULT hr_from_errno(int error);

/* Random bytes from the system, for identifiers. */
HRESULT sys_random(void *out, size_t len);

#endif
