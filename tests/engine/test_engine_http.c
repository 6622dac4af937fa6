/* test_engine_http.c: the engine over real HTTP, from RequestFileRanges to the renamed file.
 *
 * What the server logs is the judge of what was fetched. The stress calls everything from four threads at
 * once and is judged by invariants only: it runs under the sanitizers and valgrind too.
 */
#include "base/hr.h"
#include "engine/client.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE    (3u << 20)
#define CONTENT 11

struct world {
    struct folder folder;
    struct server *server;
    struct engine *engine;
    struct client client;
    char url[128];
};

static void world_make(struct world *world)
{
    struct server_options options = {0};
    struct server_file file = {.path = "/f", .size = SIZE, .seed = CONTENT, .last_modified_s = 1700000000};

    folder_make(&world->folder);
    ck_assert_int_eq(server_start(&options, &world->server), S_OK);
    ck_assert_int_eq(server_add_file(world->server, &file), S_OK);
    snprintf(world->url, sizeof world->url, "%s/f", server_url(world->server));
    world->engine = client_engine();
    client_init(&world->client);
}

static void world_end(struct world *world)
{
    engine_drop(world->engine);
    engine_end_all(10000000); /* a callback may have been running still */
    client_release(&world->client);
    server_stop(world->server);
    folder_remove(&world->folder);
}

/* Bytes of bodies that the server handed out, and that they never overlap. */
static uint64_t served(struct world *world)
{
    struct server_log_entry *entries;
    struct rangeset all;
    size_t count;
    uint64_t bytes = 0, requests;

    rangeset_init(&all);
    /* The last answer may be here before the server has written it down. */
    ck_assert_int_eq(engine_counter(world->engine, "requests", &requests), S_OK);
    ck_assert_int_eq(server_log_wait(world->server, requests, 10000), S_OK);
    ck_assert_int_eq(server_log(world->server, &entries, &count), S_OK);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < entries[i].slice_count; k++) {
            struct server_slice slice = entries[i].slices[k];
            struct range range = {slice.offset, slice.offset + slice.sent};

            ck_assert_msg(!rangeset_intersects(&all, range), "bytes were served twice");
            ck_assert_int_eq(rangeset_add(&all, range), S_OK);
            bytes += slice.sent;
        }
    }
    server_log_free(entries, count);
    rangeset_release(&all);
    return bytes;
}

static bool all_reported(void *context)
{
    struct client *client = context;

    LOCK_SCOPE(&client->lock);
    return client->transferred > 0 || client->errors > 0;
}

START_TEST(test_ranges_arrive_once_and_the_job_suspends)
{
    static const struct range first[] = {
        {100, 5000}, {4000, 9000}, {1u << 20, (1u << 20) + 77}, {SIZE - 10, UINT64_MAX}};
    struct world world;
    struct engine_job *job;
    struct engine_job_status status;

    world_make(&world);
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 1);
    client_watch(&world.client, job);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, first, 4), S_OK);
    ck_assert_int_eq(client_state(job), JOB_SUSPENDED);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    engine_job_status(job, &status);
    ck_assert_uint_eq(status.progress.bytes_total, SIZE);
    ck_assert_uint_eq(status.progress.bytes_transferred, 8900 + 77 + 10);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_uint_eq(served(&world), 8900 + 77 + 10);

    /* What is there already is not asked for again. */
    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{0, 10000}}, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    ck_assert_uint_eq(served(&world), 10000 + 77 + 10);

    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{0, UINT64_MAX}}, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_uint_eq(served(&world), SIZE);
    ck_assert_int_eq(engine_pump(world.engine, all_reported, &world.client, 10000000), S_OK);
    ck_assert_uint_eq(rangeset_length(&world.client.reported), SIZE);
    ck_assert_uint_eq(world.client.reported_twice, 0);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

static void expect_file(const char *path, uint64_t seed, size_t size)
{
    unsigned char *wanted = malloc(size + 1), *found = malloc(size + 1);
    FILE *file = fopen(path, "rb");

    ck_assert(wanted && found && file);
    server_content(seed, 0, wanted, size);
    ck_assert_uint_eq(fread(found, 1, size + 1, file), size);
    ck_assert_int_eq(memcmp(wanted, found, size), 0);
    fclose(file);
    free(wanted);
    free(found);
}

