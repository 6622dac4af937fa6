/* folder.h: opening a file below a folder that nothing leads out of. */
#ifndef OPENBITS_SERVER_FOLDER_H
#define OPENBITS_SERVER_FOLDER_H

/* path has no leading slash. Returns a descriptor of a regular file, opened for reading and close-on-exec, or
 * -errno: ENOENT, EACCES, EXDEV or ELOOP (a link that leads outside), EISDIR (not a regular file) and others.
 * Links whose target stays below the folder are followed, by kernels that can promise it (openat2,
 * Linux 5.6); elsewhere no link is, and "." and ".." are refused. */
int folder_open_file(int folder_fd, const char *path);

/* The part of it for other kernels, by itself for its tests: each step opened without following a link. */
int folder_walk_to_file(int folder_fd, const char *path);

#endif
