/* exchange.c: one request, from its first line to its record in the log.
 *
 * The answer is made as a proper server would. That tells which faults can strike; those that change the
 * question are applied to it and the answer is made anew; then those that change the answer, its body or the
 * way it is sent, in the order in which they were added.
 */
#include <config.h>

#include "server/exchange.h"

#include "server/deadline.h"
#include "server/fault_act.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool exchange_begin(struct exchange *e, struct service *service, const char *target)
{
    *e = (struct exchange){.service = service,
                           .number = atomic_fetch_add(&service->requests, 1) + 1,
                           .start_us = deadline_now_us(),
                           .target = strdup(target),
                           .answer = {.resource = {.fd = -1}}};
    atomic_fetch_add(&service->under_way, 1);
    course_init(&e->course);
    return e->target != NULL;
}

const char *exchange_asked(const struct exchange *e, const char *name)
{
    return headers_find(e->question.headers, e->question.header_count, name);
}

void exchange_drop(struct exchange *e, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < e->question.header_count; i++)
        if (strcasecmp(e->seen[i].name, name) != 0)
            e->seen[kept++] = e->seen[i];
    e->changed |= kept != e->question.header_count;
    e->question.header_count = kept;
}

void exchange_set_range(struct exchange *e, char *text)
{
    exchange_drop(e, "Range");
    free(e->own_range);
    e->own_range = text;
    e->changed = true;
    if (text) /* there is room: seen has one more than came */
        e->seen[e->question.header_count++] = (struct server_header){"Range", text};
    else
        e->answer.headers.failed = true;
}

struct variation *exchange_vary(struct exchange *e)
{
    e->changed = true;
    e->question.variation = &e->variation;
    return &e->variation;
}

/* How many ranges the header asks for, malformed ones too. */
static uint64_t count_ranges(const char *range)
{
    uint64_t count = range != NULL;

    for (; range && *range; range++)
        count += *range == ',';
    return count;
}

static bool applies(const struct fault_spec *spec, void *context)
{
    const struct fault_act *act = fault_act_of(spec->id);
    const struct exchange *e = context;

    /* What is done to HTTP/1.1's bytes is nothing to HTTP/2, and the other way round. */
    if (strcmp(fault_kinds[spec->id].layer, e->is_h2 ? "front" : "h2") == 0)
        return false;
    if (e->tunnel && strcmp(fault_kinds[spec->id].layer, "proxy") != 0)
        return false;
    return !act->applies || act->applies(spec, context);
}

static bool meet_faults(struct exchange *e)
{
    const struct slice *slices = e->answer.body.slices;
    const struct fault_facts facts = {.method = e->question.method,
                                      .path = e->question.path,
                                      .connection = e->connection,
                                      .range_count = count_ranges(exchange_asked(e, "Range")),
                                      .slices = slices,
                                      .slice_count = e->answer.body.slice_count,
                                      .now_us = e->start_us,
                                      .applies = applies,
                                      .context = e};

    return faults_strike(e->service->faults, &facts, &e->strikes, &e->strike_count);
}

static bool apply_faults(struct exchange *e)
{
    for (size_t i = 0; i < e->strike_count; i++) {
        const struct fault_act *act = fault_act_of(e->strikes[i].fault->spec.id);

        if (act->ask)
            act->ask(e, &e->strikes[i]);
    }
    if (e->answer.headers.failed)
        return false;
    if (e->changed) {
        answer_release(&e->answer);
        if (!answer_make(&e->service->site, &e->question, &e->answer))
            return false;
    }
    for (size_t i = 0; i < e->strike_count; i++) {
        const struct fault_act *act = fault_act_of(e->strikes[i].fault->spec.id);

        if (act->answer)
            act->answer(e, &e->strikes[i]);
    }
    return !e->answer.headers.failed;
}

static bool make_record(struct exchange *e, const struct server_header *headers, size_t count)
{
    const char **names = calloc(e->strike_count + 1, sizeof *names);

    if (!names)
        return false;
    for (size_t i = 0; i < e->strike_count; i++)
        names[i] = e->strikes[i].fault->text;
    e->record = log_record_new(e->question.method, e->target, e->path, headers, count,
                               e->answer.body_sent ? e->answer.body.slice_count : 0, names, e->strike_count);
    free(names);
    return e->record != NULL;
}

/* 401 in the place of the answer, unless the client may come in. */
static bool guard(struct exchange *e)
{
    const struct login *login = &e->service->login;
    char *challenge;

    if (e->tunnel || login_accepts(login, &e->service->key, exchange_asked(e, "Authorization"),
                                   e->question.method, e->target, e->question.now_s))
        return true;
    answer_say(&e->answer, 401, NULL, NULL);
    challenge = login_challenge(login, &e->service->key, e->question.now_s);
    if (challenge)
        headers_add(&e->answer.headers, "WWW-Authenticate", challenge);
    free(challenge);
    return challenge && !e->answer.headers.failed;
}

bool exchange_make(struct exchange *e, const char *method, const struct server_header *headers, size_t count)
{
    bool ok;

    redirect_read(&e->service->key, e->target, &e->place);
    e->path = resource_path_from_target(e->target);
    e->seen = calloc(count + 1, sizeof *e->seen);
    if (!e->seen)
        return false;
    for (size_t i = 0; i < count; i++)
        e->seen[i] = headers[i];
    e->question = (struct question){.method = method,
                                    .path = e->place.path ? e->place.path : e->path,
                                    .headers = e->seen,
                                    .header_count = count,
                                    .now_s = time(NULL)};
    ok = answer_make(&e->service->site, &e->question, &e->answer);
    if (ok && e->tunnel)
        answer_say(&e->answer, 200, "text/plain", "");
    if (ok && e->tunnel)
        headers_release(&e->answer.headers);
    ok = ok && guard(e) && meet_faults(e) && apply_faults(e) && make_record(e, headers, count);
    e->question = (struct question){0}; /* what it borrowed is not kept */
    return ok;
}

ptrdiff_t exchange_read(struct exchange *e, uint64_t position, void *out, size_t max)
{
    ptrdiff_t n = body_read(&e->answer.body, position, out, max);

    if (n > 0)
        e->body_bytes = position + (uint64_t)n;
    return n;
}

static void fill_record(struct exchange *e, enum server_end end)
{
    struct server_log_entry *entry = &e->record->entry;
    size_t count = entry->slice_count;
    uint64_t *sent = count ? calloc(count, sizeof *sent) : NULL;

    entry->connection = e->connection;
    entry->request = e->number;
    entry->start_us = e->start_us;
    entry->end_us = deadline_now_us();
    entry->status = e->answer.status;
    entry->body_bytes = e->body_bytes;
    entry->end = end;
    if (sent)
        body_sent(&e->answer.body, e->body_bytes, sent);
    for (size_t i = 0; i < count; i++)
        e->record->slices[i] = (struct server_slice){.offset = e->answer.body.slices[i].offset,
                                                     .len = e->answer.body.slices[i].len,
                                                     .sent = sent ? sent[i] : 0};
    free(sent);
}

void exchange_end(struct exchange *e, enum server_end end)
{
    atomic_fetch_sub(&e->service->under_way, 1);
    if (e->record) {
        fill_record(e, end);
        log_add(e->service->log, e->record);
    }
    answer_release(&e->answer);
    strikes_free(e->strikes, e->strike_count);
    redirect_release(&e->place);
    free(e->own_range);
    free(e->seen);
    free(e->target);
    free(e->path);
}