static size_t entries_in(const struct folder *folder)
{
    DIR *dir = opendir(folder->path);
    size_t n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

static void download(unsigned priority)
{
    struct world world;
    struct engine_job *job;
    struct stat found;

    world_make(&world);
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 0);
    client_set(job, JOB_PRIORITY, priority);
    client_watch(&world.client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_ne(stat(folder_path(&world.folder, "out"), &found), 0);
    ck_assert_int_eq(engine_pump(world.engine, all_reported, &world.client, 10000000), S_OK);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    expect_file(folder_path(&world.folder, "out"), CONTENT, SIZE);
    ck_assert_int_eq(stat(folder_path(&world.folder, "out"), &found), 0);
    ck_assert_int_eq(found.st_mtime, 1700000000);
    ck_assert_uint_eq(entries_in(&world.folder), 1);
    ck_assert_uint_eq(served(&world), SIZE);
    ck_assert_uint_eq(rangeset_length(&world.client.reported), SIZE);
    ck_assert_uint_eq(world.client.files, 1);
    ck_assert_uint_eq(world.client.transferred, 1);
    ck_assert_int_eq(client_state(job), JOB_ACKNOWLEDGED);
    engine_job_drop(job);
    world_end(&world);
}

START_TEST(test_an_ordinary_job_fetches_everything)
{
    download((unsigned)_i);
}
END_TEST

static void complete_it(struct client *client, struct engine_job *job)
{
    (void)client;
    ck_assert_int_eq(engine_job_complete(job), S_OK);
}

START_TEST(test_complete_from_within_job_transferred)
{
    struct world world;
    struct engine_job *job;

    world_make(&world);
    world.client.act = complete_it;
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 0);
    client_watch(&world.client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_ACKNOWLEDGED);
    expect_file(folder_path(&world.folder, "out"), CONTENT, SIZE);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_removes_what_it_made)
{
    struct world world;
    struct engine_job *job;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 1);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{0, 100000}}, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    ck_assert_int_eq(engine_job_cancel(job), BG_E_INVALID_STATE);
    ck_assert_int_eq(client_state(job), JOB_CANCELLED);
    engine_job_drop(job);
    engine_drop(world.engine);
    ck_assert_uint_eq(entries_in(&world.folder), 0);
    world.engine = client_engine();
    world_end(&world);
}
END_TEST

START_TEST(test_a_missing_file_is_an_error_with_its_status)
{
    struct world world;
    struct engine_job *job;
    struct job_error error;
    char url[160];

    world_make(&world);
    snprintf(url, sizeof url, "%s/none", server_url(world.server));
    job = client_job(world.engine, url, folder_path(&world.folder, "out"), 0);
    client_watch(&world.client, job);
    ck_assert_int_eq(engine_job_error(job, &error), BG_E_ERROR_INFORMATION_UNAVAILABLE);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_HTTP_ERROR_404);
    ck_assert_int_eq(error.context, JOB_CONTEXT_REMOTE_FILE);
    ck_assert_int_eq(engine_pump(world.engine, all_reported, &world.client, 10000000), S_OK);
    ck_assert_uint_eq(world.client.errors, 1);
    ck_assert_int_eq(world.client.error.hr, BG_E_HTTP_ERROR_404);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

START_TEST(test_a_refused_connection_is_transient)
{
    struct world world;
    struct engine_job *job;
    struct job_error error;

    world_make(&world);
    server_stop(world.server);
    world.server = NULL;
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSIENT_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, HR_WINHTTP_CANNOT_CONNECT);
    ck_assert_int_eq(error.context, JOB_CONTEXT_TRANSPORT);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

