/* test_notify_time.c: when callbacks come, and in which order, as tables of lines (notify_rig.h).
 *
 * Nothing here waits: the clock is moved by hand and callbacks run on the test's thread.
 */
#include "config.h"

#include "notify_rig.h"

#define COUNT(rows) ((int)(sizeof(rows) / sizeof *(rows)))

/* R-331 to R-333, by decision 20: the first at once, the others collapse until the interval has passed since
 * the last call began, and the flush is exempt. */
static const struct rig_row interval_rows[] = {
    /* 0: no spacing. */
    {"", "i0 R @0 R @1 R @1 M", "R@0 R@0 R@1 M@1"},
    {"", "i0 hold R R R M M go", "R@0 M@0"},
    /* 1 ms. */
    {"", "i1 R R @0 R @1 R @2 R R R @5", "R@0 R@1 R@2 R@3"},
    {"", "i1 R @1 R @1 R @10", "R@0 R@1 R@2"},
    /* 500 ms: each kind and each job by itself. */
    {"", "i500 R @10 R @20 R @499 R @500 @2000", "R@0 R@500"},
    {"", "i500 R @10 R @505 R @1000 R @1499 @3000", "R@0 R@500 R@1000 R@1500"},
    {"", "i500 R M @10 M R @2000", "R@0 M@0 R@500 M@500"},
    {"", "i500 j500 R r @100 R @200 r @3000", "R@0 r@0 R@500 r@500"},
    {"", "i500 R @600 R @2000", "R@0 R@600"},
    /* Two files of one job share the spacing and take turns. */
    {"", "i500 R S @100 R @700 S R @5000", "R@0 S@500 R@1000 S@1500"},
    /* 10 s. */
    {"", "i10000 R @1 R @9999 R @10000 R @30000", "R@0 R@10000 R@20000"},
    /* A change in mid-transfer ends a wait under way at once, or makes it longer. */
    {"", "i10000 R @50 R @99 i100 @100 R @300", "R@0 R@100 R@200"},
    {"", "i10000 R @50 R @5000 i100 @5000 R @9999", "R@0 R@5000 R@5100"},
    {"", "i100 R @50 R @60 i10000 @20000", "R@0 R@10000"},
    {"", "i10000 R @50 R M @60 i0 @60", "R@0 M@50 R@60"},
    /* The largest interval: 49 days, and not a microsecond less. */
    {"", "i4294967295 R @1 R @4294967294", "R@0"},
    {"", "i4294967295 R @1 R @4294967295 R @8589934590", "R@0 R@4294967295 R@8589934590"},
    /* The final flush, once; then the interval counts again, from the flush's call. */
    {"", "i10000 R @100 R M @200 R x @300 R @40000", "R@0 M@100 R@200 R@10200"},
    {"", "i10000 R M @100 R M x @100 R @40000", "R@0 M@0 R@100 M@100 R@10100"},
    {"", "i10000 R @100 x @200 R @40000", "R@0 R@10000"},
    /* What was never told (the client was gone) does not count. */
    {"", "i500 =R:s R @100 R @200 R @2000", "R@0 R@100 R@600"},
    {"", "i500 R @600 =R:s R @700 R @2000", "R@0 R@600 R@700"},
    /* JobTransferred, JobError, FileTransferred are not spaced. */
    {"", "i10000 F @0 F @0 T @0 T E @0 E", "F@0 F@0 T@0 T@0 E@0 E@0"},
};

/* A5's other readings. */
static const struct rig_row a5_rows[] = {
    {"A5=trailing", "i500 R @100 R @2000", "R@500"},
    {"A5=trailing", "i500 R @100 R @500 R @1700 R @9000", "R@500 R@1000 R@2200"},
    {"A5=trailing", "i0 R @10 R", "R@0 R@10"},
    {"A5=trailing", "i500 R @100 R x @2000", "R@100"},
    {"A5=trailing", "i10000 R @50 i100 @2000", "R@100"},
    {"A5=lagging", "i10000 R @50 R @60 i100 @10000 R @10050 R @20000", "R@0 R@10000 R@10100"},
    {"A5=lagging", "i100 R @50 R @60 i10000 @100 R @20000", "R@0 R@100 R@10100"},
    {"A5=from-return", "i500 (R @300) R @400 R @5000", "R@0 ) R@800"},
    {"A5=leading", "i500 (R @300) R @400 R @5000", "R@0 ) R@500"},
    {"A5=from-return", "i500 (R @300 R) R @5000", "R@0 ) R@800"},
    {"A5=no-flush", "i500 R @100 R x @2000", "R@0 R@500"},
    {"A5=no-flush", "i500 R @100 R x T @2000", "R@0 T@100 R@500"},
    {"A5=no-flush", "i500 R @100 R x T @200 c @2000", "R@0 T@100"},
};

