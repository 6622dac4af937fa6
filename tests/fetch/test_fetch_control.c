/* fetch's promises about control: many requests at a time, start, cancel and shorten from anywhere, failing
 * sinks, wake. */
#include "base/hr.h"
#include "suite.h"
#include "sys/thread.h"
#include "world.h"

/* --- many at a time, and start from inside --- */

#define MANY 40

START_TEST(test_many_at_a_time)
{
    struct world world;
    struct ask asks[MANY] = {0};

    world_make(&world);
    for (size_t i = 0; i < MANY; i++) {
        struct fetch_spec spec = range_of(&world, i * 50000, i * 50000 + 50000);

        ask_start(&asks[i], world.source, &spec);
    }
    for (size_t i = 0; i < MANY; i++) {
        ask_wait(&asks[i]);
        ck_assert_int_eq(asks[i].hr, S_OK);
        assert_content(&asks[i], i * 50000, 50000);
        ask_release(&asks[i]);
    }
    world_end(&world);
}
END_TEST

struct chain {
    struct world *world;
    struct ask asks[50];
    size_t started;
};

static void start_next(struct ask *ask)
{
    struct chain *chain = ask->context;

    if (chain->started < 50) {
        struct ask *next = &chain->asks[chain->started];
        struct fetch_spec spec = range_of(chain->world, chain->started * 1000, chain->started * 1000 + 1000);

        chain->started++;
        next->context = chain;
        next->on_done = start_next;
        ask_start(next, chain->world->source, &spec);
    }
}

START_TEST(test_start_from_done)
{
    struct world world;
    struct chain chain = {.world = &world};
    struct ask first = {.context = &chain};

    world_make(&world);
    start_next(&first);
    for (size_t i = 0; i < 50; i++) {
        ask_wait(&chain.asks[i]);
        ck_assert_int_eq(chain.asks[i].hr, S_OK);
        assert_content(&chain.asks[i], i * 1000, 1000);
        ask_release(&chain.asks[i]);
    }
    world_end(&world);
}
END_TEST

static HRESULT start_second(struct ask *ask)
{
    struct chain *chain = ask->context;

    if (chain->started == 0)
        start_next(ask);
    return S_OK;
}

START_TEST(test_start_from_reply_and_bytes)
{
    struct world world;
    struct chain chain = {.world = &world};
    struct ask first = {.context = &chain};

    world_make(&world);
    if (_i == 0)
        first.on_reply = start_second;
    else
        first.on_bytes = start_second;
    struct fetch_spec spec = range_of(&world, 0, 1000);
    ask_run(&first, world.source, &spec);
    ck_assert_int_eq(first.hr, S_OK);
    ask_wait(&chain.asks[0]);
    ck_assert_int_eq(chain.asks[0].hr, S_OK);
    assert_content(&chain.asks[0], 0, 1000);
    for (size_t i = 0; i < 50; i++) {
        ask_wait(&chain.asks[i]);
        ask_release(&chain.asks[i]);
    }
    ask_release(&first);
    world_end(&world);
}
END_TEST

/* --- cancel --- */

static HRESULT cancel_self(struct ask *ask)
{
    ask_cancel(ask);
    return S_OK;
}

static HRESULT cancel_other(struct ask *ask)
{
    struct ask *other = ask->context;

    if (other->request)
        ask_cancel(other);
    return S_OK;
}

static void cancel_other_when_done(struct ask *ask)
{
    cancel_other(ask);
}

static void cancel_self_when_done(struct ask *ask)
{
    ask->source->ops->cancel(ask->source, ask->request);
}

