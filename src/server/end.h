/* end.h: one socket in an epoll set: what is wanted of it, and what was heard of it. */
#ifndef OPENBITS_SERVER_END_H
#define OPENBITS_SERVER_END_H

#include <stdbool.h>
#include <sys/epoll.h>

/* epoll gives back its address. */
struct end {
    int fd;
    unsigned
        interest; /* the events asked for; 0: not in the set, where a hang-up would be reported without end */
    bool due;     /* something happened */
    bool failed;  /* it was an error, or the other side is gone altogether */
};

static inline void end_note(struct end *e, unsigned events)
{
    e->due = true;
    e->failed |= (events & (EPOLLERR | EPOLLHUP)) != 0;
}

/* False: the kernel cannot. */
static inline bool end_want(struct end *e, int epoll_fd, unsigned interest)
{
    struct epoll_event event = {.events = interest, .data.ptr = e};
    int what = !interest ? EPOLL_CTL_DEL : e->interest ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    if (interest == e->interest)
        return true;
    e->interest = interest;
    return epoll_ctl(epoll_fd, what, e->fd, &event) == 0;
}

#endif
