/* files.c: the table of synthetic files.
 *
 * A version is immutable and counted: replacing a file swaps a pointer under the lock, and an answer under
 * way keeps the version it began with. The table is libc's red-black tree, ordered by path.
 */
#include <config.h>

#include "server/files.h"

#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTENT_TYPE_MAX 255

struct files {
    pthread_mutex_t lock;
    void *tree; /* of struct file, each with one reference; guarded by lock */
};

void file_unref(struct file *f)
{
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    headers_release(&f->headers);
    free(f->path);
    free(f->etag);
    free(f);
}

static void unref_node(void *f)
{
    file_unref(f);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

struct files *files_new(void)
{
    struct files *files = calloc(1, sizeof *files);

    if (files)
        pthread_mutex_init(&files->lock, NULL);
    return files;
}

void files_free(struct files *files)
{
    if (!files)
        return;
    tdestroy(files->tree, unref_node);
    pthread_mutex_destroy(&files->lock);
    free(files);
}

/* What RFC 9110 allows between the quotes of an entity tag. */
static bool is_etag(const char *text)
{
    size_t len;

    if (strncmp(text, "W/", 2) == 0)
        text += 2;
    len = strlen(text);
    if (len < 2 || text[0] != '"' || text[len - 1] != '"')
        return false;
    for (size_t i = 1; i < len - 1; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == '"' || text[i] == 0x7F)
            return false;
    return true;
}

static bool is_described(const struct server_file *file)
{
    const unsigned all_flags = SERVER_FILE_NO_RANGES | SERVER_FILE_NO_LENGTH;

    return file->path && file->path[0] == '/' && file->size <= SERVER_FILE_SIZE_MAX &&
           (file->flags & ~all_flags) == 0 &&
           (file->status == 0 || (file->status >= 200 && file->status <= 599)) &&
           (!file->etag || !*file->etag || is_etag(file->etag));
}

/* A tag for every combination of what makes the content and its date. */
static char *make_etag(const struct server_file *file)
{
    char text[64];

    snprintf(text, sizeof text, "\"%llx-%llx-%llx\"", (unsigned long long)file->size,
             (unsigned long long)file->seed, (unsigned long long)file->last_modified_s);
    return strdup(text);
}

/* Content-Type has bounds of its own, since each part of a multipart body repeats it. */
static bool add_header_lines(struct headers *headers, const char *const *lines)
{
    const char *type;

    for (; lines && *lines; lines++)
        if (!headers_add_line(headers, *lines))
            return false;
    type = headers_find(headers->items, headers->count, "Content-Type");
    return (!type || strlen(type) <= CONTENT_TYPE_MAX) &&
           !headers_find(headers->items, headers->count, "Content-Length") &&
           !headers_find(headers->items, headers->count, "Transfer-Encoding");
}

HRESULT files_add(struct files *files, const struct server_file *file)
{
    struct file *made, **slot, *replaced = NULL;

    if (!is_described(file))
        return E_INVALIDARG;
    made = calloc(1, sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    atomic_init(&made->refs, 1);
    made->path = strdup(file->path);
    made->size = file->size;
    made->seed = file->seed;
    made->last_modified_s = file->last_modified_s;
    made->flags = file->flags;
    made->status = file->status;
    if (!file->etag)
        made->etag = make_etag(file);
    else if (*file->etag)
        made->etag = strdup(file->etag);
    if (!add_header_lines(&made->headers, file->headers)) {
        file_unref(made);
        return E_INVALIDARG;
    }
    if (!made->path || made->headers.failed || (!made->etag && !(file->etag && !*file->etag))) {
        file_unref(made);
        return E_OUTOFMEMORY;
    }
    pthread_mutex_lock(&files->lock);
    slot = tsearch(made, &files->tree, compare_paths);
    if (slot && *slot != made) {
        replaced = *slot;
        *slot = made;
    }
    pthread_mutex_unlock(&files->lock);
    if (!slot)
        replaced = made;
    file_unref(replaced);
    return slot ? S_OK : E_OUTOFMEMORY;
}

/* With the lock held. */
static struct file *find(struct files *files, const char *path)
{
    struct file key = {.path = (char *)(uintptr_t)path};
    struct file **slot = tfind(&key, &files->tree, compare_paths);

    return slot ? *slot : NULL;
}

HRESULT files_remove(struct files *files, const char *path)
{
    struct file *found;

    pthread_mutex_lock(&files->lock);
    found = find(files, path);
    if (found)
        tdelete(found, &files->tree, compare_paths);
    pthread_mutex_unlock(&files->lock);
    file_unref(found);
    return found ? S_OK : S_FALSE;
}

struct file *files_get(struct files *files, const char *path)
{
    struct file *found;

    pthread_mutex_lock(&files->lock);
    found = find(files, path);
    if (found)
        atomic_fetch_add_explicit(&found->refs, 1, memory_order_relaxed);
    pthread_mutex_unlock(&files->lock);
    return found;
}