START_TEST(test_cancel_before_the_first_turn)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 1000);
    ask_start(&ask, world.source, &spec);
    ask_cancel(&ask);
    ask_settle(world.source);
    ck_assert(!ask.done && !ask.replied);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_under_way)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    struct fetch_spec spec = range_of(&world, 0, SIZE);
    ask_start(&ask, world.source, &spec);
    ask_wait_bytes(&ask, 1000);
    ask_cancel(&ask);
    server_hold_bodies(world.server, UINT64_MAX);
    ask_settle(world.source);
    ck_assert(!ask.done);
    assert_still_works(&world);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_itself_from_inside)
{
    struct world world;
    struct ask ask = {0};
    struct ask beside = {0};

    world_make(&world);
    if (_i == 0)
        ask.on_reply = cancel_self;
    else
        ask.on_bytes = cancel_self;
    struct fetch_spec spec = range_of(&world, 0, SIZE);
    ask_start(&ask, world.source, &spec);
    ask_start(&beside, world.source, &spec);
    ask_wait(&beside);
    ck_assert_int_eq(beside.hr, S_OK);
    while (ask.request)
        ck_assert_int_eq(world.source->ops->turn(world.source, 1000000), S_OK);
    ask_settle(world.source);
    ck_assert(!ask.done);
    ck_assert(_i == 0 ? ask.len == 0 : ask.len > 0);
    assert_still_works(&world);
    ask_release(&ask);
    ask_release(&beside);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_itself_from_done_does_nothing)
{
    struct world world;
    struct ask ask = {.on_done = cancel_self_when_done};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 1000);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_still_works(&world);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_another_from_inside)
{
    struct world world;
    struct ask victim = {0};
    struct ask ask = {.context = &victim};

    world_make(&world);
    if (_i == 0)
        ask.on_reply = cancel_other;
    else if (_i == 1)
        ask.on_bytes = cancel_other;
    else
        ask.on_done = cancel_other_when_done;
    server_hold_bodies(world.server, 1000);
    struct fetch_spec long_spec = range_of(&world, 0, SIZE);
    struct fetch_spec spec = range_of(&world, 0, 500);
    ask_start(&victim, world.source, &long_spec);
    ask_wait_bytes(&victim, 1000);
    ask_start(&ask, world.source, &spec);
    ask_wait(&ask);
    ck_assert_int_eq(ask.hr, S_OK);
    server_hold_bodies(world.server, UINT64_MAX);
    ask_settle(world.source);
    ck_assert(!victim.done && !victim.request);
    assert_still_works(&world);
    ask_release(&ask);
    ask_release(&victim);
    world_end(&world);
}
END_TEST

/* Both finish in the same turn, so the second's end is already known when the first one cancels it. */
START_TEST(test_cancel_one_that_has_just_ended)
{
    struct world world;
    struct ask victim = {0};
    struct ask ask = {.context = &victim, .on_done = cancel_other_when_done};

    world_make(&world);
    server_hold_bodies(world.server, 0);
    struct fetch_spec spec = range_of(&world, 0, 500);
    ask_start(&ask, world.source, &spec);
    ask_start(&victim, world.source, &spec);
    while (!ask.replied || !victim.replied)
        ck_assert_int_eq(world.source->ops->turn(world.source, 1000000), S_OK);
    server_hold_bodies(world.server, UINT64_MAX);
    ck_assert_int_eq(server_log_wait(world.server, 2, 10000), S_OK); /* both bodies are on their way */
    ask_wait(&ask);
    ck_assert(victim.done || !victim.request);
    ask_settle(world.source);
    assert_still_works(&world);
    ask_release(&ask);
    ask_release(&victim);
    world_end(&world);
}
END_TEST

/* --- shorten --- */

static HRESULT shorten_self(struct ask *ask)
{
    ask->source->ops->shorten(ask->source, ask->request, *(uint64_t *)ask->context);
    return S_OK;
}

START_TEST(test_shorten_before_the_answer)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 100, SIZE);
    ask_start(&ask, world.source, &spec);
    world.source->ops->shorten(world.source, ask.request, 1100);
    ask_wait(&ask);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_content(&ask, 100, 1000);
    ask_release(&ask);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