/* Who goes first. */
static const struct rig_row order_rows[] = {
    /* R-325, R-352: kinds across jobs, first come first served within one. */
    {"", "hold m r f t M R F go", "f@0 F@0 r@0 t@0 R@0 m@0 M@0"},
    {"", "hold M m R r T e go", "R@0 T@0 r@0 e@0 M@0 m@0"},
    {"", "hold M m go hold m M go", "M@0 m@0 m@0 M@0"},
    /* R-321: files one after the other, in the order posted, the next after success. */
    {"", "hold G F go", "G@0 F@0"},
    {"", "=F:ff F G @10000", "F@0 F@1000 F@3000 G@3000"},
    {"", "(F @50 G @100) F @200", "F@0 ) G@100"},
    {"", "(F F @10) F G @200", "F@0 ) G@10 F@10"},
    {"", "(F F G @10) F @200", "F@0 ) G@10 F@10"},
    {"", "=F:f (F F @10) F G @3000", "F@0 ) F@1010 G@1010"},
    {"", "f (F @50 g @100) F @200", "f@0 F@0 g@50 )"},
    /* JobTransferred and JobError after the files, R-321. */
    {"", "hold F G T go", "F@0 G@0 T@0"},
    {"", "=F:f F T @10 E @20 G @9000", "F@0 F@1000 G@1000 T@1000 E@1000"},
    {"", "=F:f F T @10 -F @10 G @9000", "F@0 T@10 G@10"},
    /* Decision 20: the final report comes first, and at once. */
    {"", "i10000 R @100 R x T @200", "R@0 R@100 T@100"},
    {"", "i10000 R @100 R T x @200", "R@0 R@100 T@100"},
    {"", "i10000 R S @100 R x E @200", "R@0 S@100 R@100 E@100"},
    {"", "i10000 (R R @50 x T @60) R @200", "R@0 ) R@60 T@60"},
    {"", "(R @50 T @60) R @200", "R@0 ) T@60"},
    {"", "(r @50 T @60) r @200", "r@0 T@50 )"},
    /* A report posted after it does not hold it back. */
    {"", "(F hold T R) F @0 go", "F@0 ) T@0 R@0"},
    {"", "(F hold R T) F @0 go", "F@0 ) R@0 T@0"},
    /* A report that its client refuses holds nothing back. */
    {"", "=R:ff R T @9000", "R@0 T@0 R@1000 R@3000"},
    /* R-326: a final job's low events are dropped, the others not. */
    {"", "i500 R M @100 R M T @100 c @900", "R@0 M@0 R@100 T@100"},
    {"", "i500 R M @100 R M hold T F c go @900", "R@0 M@0 F@100 T@100"},
    {"", "=R:f (R @50 c @60) R @9000", "R@0 )"},
    {"", "=R:f (R R @50 c @60 R) R @9000", "R@0 ) R@60"},
    /* A7: one range report of a job at a time, also of another file. */
    {"", "(R @50 S @60 R) R @100", "R@0 ) S@60 R@60"},
    {"", "(R M @50) R @100", "R@0 M@0 )"},
    {"", "(R @50 s @60) R @100", "R@0 s@50 )"},
    /* Withdrawn: not called; withdrawn while it runs: not called again. */
    {"", "hold R M T -M -R go", "T@0"},
    {"", "i500 R @10 R @20 -R @30 R @2000", "R@0 R@500"},
    {"", "(R R @5 -R) R @100 R @100", "R@0 ) R@100"},
    {"", "=T:f (T @5 -T) T @9000", "T@0 )"},
    {"", "=T:f (T @5 -T T) T @9000", "T@0 ) T@5"},
    {"", "=T:fff T @2000 -T @9000", "T@0 T@1000"},
};

static const struct rig_row a6_a7_rows[] = {
    {"A6=overtake", "i10000 R @100 R x T @200", "R@0 T@100 R@100"},
    {"A6=overtake", "(R @50 T @60) R @100", "R@0 T@50 )"},
    {"A6=overtake", "hold F R T go", "F@0 T@0 R@0"},
    {"A6=late", "i10000 R @100 R M x T c @200 @30000", "R@0 T@100 M@100 R@10000"},
    {"A6=late", "hold R T c go", "T@0 R@0"},
    {"A7=concurrent", "(R @50 S @60) R @100", "R@0 S@50 )"},
    {"A7=concurrent", "(R R @60) R @100", "R@0 R@0 )"},
    {"A7=concurrent", "i50 (R R @60) R @100", "R@0 R@50 )"},
    {"A7=concurrent", "i50 R S @10 R @300", "R@0 S@50 R@100"},
    {"A7=concurrent", "i50 R @10 R S x @300", "R@0 R@10 S@10"},
    {"A7=concurrent,A5=from-return", "i50 (R R @100) R @500", "R@0 ) R@150"},
    {"A7=concurrent", "(F F @60) F @100", "F@0 ) F@60"},
    {"A7=concurrent", "=R:f (R R @60 -R @70) R @9000", "R@0 R@0 )"},
};

