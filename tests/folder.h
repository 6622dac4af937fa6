/* folder.h: a folder for one test, in the build's tree, gone with all that is in it when the test ends. */
#ifndef OPENBITS_TESTS_FOLDER_H
#define OPENBITS_TESTS_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char path[512];
};

static inline void folder_make(struct folder *folder)
{
    const char *within = getenv("OPENBITS_RUNTIME_DIR"), *tmp = getenv("TMPDIR");

    snprintf(folder->path, sizeof folder->path, "%s/test-XXXXXX", within ? within : tmp ? tmp : "/tmp");
    ck_assert_msg(mkdtemp(folder->path) != NULL, "cannot make %s", folder->path);
}

/* One level deep, which is all that these tests make. */
static inline void folder_remove(struct folder *folder)
{
    DIR *dir = opendir(folder->path);

    ck_assert(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
                unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    closedir(dir);
    ck_assert_int_eq(rmdir(folder->path), 0);
}

/* The path of name in the folder; static, two at a time. */
static inline const char *folder_path(const struct folder *folder, const char *name)
{
    static char paths[2][1024];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

#endif
