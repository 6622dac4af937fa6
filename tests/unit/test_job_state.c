/* test_job_state.c: the state table against its oracle, cell by cell, and nobody else writes a state.
 *
 * data/state_matrix.tsv was written from the contract. Every cell is looked at in the table and also lived:
 * a job is brought into the state the way an engine does it, gets the event, and must be where the oracle
 * says, with everything else that belongs to being there.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>

#include "base/hr.h"
#include "job_fixture.h"

enum { CELLS = JOB_EVENT_COUNT * JOB_STATE_COUNT };

struct row {
    char event[32], state[32], hr[32], next[32], rule[16];
};

static struct row rows[CELLS];

static const char *source_path(const char *path)
{
    static char out[1024];
    const char *srcdir = getenv("srcdir");

    snprintf(out, sizeof out, "%s/%s", srcdir ? srcdir : ".", path);
    return out;
}

static void read_matrix(void)
{
    FILE *file = fopen(source_path("data/state_matrix.tsv"), "r");
    char line[256];
    int count = 0;

    ck_assert_msg(file != NULL, "data/state_matrix.tsv: run from the top of the source, or set srcdir");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_str_eq(line, "event\tstate\thr\tnext\trule\n");
    while (fgets(line, sizeof line, file)) {
        struct row *r = &rows[count];

        ck_assert_int_lt(count, CELLS);
        ck_assert_int_eq(
            sscanf(line, "%31s\t%31s\t%31s\t%31s\t%15s", r->event, r->state, r->hr, r->next, r->rule), 5);
        ck_assert_msg(strncmp(r->rule, "R-", 2) == 0, "%s", line);
        count++;
    }
    fclose(file);
    ck_assert_int_eq(count, CELLS);
}

static const struct row *find_row(enum job_event event, enum job_state state)
{
    const struct row *found = NULL;

    for (int i = 0; i < CELLS; i++)
        if (strcmp(rows[i].event, job_event_name(event)) == 0 &&
            strcmp(rows[i].state, job_state_name(state)) == 0) {
            ck_assert_msg(!found, "%s in %s: two rows", rows[i].event, rows[i].state);
            found = &rows[i];
        }
    ck_assert_msg(found != NULL, "%s in %s: no row", job_event_name(event), job_state_name(state));
    return found;
}

static HRESULT answer_of(const struct job_cell *cell)
{
    switch (cell->verdict) {
    case JOB_IMPOSSIBLE:
        return E_UNEXPECTED;
    case JOB_REFUSES:
        return cell->hr;
    default:
        return S_OK;
    }
}

START_TEST(test_cell_is_what_the_oracle_says)
{
    enum job_event event = (enum job_event)(_i / JOB_STATE_COUNT);
    enum job_state state = (enum job_state)(_i % JOB_STATE_COUNT);
    const struct job_cell *cell = &job_default_table.cells[event][state];
    const struct row *row = find_row(event, state);
    enum job_state next = cell->verdict == JOB_MOVES ? (enum job_state)cell->next : state;

    ck_assert_msg(strcmp(hr_name(answer_of(cell)), row->hr) == 0, "%s in %s answers %s, not %s (%s)",
                  row->event, row->state, hr_name(answer_of(cell)), row->hr, row->rule);
    ck_assert_msg(strcmp(job_state_name(next), row->next) == 0, "%s in %s leads to %s, not %s (%s)",
                  row->event, row->state, job_state_name(next), row->next, row->rule);
}
END_TEST

static unsigned told;
static enum job_state told_from;
static enum job_event told_event;

static void moved(struct job *job, enum job_state from, enum job_event event)
{
    (void)job;
    told++;
    told_from = from;
    told_event = event;
}

/* What belongs to being in a state, whatever led there. */
static void check_arrival(const struct job *job, enum job_state from, enum job_event event, unsigned changes)
{
    ck_assert_uint_eq(told, 1);
    ck_assert_int_eq(told_from, from);
    ck_assert_int_eq(told_event, event);
    ck_assert_uint_eq(job->modified_100ns, NOW + 9);
    ck_assert(changes & JOB_CHANGED_STATE);
    ck_assert(changes & JOB_CHANGED_WORK);
    ck_assert_int_eq(!(changes & JOB_CHANGED), job->state == JOB_ERROR || job->state == JOB_TRANSFERRED);
    ck_assert_int_eq(!!(changes & JOB_CHANGED_TRANSFERRED), job->state == JOB_TRANSFERRED);
    ck_assert_int_eq(!!(changes & JOB_CHANGED_ERROR), job->state == JOB_ERROR);
    ck_assert_int_eq(job->transferred_due, job->state == JOB_TRANSFERRED);
    ck_assert_int_eq(job->error_due, job->state == JOB_ERROR);
    ck_assert_int_eq(job->auto_suspended, event == JOB_EVENT_REQUESTS_DONE);
    if (job->state == JOB_TRANSFERRED)
        ck_assert_uint_eq(job->transferred_100ns, NOW + 9);
    if (job->state == JOB_TRANSFERRING || job->state == JOB_TRANSFERRED)
        ck_assert_int_eq(job->error.hr, S_OK);
}

