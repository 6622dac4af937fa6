/* output.c: temporary files, in the destination's folder, renamed into place at Complete.
 *
 * Folders are opened once when a file is added and shared by all files in them, so a folder that is
 * exchanged for a link later leads nowhere, and ten thousand jobs into one folder take one descriptor. A file
 * that is added after the exchange goes where its name leads then.
 * A temporary file is made exclusively at its first byte and has the remote file's size from then on: a
 * hole reads as zero and takes no room. If another file has its name later, or it was cut, what was
 * fetched is lost: nothing more is written, and Complete fails instead of keeping zeros. Only the loop holds
 * it open, and only while it transfers; it is made under the engine's lock, so that a Cancel at the same
 * moment leaves nothing behind.
 */
#include "engine/internal.h"

#include "base/hr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct output_dir {
    struct list in_engine;
    struct sys_dir *sys;
    unsigned users;
    char path[];
};

/* The folder of a local name: all before the last slash, or the root. */
static char *folder_of(const char *local_name)
{
    const char *slash = strrchr(local_name, '/');
    size_t len = slash == local_name ? 1 : (size_t)(slash - local_name);

    return strndup(local_name, len);
}

static HRESULT dir_get(struct engine *engine, const char *path, struct output_dir **out)
{
    struct output_dir *dir;
    HRESULT hr;

    *out = NULL;
    list_for_each(node, &engine->shared.output_dirs)
    {
        dir = list_entry(node, struct output_dir, in_engine);
        if (strcmp(dir->path, path) == 0 && sys_dir_is_at(dir->sys, path)) {
            hr = sys_dir_writable(dir->sys);
            if (FAILED(hr))
                return hr;
            dir->users++;
            *out = dir;
            return S_OK;
        }
    }
    dir = malloc(sizeof *dir + strlen(path) + 1);
    if (!dir)
        return E_OUTOFMEMORY;
    memcpy(dir->path, path, strlen(path) + 1);
    hr = sys_dir_open(path, &dir->sys);
    if (SUCCEEDED(hr)) {
        hr = sys_dir_writable(dir->sys);
        if (FAILED(hr))
            sys_dir_close(dir->sys);
    }
    if (FAILED(hr)) {
        free(dir);
        return hr;
    }
    dir->users = 1;
    list_push_back(&engine->shared.output_dirs, &dir->in_engine);
    *out = dir;
    return S_OK;
}

static void dir_put(struct output_dir *dir)
{
    if (--dir->users > 0)
        return;
    list_remove(&dir->in_engine);
    sys_dir_close(dir->sys);
    free(dir);
}

/* "BIT" and eight hex digits: R-462. */
static HRESULT draw_name(char **out)
{
    uint32_t drawn;
    char name[16];
    HRESULT hr = sys_random(&drawn, sizeof drawn);

    if (FAILED(hr))
        return hr;
    snprintf(name, sizeof name, "BIT%08X.tmp", (unsigned)drawn);
    *out = strdup(name);
    return *out ? S_OK : E_OUTOFMEMORY;
}

HRESULT output_init(struct engine *engine, struct output *output, const char *local_name,
                    enum output_mode mode, char **temporary_path)
{
    AUTOFREE char *folder = folder_of(local_name);
    const char *separator;
    size_t room;
    HRESULT hr;

    *output = (struct output){.direct = mode == OUTPUT_DIRECT};
    *temporary_path = NULL;
    if (!folder)
        return E_OUTOFMEMORY;
    hr = dir_get(engine, folder, &output->dir);
    if (FAILED(hr))
        return hr;
    output->final = strdup(strrchr(local_name, '/') + 1);
    if (!output->direct)
        hr = draw_name(&output->temporary);
    else if (output->final)
        output->temporary = strdup(output->final);
    if (SUCCEEDED(hr) && !output->temporary)
        hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr)) {
        separator = strcmp(folder, "/") == 0 ? "" : "/";
        room = strlen(folder) + strlen(output->temporary) + 2;
        *temporary_path = malloc(room);
        if (output->final && *temporary_path)
            snprintf(*temporary_path, room, "%s%s%s", folder, separator, output->temporary);
        else
            hr = E_OUTOFMEMORY;
    }
    if (FAILED(hr)) {
        free(*temporary_path);
        *temporary_path = NULL;
        output_release(engine, output);
    }
    return hr;
}

