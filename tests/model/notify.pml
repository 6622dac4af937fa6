/* notify.pml: the slot and dispatch protocol of src/notify/worker.c and src/sys/posix/slots_user.c.
 *
 * Modelled: PROCS processes of a user, CAP slots with their gates, a worker a slot in each process, an engine's
 * lock a process, and of one job JobTransferred (T) and one range report (R). A client posts them under the
 * engine's lock; every callback takes that lock and then posts, withdraws or does nothing, which is what
 * Complete, Cancel, SetNotifyInterface and RequestFileRanges come to here. A call of T may fail and is repeated.
 *
 * A critical section under notify's lock is one atomic step: the lock is a leaf, nothing within waits or calls
 * out (the code's promise in core.h). Time is left out: what waits for the clock becomes ready like a post.
 * A worker's try, its wait at the gate and at the slot, and the release are steps of their own.
 *
 * Claims:
 *   at most CAP callbacks at a time in all processes, and one in a slot       (assert in the call)
 *   no deadlock: whoever stands still is an idle worker or has ended           (spin's end states)
 *   when all stand still, nothing is ready and no T was posted without a call  (the watcher)
 * Variants: -DKILL: process 0 may die at any moment, and the kernel frees what it held.
 *           -DSTOP: process 0 is stopped by notify_stop at any moment, which must come to an end.
 *           -DBLOCK: a callback of process 1 may never return; process 0 must get on with the other slots.
 *           -DBLOCK -DBROKEN_WAKE: and a worker whose slot is taken does not wake the next. Has to fail.
 *           -DBROKEN_GATE: a waiter takes a slot that is not free. Has to fail.
 */
#ifndef CAP
#define CAP 2
#endif
#ifndef PROCS
#define PROCS 2
#endif

#ifndef POSTS
#define POSTS 1
#endif

#define FREE   0
#define NONE   0
#define QUEUED 1 /* blocked by another item */
#define READY  2
#define NO_CALL 0
#define CALL_T  1
#define CALL_R  2

byte gate[CAP]; /* FREE, or the process that holds it, plus one */
byte slot[CAP];
byte inside;       /* callbacks at a time */
byte in_slot[CAP];

typedef room {
    byte t, r;             /* where the items are queued */
    bool t_runs, r_runs;
    bool r_is_older;       /* than T: T waits for it */
    bool t_due;            /* posted (or failed), and not called since */
    byte ready, idle, seeking, started, alive;
    byte blocked, signals; /* the condition: who waits at it, who was signalled */
    bool engine;           /* the engine's lock */
    bool stopping, dead;
    byte posts, failures;  /* what callbacks may still do, so that there is an end */
}
room rooms[PROCS];

/* Who waits for a slot whose callback never returns may wait for ever. */
#ifdef BLOCK
#define WAITS(what) end_##what:
#else
#define WAITS(what)
#endif

#define ROOM rooms[p]

/* worker_wake */
inline wake() {
    if
    :: ROOM.ready > ROOM.seeking && !ROOM.stopping ->
        if
        :: ROOM.idle > 0 ->
            if
            :: ROOM.blocked > ROOM.signals -> ROOM.signals++
            :: else
            fi
        :: ROOM.idle == 0 && ROOM.started < CAP ->
            ROOM.started++; ROOM.alive++; ROOM.seeking++
        :: else
        fi
    :: else
    fi
}

/* queue_review: R needs its own call to be over, T the older R and any call of R as well. */
inline review() {
    if
    :: ROOM.r == QUEUED && !ROOM.r_runs -> ROOM.r = READY; ROOM.ready++; wake()
    :: else
    fi;
    if
    :: ROOM.t == QUEUED && !ROOM.t_runs && !ROOM.r_runs && !(ROOM.r != NONE && ROOM.r_is_older) ->
        ROOM.t = READY; ROOM.ready++; wake()
    :: else
    fi
}

inline post_t() {
    if
    :: ROOM.t == NONE && !ROOM.stopping ->
        ROOM.t = QUEUED; ROOM.t_due = true; ROOM.r_is_older = (ROOM.r != NONE); review()
    :: else
    fi
}

inline post_r() {
    if
    :: ROOM.r == NONE && !ROOM.stopping ->
        ROOM.r = QUEUED; ROOM.r_is_older = (ROOM.t == NONE); review()
    :: else
    fi
}

inline take_back_r() {
    if
    :: ROOM.r == READY -> ROOM.ready--; ROOM.r = NONE
    :: ROOM.r == QUEUED -> ROOM.r = NONE
    :: else
    fi;
    review()
}

/* The top of the worker's loop: leave, idle, or go for the slot. */
inline look() {
    if
    :: ROOM.stopping -> ROOM.seeking--; ROOM.alive--; goto left
    :: !ROOM.stopping && ROOM.ready == 0 -> ROOM.seeking--; ROOM.idle++; ROOM.blocked++; goto end_idle
    :: else -> goto try
    fi
}

/* With the slot won: takes the best item, if there is still one. */
inline take() {
    if
    :: ROOM.t == READY && !ROOM.stopping ->
        ROOM.t = NONE; ROOM.t_runs = true; ROOM.t_due = false; ROOM.ready--; call = CALL_T
    :: ROOM.t != READY && ROOM.r == READY && !ROOM.stopping ->
        ROOM.r = NONE; ROOM.r_runs = true; ROOM.ready--; call = CALL_R
    :: else -> call = NO_CALL
    fi;
    review();
    ROOM.seeking--;
#ifndef BROKEN_WAKE
    wake();
#endif
    inside++; in_slot[s]++;
    assert(inside <= CAP);
    assert(in_slot[s] == 1)
}