START_TEST(test_cell_is_lived)
{
    enum job_event event = (enum job_event)(_i / JOB_STATE_COUNT);
    enum job_state state = (enum job_state)(_i % JOB_STATE_COUNT);
    const struct row *row = find_row(event, state);
    struct fixture f;
    uint64_t modified;
    unsigned changes;
    HRESULT hr;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    ck_assert_int_eq(f.job.state, state);
    job_take_changes(&f.job);
    modified = f.job.modified_100ns;
    told = 0;
    f.job.moved = moved;
    hr = job_move(&f.job, event, NOW + 9);
    changes = job_take_changes(&f.job);
    ck_assert_str_eq(hr_name(hr), row->hr);
    ck_assert_str_eq(job_state_name(f.job.state), row->next);
    if (f.job.state != state) {
        check_arrival(&f.job, state, event, changes);
    } else {
        ck_assert_uint_eq(told, 0);
        ck_assert_uint_eq(changes, 0);
        ck_assert_uint_eq(f.job.modified_100ns, modified);
    }
    fixture_release(&f);
}
END_TEST

/* What a client calls, in every state; the engine's effects on files are not in here. */
static HRESULT client_call(struct fixture *f, enum job_event event)
{
    switch (event) {
    case JOB_EVENT_SUSPEND:
        return job_suspend(&f->job, &f->settings, NOW + 9);
    case JOB_EVENT_RESUME:
        return job_resume(&f->job, &f->settings, NOW + 9);
    case JOB_EVENT_CANCEL:
        return job_cancel(&f->job, NOW + 9);
    default:
        return job_complete(&f->job, NOW + 9);
    }
}

static const struct suspend_case {
    const char *a19;
    enum job_state from, to;
} suspends[] = {
    {"by-rules", JOB_ERROR, JOB_SUSPENDED},
    {"by-rules", JOB_TRANSFERRED, JOB_TRANSFERRED},
    {"always-suspends", JOB_ERROR, JOB_SUSPENDED},
    {"always-suspends", JOB_TRANSFERRED, JOB_SUSPENDED},
    {"never-suspends", JOB_ERROR, JOB_ERROR},
    {"never-suspends", JOB_TRANSFERRED, JOB_TRANSFERRED},
    {"resume-refires", JOB_ERROR, JOB_SUSPENDED},
    {"resume-refires", JOB_TRANSFERRED, JOB_TRANSFERRED},
};

/* R-022, A19. */
START_TEST(test_suspend_of_what_is_done)
{
    const struct suspend_case *c = &suspends[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A19", c->a19);
    fixture_bring(&f, c->from);
    ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW + 9), S_OK);
    ck_assert_str_eq(job_state_name(f.job.state), job_state_name(c->to));
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 10), S_OK);
    ck_assert_int_eq(f.job.state, c->to == JOB_TRANSFERRED && strcmp(c->a19, "resume-refires") != 0
                                      ? JOB_TRANSFERRED
                                      : JOB_QUEUED);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

static const enum job_event calls[] = {JOB_EVENT_SUSPEND, JOB_EVENT_RESUME, JOB_EVENT_CANCEL,
                                       JOB_EVENT_COMPLETE};

enum { CALLS = sizeof calls / sizeof *calls };

/* The contract's own table of the four methods, with the answers that Complete has beside S_OK. */
START_TEST(test_call_does_what_its_row_says)
{
    enum job_event event = calls[_i / JOB_STATE_COUNT];
    enum job_state state = (enum job_state)(_i % JOB_STATE_COUNT);
    bool nothing_left = event == JOB_EVENT_RESUME && state == JOB_TRANSFERRED; /* */
    const struct row *row = find_row(nothing_left ? JOB_EVENT_RESUME_IDLE : event, state);
    struct fixture f;
    HRESULT hr;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    hr = client_call(&f, event);
    if (event == JOB_EVENT_COMPLETE && !job_state_is_final(state))
        ck_assert_int_eq(hr, state == JOB_TRANSFERRED ? S_OK : BG_S_PARTIAL_COMPLETE);
    else
        ck_assert_str_eq(hr_name(hr), row->hr);
    ck_assert_str_eq(job_state_name(f.job.state), row->next);
    if (SUCCEEDED(hr)) /* also when nothing changed */
        ck_assert_uint_eq(f.job.modified_100ns, NOW + 9);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_resume_of_an_empty_job_is_refused)
{
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 1), BG_E_EMPTY);
    ck_assert_int_eq(f.job.state, JOB_SUSPENDED);
    ck_assert(!f.job.resumed_once);
    ck_assert_uint_eq(f.job.modified_100ns, NOW);
    ck_assert_int_eq(job_complete(&f.job, NOW + 1), S_OK); /* */
    ck_assert_int_eq(f.job.state, JOB_ACKNOWLEDGED);
    fixture_release(&f);
}
END_TEST