/* Decision 21: from 1 s, doubling, at most the retry delay. */
static const struct rig_row repeat_rows[] = {
    {"", "=T:fffff T @60000", "T@0 T@1000 T@3000 T@7000 T@15000 T@31000"},
    {"", "l4 =T:fffff T @60000", "T@0 T@1000 T@3000 T@7000 T@11000 T@15000"},
    {"", "l0 =T:ff T @60000", "T@0 T@1000 T@2000"},
    {"", "=T:ff T @60000 =T:f T @90000", "T@0 T@1000 T@3000 T@60000 T@61000"},
    {"", "=E:f (E @700) E @5000", "E@0 ) E@1700"},
    {"", "=E:f E @500 E @5000", "E@0 E@1000"},
    {"", "=T:f T @500 x @5000", "T@0 T@1000"},
    {"", "i0 =R:f R @500 x @5000", "R@0 R@1000"},
    {"", "=T:f (T T @100) T @5000", "T@0 ) T@1100"},
    {"", "=T:f T t @5000", "T@0 t@0 T@1000"},
};

/* A3 and A20: only range reports and modifications are ever lost. */
static const struct rig_row lost_rows[] = {
    {"A3=drop-kth", "i0 R R R R R R R @1", "R@0"},
    {"A3=drop-kth", "i0 R @1 R @2 R @3 R @4 R @5 R @6 R @7", "R@0 R@1 R!2 R@3 R@4 R!5 R@6"},
    {"A3=drop-kth", "i100 R @1 R @150 R @220 R @500", "R@0 R@100 R!200 R@300"},
    {"A3=drop-kth", "T @1 T @2 T @3 T F @3 F @3 F @3 F", "T@0 T@1 T@2 T@3 F@3 F@3 F@3 F@3"},
    {"A3=drop-last", "i500 R @100 R M x T @900", "R@0 R!100 T@100 M!100"},
    {"A3=drop-last", "i500 R M @100 M x @900", "R@0 M@0 M!100"},
    {"A3=drop-last", "i500 R @100 x T @900", "R@0 T@100"},
    {"A3=drop-last", "hold R F x T go", "F@0 R!0 T@0"},
    /* Four calls, each within the one before, take all slots. */
    {"", "(F (R (r (M m f) M @10) r @20) R @30) F @100", "F@0 R@0 r@0 M@0 ) f@0 m@0 ) ) )"},
    {"A3=drop-under-load", "(F (R (r (M m f) M @10) r @20) R @30) F @100", "F@0 R@0 r@0 M@0 ) f@0 m!0 ) ) )"},
    {"A20=block-and-drop", "(F (R (r (M m f) M @10) r @20) R @30) F @100", "F@0 R@0 r@0 M@0 ) f@0 m!0 ) ) )"},
    {"A20=block", "(F (R (r (M m f) M @10) r @20) R @30) F @100", "F@0 R@0 r@0 M@0 ) f@0 m@0 ) ) )"},
};

START_TEST(test_interval)
{
    rig_check(&interval_rows[_i]);
}
END_TEST

START_TEST(test_other_readings_of_the_interval)
{
    rig_check(&a5_rows[_i]);
}
END_TEST

START_TEST(test_order)
{
    rig_check(&order_rows[_i]);
}
END_TEST

START_TEST(test_other_orders)
{
    rig_check(&a6_a7_rows[_i]);
}
END_TEST

START_TEST(test_repeats)
{
    rig_check(&repeat_rows[_i]);
}
END_TEST

START_TEST(test_events_lost_on_purpose)
{
    rig_check(&lost_rows[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify_time");
    TCase *tables = tcase_create("tables");

    tcase_add_loop_test(tables, test_interval, 0, COUNT(interval_rows));
    tcase_add_loop_test(tables, test_other_readings_of_the_interval, 0, COUNT(a5_rows));
    tcase_add_loop_test(tables, test_order, 0, COUNT(order_rows));
    tcase_add_loop_test(tables, test_other_orders, 0, COUNT(a6_a7_rows));
    tcase_add_loop_test(tables, test_repeats, 0, COUNT(repeat_rows));
    tcase_add_loop_test(tables, test_events_lost_on_purpose, 0, COUNT(lost_rows));
    suite_add_tcase(suite, tables);
    return suite_main(suite);
}
