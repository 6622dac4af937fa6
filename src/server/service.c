/* service.c: what all protocols of one server share. */
#include <config.h>

#include "server/service.h"

#include <unistd.h>

HRESULT service_init(struct service *s, FILE *log_file)
{
    *s = (struct service){.site = {.root_fd = -1}};
    s->site.files = files_new();
    s->faults = faults_new();
    s->hold = hold_new();
    s->stall = stall_new();
    s->connections = connections_new();
    if (!s->site.files || !s->faults || !s->hold || !s->stall || !s->connections ||
        !redirect_key_init(&s->key))
        return E_OUTOFMEMORY;
    s->log = log_new(log_file);
    return s->log ? S_OK : E_OUTOFMEMORY;
}

void service_release(struct service *s)
{
    tls_free(s->tls);
    login_release(&s->login);
    log_free(s->log);
    connections_free(s->connections);
    stall_free(s->stall);
    hold_free(s->hold);
    faults_free(s->faults);
    files_free(s->site.files);
    if (s->site.root_fd >= 0)
        close(s->site.root_fd);
}
