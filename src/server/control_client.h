/* control_client.h: drives a server in another process by its control interface, with the calls of server.h.
 *
 * Any thread may call; each call is a connection of its own. E_ACCESSDENIED: wrong token; E_FAIL: it cannot
 * be reached or its answer is none; E_OUTOFMEMORY. Wherever server.h has S_FALSE, so has this.
 */
#ifndef OPENBITS_SERVER_CONTROL_CLIENT_H
#define OPENBITS_SERVER_CONTROL_CLIENT_H

#include "server/server.h"

struct control_client;

/* url as the ready line has it: "http://127.0.0.1:34567". Nothing is asked yet. E_INVALIDARG: another form.
 */
HRESULT control_client_open(const char *url, const char *token, struct control_client **out);
void control_client_close(struct control_client *c);

HRESULT control_client_add_fault(struct control_client *c, const char *spec,
                                 struct server_fault_trouble *bad);
HRESULT control_client_faults(struct control_client *c, struct server_fault **out, size_t *count);
HRESULT control_client_remove_fault(struct control_client *c, uint64_t number);
HRESULT control_client_clear_faults(struct control_client *c);

/* The log as it is when count requests have ended, or after timeout_ms (S_FALSE), a minute at most. Of
 * credentials it has the scheme only. server_log_free frees it. */
HRESULT control_client_log(struct control_client *c, uint64_t count, unsigned timeout_ms,
                           struct server_log_entry **out, size_t *out_count);
HRESULT control_client_clear_log(struct control_client *c);

/* UINT64_MAX lifts it. */
HRESULT control_client_hold(struct control_client *c, uint64_t after_bytes);
HRESULT control_client_wait_held(struct control_client *c, size_t count, unsigned timeout_ms);
HRESULT control_client_wait_stalled(struct control_client *c, size_t count, unsigned timeout_ms);
HRESULT control_client_release(struct control_client *c);

#endif