void output_release(struct engine *engine, struct output *output)
{
    (void)engine;
    if (output->dir)
        dir_put(output->dir);
    free(output->temporary);
    free(output->final);
    *output = (struct output){0};
}

bool output_is_shut(const struct output *output)
{
    return !output->open || output->stale;
}

/* What is at the destination already gives way to a file that is written straight there. */
static HRESULT make_room(struct output *output)
{
    if (!output->direct)
        return S_OK;
    if (sys_dir_has_other(output->dir->sys, output->final))
        return E_ACCESSDENIED;
    return sys_file_remove(output->dir->sys, output->final);
}

/* The file that was made, and nothing of it cut off; else what was fetched is not there any more. */
static HRESULT open_made(const struct output *output, uint64_t size, struct sys_file **out)
{
    HRESULT hr = sys_file_open(output->dir->sys, output->temporary, out);
    struct sys_file_id id = {0};
    uint64_t len = 0;

    if (FAILED(hr))
        return hr;
    hr = sys_file_identify(*out, &id, &len);
    if (SUCCEEDED(hr) && (!sys_file_id_equal(&id, &output->id) || len < size))
        hr = HR_FILE_NOT_FOUND;
    if (FAILED(hr)) {
        sys_file_close(*out);
        *out = NULL;
    }
    return hr;
}

static HRESULT make(struct output *output, uint64_t size, struct sys_file **out)
{
    HRESULT hr = make_room(output);
    uint64_t len;

    if (SUCCEEDED(hr))
        hr = sys_file_create(output->dir->sys, output->temporary, out);
    if (FAILED(hr))
        return hr;
    hr = sys_file_set_length(*out, size);
    if (SUCCEEDED(hr))
        hr = sys_file_identify(*out, &output->id, &len);
    if (FAILED(hr)) {
        sys_file_close(*out);
        *out = NULL;
        sys_file_remove(output->dir->sys, output->temporary);
        return hr;
    }
    output->made = true;
    return S_OK;
}

HRESULT output_open(struct output *output, uint64_t file_size)
{
    uint64_t least = file_size == JOB_SIZE_UNKNOWN ? 0 : file_size;

    output_close(output);
    return output->made ? open_made(output, least, &output->open) : make(output, least, &output->open);
}

HRESULT output_write(struct engine *engine, struct output *output, uint64_t offset, const void *bytes,
                     size_t len)
{
    HRESULT hr = S_OK;

    if (engine->write_fault)
        hr = engine->write_fault(engine->write_fault_context, offset, len);
    if (SUCCEEDED(hr))
        hr = sys_file_write_at(output->open, offset, bytes, len);
    return hr;
}

void output_close(struct output *output)
{
    if (output->open)
        sys_file_close(output->open);
    output->open = NULL;
    output->stale = false;
}

HRESULT output_keep(struct output *output, uint64_t size, int64_t modified_unix_s)
{
    struct sys_file *file = NULL;
    HRESULT hr;

    if (sys_dir_has_other(output->dir->sys, output->final))
        return E_ACCESSDENIED;
    /* An empty file had no first byte to be made for. */
    hr = output->made ? open_made(output, size, &file) : make(output, size, &file);
    if (FAILED(hr))
        return hr;
    hr = sys_file_set_length(file, size);
    if (SUCCEEDED(hr) && modified_unix_s)
        hr = sys_file_set_modified(file, modified_unix_s);
    sys_file_close(file);
    if (SUCCEEDED(hr) && !output->direct)
        hr = sys_file_rename(output->dir->sys, output->temporary, output->final);
    if (SUCCEEDED(hr))
        output->made = false;
    return hr;
}

HRESULT output_discard(struct output *output)
{
    HRESULT hr;

    if (!output->made || output->direct)
        return S_OK;
    hr = sys_file_remove(output->dir->sys, output->temporary);
    if (SUCCEEDED(hr))
        output->made = false;
    return hr;
}

HRESULT output_check_access(const struct output *output)
{
    return FAILED(sys_dir_writable(output->dir->sys)) ? BG_E_NEW_OWNER_NO_FILE_ACCESS : S_OK;
}

void output_void(struct output *output)
{
    output->stale = true; /* should the loop have it open */
    if (FAILED(output_discard(output)) || output->direct)
        output->made = false; /* the name is taken: creating it again says what is wrong */
}