/* A newer request takes another connection instead of waiting behind a held one, and Suspend stops all. */
START_TEST(test_newer_requests_do_not_wait_for_older_ones)
{
    struct world world;
    struct engine_job *job;
    uint64_t fetched;

    world_make(&world);
    server_hold_bodies(world.server, 4096);
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 1);
    client_watch(&world.client, job);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{0, 1u << 20}}, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, (struct range[]){{2u << 20, (2u << 20) + 4000}}, 1),
                     S_OK);
    for (;;) {
        struct range *ranges;
        size_t count;
        bool there = false;

        ck_assert_int_eq(engine_file_filled_ranges(job, 0, &ranges, &count), S_OK);
        for (size_t i = 0; i < count; i++)
            there = there || (ranges[i].start == 2u << 20 && ranges[i].end == (2u << 20) + 4000);
        free(ranges);
        if (there)
            break;
        sched_yield();
    }
    ck_assert_int_eq(client_state(job), JOB_TRANSFERRING);
    ck_assert_int_eq(engine_job_suspend(job), S_OK);
    ck_assert_int_eq(engine_counter(world.engine, "bytes-fetched", &fetched), S_OK);
    server_hold_bodies(world.server, UINT64_MAX);
    ck_assert_int_eq(client_state(job), JOB_SUSPENDED);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    ck_assert_int_eq(engine_counter(world.engine, "bytes-fetched", &fetched), S_OK);
    ck_assert_uint_eq(fetched, (1u << 20) + 4000);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

/* --- stress */

struct stress {
    struct world *world;
    struct engine_job *job;
    uint64_t seed;
};

static void hammer(void *context)
{
    struct stress *stress = context;

    for (unsigned i = 0; i < 150; i++) {
        uint64_t start = suite_random(&stress->seed) % SIZE;
        struct range ranges[2] = {{start, start + 1 + suite_random(&stress->seed) % 20000},
                                  {start / 2, start / 2 + 64}};
        struct range *filled;
        struct engine_job_status status;
        size_t count;

        if (ranges[0].end > SIZE)
            ranges[0].end = UINT64_MAX;
        switch (suite_random(&stress->seed) % 6) {
        case 0:
            ck_assert_int_eq(engine_job_suspend(stress->job), S_OK);
            break;
        case 1:
            client_set(stress->job, JOB_NOTIFICATION_INTERVAL_MS, suite_random(&stress->seed) % 3);
            break;
        case 2:
            engine_file_update_position(stress->job, 0, start);
            break;
        case 3:
            ck_assert_int_eq(engine_file_filled_ranges(stress->job, 0, &filled, &count), S_OK);
            for (size_t k = 1; k < count; k++)
                ck_assert_uint_gt(filled[k].start, filled[k - 1].end);
            free(filled);
            engine_job_status(stress->job, &status);
            ck_assert_uint_le(status.progress.bytes_transferred, SIZE);
            break;
        default:
            ck_assert_int_eq(engine_file_request_ranges(stress->job, 0, ranges, 2), S_OK);
            ck_assert_int_eq(engine_job_resume(stress->job), S_OK);
            break;
        }
    }
}

static bool reports_caught_up(void *context)
{
    struct stress *stress = context;
    struct engine_job_status status;

    engine_job_status(stress->job, &status);
    LOCK_SCOPE(&stress->world->client.lock);
    return rangeset_length(&stress->world->client.reported) == status.progress.bytes_transferred;
}

START_TEST(test_four_threads_at_once)
{
    struct world world;
    struct stress stress[4];
    struct thread threads[4];
    uint64_t seed = suite_seed(), twice;
    struct engine_job *job;

    world_make(&world);
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 1);
    client_watch(&world.client, job);
    for (unsigned i = 0; i < 4; i++) {
        stress[i] = (struct stress){&world, job, seed + i};
        ck_assert_int_eq(thread_start(&threads[i], "hammer", hammer, &stress[i]), S_OK);
    }
    for (unsigned i = 0; i < 4; i++)
        thread_join(&threads[i]);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    ck_assert_int_eq(engine_pump(world.engine, reports_caught_up, &stress[0], 10000000), S_OK);
    ck_assert_uint_eq(world.client.reported_twice, 0);
    ck_assert_uint_eq(world.client.errors, 0);
    ck_assert_int_eq(engine_counter(world.engine, "bytes-asked-twice", &twice), S_OK);
    ck_assert_uint_eq(twice, 0);
    client_check_content(job, CONTENT, SIZE);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