START_TEST(test_shorten_from_inside)
{
    uint64_t end = 1500;
    struct world world;
    struct ask ask = {.context = &end};

    world_make(&world);
    if (_i == 0)
        ask.on_reply = shorten_self;
    else
        ask.on_bytes = shorten_self;
    server_hold_bodies(world.server, 1000); /* the first bytes to come are these */
    struct fetch_spec spec = range_of(&world, 0, SIZE);
    ask_start(&ask, world.source, &spec);
    ask_wait_bytes(&ask, 1000);
    server_hold_bodies(world.server, UINT64_MAX);
    ask_wait(&ask);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_content(&ask, 0, 1500);
    ask_release(&ask);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

START_TEST(test_shorten_to_what_came_already)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    struct fetch_spec spec = range_of(&world, 0, SIZE);
    ask_start(&ask, world.source, &spec);
    ask_wait_bytes(&ask, 1000);
    world.source->ops->shorten(world.source, ask.request, 600); /* the server holds the rest: no byte comes */
    ck_assert(!ask.done);
    ck_assert_int_eq(world.source->ops->turn(world.source, 60000000), S_OK);
    ck_assert(ask.done);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_uint_eq(ask.len, 1000);
    ask_release(&ask);
    server_hold_bodies(world.server, UINT64_MAX);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

START_TEST(test_shorten_to_more_changes_nothing)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 1000);
    ask_start(&ask, world.source, &spec);
    world.source->ops->shorten(world.source, ask.request, 2000);
    ask_wait(&ask);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_content(&ask, 0, 1000);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_cancel_after_shorten)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 1000);
    ask_start(&ask, world.source, &spec);
    world.source->ops->shorten(world.source, ask.request, 0);
    ask_cancel(&ask);
    ask_settle(world.source);
    ck_assert(!ask.done);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

/* --- a sink that fails --- */

static HRESULT disk_is_full(struct ask *ask)
{
    (void)ask;
    return HR_DISK_FULL;
}

START_TEST(test_failure_of_the_sink_ends_the_request)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    if (_i == 0)
        ask.on_reply = disk_is_full;
    else
        ask.on_bytes = disk_is_full;
    struct fetch_spec spec = range_of(&world, 0, SIZE);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, HR_DISK_FULL);
    ck_assert_int_eq(ask.status, 206);
    ask_release(&ask);
    assert_still_works(&world);
    world_end(&world);
}
END_TEST

/* --- wake --- */

static void wake(void *context)
{
    struct fetch_source *source = context;

    source->ops->wake(source);
}

START_TEST(test_wake_ends_a_wait)
{
    struct fetch_source *source = ask_source(NULL);
    struct thread thread;

    source->ops->wake(source); /* before the wait */
    ck_assert_int_eq(source->ops->turn(source, 1000000000000), S_OK);
    ck_assert_int_eq(thread_start(&thread, "wake", wake, source), S_OK);
    ck_assert_int_eq(source->ops->turn(source, 1000000000000), S_OK); /* before or during it */
    thread_join(&thread);
    source->ops->free(source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_control");
    TCase *many = tcase_create("many");
    TCase *cancel = tcase_create("cancel");
    TCase *shorten = tcase_create("shorten");
    TCase *rest = tcase_create("rest");

    tcase_add_test(many, test_many_at_a_time);
    tcase_add_test(many, test_start_from_done);
    tcase_add_loop_test(many, test_start_from_reply_and_bytes, 0, 2);
    suite_add_tcase(suite, many);

    tcase_add_test(cancel, test_cancel_before_the_first_turn);
    tcase_add_test(cancel, test_cancel_under_way);
    tcase_add_loop_test(cancel, test_cancel_itself_from_inside, 0, 2);
    tcase_add_test(cancel, test_cancel_itself_from_done_does_nothing);
    tcase_add_loop_test(cancel, test_cancel_another_from_inside, 0, 3);
    tcase_add_test(cancel, test_cancel_one_that_has_just_ended);
    suite_add_tcase(suite, cancel);

    tcase_add_test(shorten, test_shorten_before_the_answer);
    tcase_add_loop_test(shorten, test_shorten_from_inside, 0, 2);
    tcase_add_test(shorten, test_shorten_to_what_came_already);
    tcase_add_test(shorten, test_shorten_to_more_changes_nothing);
    tcase_add_test(shorten, test_cancel_after_shorten);
    suite_add_tcase(suite, shorten);

    tcase_add_loop_test(rest, test_failure_of_the_sink_ends_the_request, 0, 2);
    tcase_add_test(rest, test_wake_ends_a_wait);
    suite_add_tcase(suite, rest);
    return suite_main(suite);
}