START_TEST(test_resume_of_a_transferred_job_goes_on_with_new_files)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRED);
    ck_assert(f.job.transferred_due);
    fixture_add_file(&f);
    ck_assert_int_eq(f.job.state, JOB_TRANSFERRED);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 4), S_OK);
    ck_assert_int_eq(f.job.state, JOB_QUEUED);
    ck_assert(!f.job.transferred_due);
    fixture_release(&f);
}
END_TEST

/* A table with one cell changed must be seen by whoever asks the table: nothing else knows the states. */
START_TEST(test_job_follows_the_table_it_was_given)
{
    struct job_table table = job_default_table;
    struct fixture f;

    table.cells[JOB_EVENT_SUSPEND][JOB_TRANSFERRED] =
        (struct job_cell){.verdict = JOB_MOVES, .next = JOB_SUSPENDED};
    table.cells[JOB_EVENT_CANCEL][JOB_SUSPENDED] =
        (struct job_cell){.verdict = JOB_REFUSES, .hr = E_ACCESSDENIED};
    fixture_init(&f, &table);
    fixture_bring(&f, JOB_TRANSFERRED);
    ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW + 4), S_OK);
    ck_assert_int_eq(f.job.state, JOB_SUSPENDED);
    ck_assert_int_eq(job_cancel(&f.job, NOW + 5), E_ACCESSDENIED);
    fixture_release(&f);
}
END_TEST

/* --- job_move is the only writer */

/* Whether the line assigns to the state of a job: "job->state =", "job.state =", "job->job.state =". */
static bool writes_a_state(const char *line)
{
    for (const char *at = line; (at = strstr(at, "state")); at += 5) {
        const char *after = at + 5, *before = at;

        after += strspn(after, " \t");
        if (after[0] != '=' || after[1] == '=')
            continue;
        if (before - line >= 5 && strncmp(before - 5, "job->", 5) == 0)
            return true;
        if (before - line >= 4 && strncmp(before - 4, "job.", 4) == 0)
            return true;
    }
    return false;
}

static unsigned count_writers(const char *folder, bool *seen_move)
{
    const char *path = source_path(folder);
    unsigned writers = 0;
    DIR *dir = opendir(path);

    ck_assert_msg(dir != NULL, "%s", path);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char name[2048], line[1024];
        size_t len = strlen(entry->d_name);
        FILE *file;

        if (len < 3 || entry->d_name[len - 2] != '.' || !strchr("ch", entry->d_name[len - 1]))
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        file = fopen(name, "r");
        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof line, file))
            if (writes_a_state(line)) {
                writers++;
                if (strcmp(entry->d_name, "lifecycle.c") == 0)
                    *seen_move = true;
                else
                    printf("%s: %s", name, line);
            }
        fclose(file);
    }
    closedir(dir);
    return writers;
}

START_TEST(test_only_job_move_writes_a_state)
{
    static const char *const folders[] = {"src/job", "src/engine", "src/com", "src/notify", "src/api"};
    bool seen_move = false;
    unsigned writers = 0;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        writers += count_writers(folders[i], &seen_move);
    ck_assert(seen_move);
    ck_assert_uint_eq(writers, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job states");
    TCase *table = tcase_create("table"), *life = tcase_create("life"), *lint = tcase_create("lint");

    tcase_add_checked_fixture(table, read_matrix, NULL);
    tcase_add_loop_test(table, test_cell_is_what_the_oracle_says, 0, CELLS);
    tcase_add_loop_test(table, test_cell_is_lived, 0, CELLS);
    tcase_add_loop_test(table, test_call_does_what_its_row_says, 0, CALLS * JOB_STATE_COUNT);
    tcase_add_loop_test(table, test_suspend_of_what_is_done, 0, sizeof suspends / sizeof *suspends);
    suite_add_tcase(suite, table);
    tcase_add_test(life, test_resume_of_an_empty_job_is_refused);
    tcase_add_test(life, test_resume_of_a_transferred_job_goes_on_with_new_files);
    tcase_add_test(life, test_job_follows_the_table_it_was_given);
    suite_add_tcase(suite, life);
    tcase_add_test(lint, test_only_job_move_writes_a_state);
    suite_add_tcase(suite, lint);
    return suite_main(suite);
}