/* what is filled is kept if size and time stamp at the new address are the same; the ETag is not
 * asked. */
START_TEST(test_another_address_of_the_same_file)
{
    struct server_file same = {
        .path = "/g", .size = SIZE, .seed = CONTENT, .last_modified_s = 1700000000, .etag = "\"other\""};
    struct range first = {0, SIZE / 2}, second = {SIZE / 2, SIZE};
    struct engine_job *job;
    struct world world;
    char url[160];

    world_make(&world);
    same.last_modified_s += _i; /* 1: another time stamp */
    ck_assert_int_eq(server_add_file(world.server, &same), S_OK);
    snprintf(url, sizeof url, "%s/g", server_url(world.server));
    job = client_job(world.engine, world.url, folder_path(&world.folder, "out"), 1);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &first, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_SUSPENDED);
    ck_assert_int_eq(engine_file_set_remote_name(job, 0, url), S_OK);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &second, 1), S_OK);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, _i ? JOB_SUSPENDED : JOB_TRANSFERRED);
    client_check_content(job, CONTENT, SIZE);
    if (_i == 0)
        ck_assert_uint_eq(served(&world), SIZE);
    ck_assert_int_ge(engine_job_cancel(job), 0);
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

/* neither a size nor ranges, and the headers of its answer. */
START_TEST(test_dynamic_content)
{
    struct server_file file = {.path = "/d",
                               .size = SIZE,
                               .seed = CONTENT,
                               .last_modified_s = 1700000000,
                               .flags = SERVER_FILE_NO_RANGES | SERVER_FILE_NO_LENGTH};
    struct engine_job_status status;
    struct engine_job *job;
    struct world world;
    struct stat made;
    char url[160], *headers;

    world_make(&world);
    ck_assert_int_eq(server_add_file(world.server, &file), S_OK);
    snprintf(url, sizeof url, "%s/d", server_url(world.server));
    job = client_job(world.engine, url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_file_text(job, 0, ENGINE_FILE_RESPONSE_HEADERS, &headers), S_OK);
    ck_assert_ptr_null(headers);
    client_set(job, JOB_PRIORITY, JOB_FOREGROUND);
    client_set(job, JOB_DYNAMIC_CONTENT, 1);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    engine_job_status(job, &status);
    ck_assert_uint_eq(status.progress.bytes_total, SIZE);
    ck_assert_int_eq(engine_file_text(job, 0, ENGINE_FILE_RESPONSE_HEADERS, &headers), S_OK);
    ck_assert_ptr_nonnull(strstr(headers, "Last-Modified: "));
    free(headers);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert_int_eq(stat(folder_path(&world.folder, "out"), &made), 0);
    ck_assert_int_eq(made.st_size, SIZE);
    ck_assert_int_eq(made.st_mtime, 1700000000); /* */
    engine_job_drop(job);
    world_end(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine http");
    TCase *ranges = tcase_create("ranges"), *ordinary = tcase_create("ordinary"),
          *errors = tcase_create("errors"), *stress = tcase_create("stress");

    tcase_add_test(ranges, test_ranges_arrive_once_and_the_job_suspends);
    tcase_add_test(ranges, test_newer_requests_do_not_wait_for_older_ones);
    suite_add_tcase(suite, ranges);
    tcase_add_loop_test(ordinary, test_an_ordinary_job_fetches_everything, 0, 4);
    tcase_add_test(ordinary, test_complete_from_within_job_transferred);
    tcase_add_test(ordinary, test_cancel_removes_what_it_made);
    tcase_add_loop_test(ordinary, test_another_address_of_the_same_file, 0, 2);
    tcase_add_test(ordinary, test_dynamic_content);
    suite_add_tcase(suite, ordinary);
    tcase_add_test(errors, test_a_missing_file_is_an_error_with_its_status);
    tcase_add_test(errors, test_a_refused_connection_is_transient);
    suite_add_tcase(suite, errors);
    tcase_set_timeout(stress, 120);
    tcase_add_test(stress, test_four_threads_at_once);
    suite_add_tcase(suite, stress);
    return suite_main(suite);
}
