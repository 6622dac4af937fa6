/* origin.c: another address for a file: SetRemoteName, ReplaceRemotePrefix.
 *
 * What is filled may be kept if the file there has the same size and time stamp. Nothing but its first answer
 * can tell, so a file that has moved is marked, and job_file_known judges (job/transfer.c). An ETag belongs
 * to one server and is not carried over. Where no time stamp is known nothing can be proved: the file starts
 * over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "job/rules.h"

static void move_file(const struct job *job, struct job_file *file, char *remote_name)
{
    bool same = strcmp(file->remote_name, remote_name) == 0;

    free(file->remote_name);
    free(TAKE(file->given_name));
    file->remote_name = remote_name;
    if (same || file->finished)
        return;
    file->ranges_refused = false;
    file->random_access = S_OK;
    file->restarted = false;
    free(TAKE(file->etag));
    if (file->size == JOB_SIZE_UNKNOWN)
        return;
    if (file->last_modified && !job->http.method)
        file->moved = true;
    else
        job_file_start_over(file);
}

static void note(struct job *job, uint64_t now_100ns)
{
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED | JOB_CHANGED_WORK;
}

HRESULT job_set_remote_name(struct job *job, uint32_t index, const char *remote_name, uint64_t now_100ns)
{
    HRESULT hr = job_check_remote_name(remote_name);
    char *copy;

    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    copy = strdup(remote_name);
    if (!copy)
        return E_OUTOFMEMORY;
    move_file(job, job->files[index], copy);
    note(job, now_100ns);
    return S_OK;
}

/* The name with its prefix exchanged; *out NULL: it has another one. */
static HRESULT exchange(const char *name, const char *old, const char *new, char **out)
{
    size_t old_len = strlen(old), room = strlen(name) - old_len + strlen(new) + 1;
    char *made;
    HRESULT hr;

    *out = NULL;
    if (strncmp(name, old, old_len) != 0)
        return S_FALSE;
    made = malloc(room);
    if (!made)
        return E_OUTOFMEMORY;
    strcpy(made, new);
    strcat(made, name + old_len);
    hr = job_check_remote_name(made);
    if (FAILED(hr)) {
        free(made);
        return hr;
    }
    *out = made;
    return S_OK;
}

/* All or nothing. */
HRESULT job_replace_prefix(struct job *job, const char *old_prefix, const char *new_prefix,
                           uint64_t now_100ns)
{
    AUTOFREE char **names = calloc(job->file_count + 1, sizeof *names);
    HRESULT answer = S_FALSE, hr = S_OK;

    if (!old_prefix || !*old_prefix || !new_prefix || !*new_prefix)
        return E_INVALIDARG;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (!names)
        return E_OUTOFMEMORY;
    for (size_t i = 0; SUCCEEDED(hr) && i < job->file_count; i++) {
        hr = exchange(job->files[i]->remote_name, old_prefix, new_prefix, &names[i]);
        if (hr == S_OK)
            answer = S_OK;
    }
    for (size_t i = 0; i < job->file_count; i++) {
        if (FAILED(hr))
            free(names[i]);
        else if (names[i])
            move_file(job, job->files[i], names[i]);
    }
    if (FAILED(hr))
        return hr;
    if (answer == S_OK)
        note(job, now_100ns);
    return answer;
}