inline finish() {
    ROOM.seeking++;
    if
    :: call == CALL_T ->
        ROOM.t_runs = false;
        if
        :: ROOM.failures > 0 && !ROOM.stopping -> /* a repeat, unless it was posted anew anyhow */
            ROOM.failures--; ROOM.t_due = true;
            if
            :: ROOM.t == NONE -> ROOM.t = QUEUED; ROOM.r_is_older = false
            :: else
            fi
        :: true
        fi
    :: call == CALL_R -> ROOM.r_runs = false
    :: else
    fi;
    call = NO_CALL;
    review()
}

proctype worker(byte p; byte s) {
    byte call = NO_CALL;

    {
    skip;
end_not_started:
    atomic { ROOM.started > s -> look() };
end_idle:
    atomic { ROOM.signals > 0 -> ROOM.signals--; ROOM.blocked--; ROOM.idle--; ROOM.seeking++; look() };
try:
    /* May fail for no reason: somebody else's try holds the gate for a moment. */
    if
    :: atomic { gate[s] == FREE && slot[s] == FREE -> slot[s] = p + 1 }; goto won
    :: true
    fi;
    atomic {
        ROOM.seeking--;
#ifndef BROKEN_WAKE
        wake()
#endif
    };
WAITS(gate)
    if
    :: atomic { gate[s] == FREE -> gate[s] = p + 1 }
    :: atomic { ROOM.stopping -> ROOM.alive--; goto left }
    fi;
WAITS(slot)
    if
#ifdef BROKEN_GATE
    :: atomic { slot[s] = p + 1; gate[s] = FREE }
#else
    :: atomic { slot[s] == FREE -> slot[s] = p + 1; gate[s] = FREE }
#endif
    :: atomic { ROOM.stopping -> gate[s] = FREE; ROOM.alive--; goto left }
    fi;
    atomic { ROOM.seeking++; take(); goto called };
won:
    atomic { take() };
called:
#ifdef BLOCK
    if
    :: p == 1 && call != NO_CALL ->
end_blocked:
        false
    :: true
    fi;
#endif
    if
    :: call == NO_CALL
    :: call != NO_CALL -> /* the callback wants its engine's lock */
        atomic {
            !ROOM.engine ->
            if
            :: true
            :: ROOM.posts > 0 -> ROOM.posts--; post_r()
            :: ROOM.posts > 0 -> ROOM.posts--; post_t()
            :: true -> take_back_r()
            fi
        }
    fi;
    atomic { slot[s] = FREE; inside--; in_slot[s]-- };
    atomic { finish(); look() };
left:
    skip
    } unless { ROOM.dead }
}

/* The client, and the loop that posts for it: under the engine's lock. */
proctype client(byte p) {
    byte posts = (p == 0 -> POSTS : 1);

    {
    do
    :: posts > 0 ->
        posts--;
        atomic { !ROOM.engine -> ROOM.engine = true };
        if
        :: p == 0 -> atomic { post_r() }
        :: true -> atomic { post_t() }
        :: p == 0 -> atomic { post_r() }; atomic { post_t() }
        fi;
        ROOM.engine = false
    :: posts == 0 -> break
    od
    } unless { ROOM.dead }
}

#ifdef KILL
proctype killer(byte p) {
    byte s;

    atomic {
        ROOM.dead = true;
        s = 0;
        do
        :: s < CAP ->
            if
            :: slot[s] == p + 1 -> slot[s] = FREE; inside = inside - in_slot[s]; in_slot[s] = 0
            :: else
            fi;
            if
            :: gate[s] == p + 1 -> gate[s] = FREE
            :: else
            fi;
            s++
        :: else -> break
        od
    }
}
#endif

#ifdef STOP
/* notify_stop: without the engine's lock, from no delivery thread. */
proctype stopper(byte p) {
    atomic {
        ROOM.stopping = true;
        ROOM.signals = ROOM.blocked;
        ROOM.t = NONE; ROOM.r = NONE; ROOM.ready = 0; ROOM.t_due = false
    };
    ROOM.alive == 0 /* not an end state: it has to come */
}
#endif

/* Looks when nobody can move any more. */
proctype watcher() {
    byte p = 0;

end_watch:
    timeout;
    atomic {
        do
        :: p < PROCS ->
            assert(ROOM.dead || (!ROOM.t_due && ROOM.ready == 0 && ROOM.t == NONE && ROOM.r == NONE));
#ifndef BLOCK
            assert(ROOM.dead || ROOM.alive == ROOM.idle);
#endif
            p++
        :: else -> break
        od
    }
}

init {
    byte p = 0, s;

    atomic {
        do
        :: p < PROCS ->
            /* Process 0 does everything, the others are there to be in its way. */
            ROOM.posts = (p == 0 -> 1 : 0); ROOM.failures = (p == 0 -> 1 : 0);
            run client(p);
            s = 0;
            do
            :: s < CAP -> run worker(p, s); s++
            :: else -> break
            od;
            p++
        :: else -> break
        od;
#ifdef KILL
        run killer(0);
#endif
#ifdef STOP
        run stopper(0);
#endif
        run watcher()
    }
}
