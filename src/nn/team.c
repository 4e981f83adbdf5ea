#include "lts/nn.h"

#include <cblas.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

enum { LOOKS = 2000 }; /* before a member sleeps */

struct lts_meeting {
    atomic_uint arrived, number; /* members at this meeting, and which one it is */
    pthread_mutex_t lock;
    pthread_cond_t over;
};

struct lts_crew {
    lts_meeting meeting;
    unsigned members;
    void (*work)(void *context, lts_team team); /* NULL: go home */
    void *context;
    unsigned started;
    struct hand {
        lts_crew *crew;
        unsigned member;
        pthread_t thread;
    } * hand;
};

static void sleep_until_over(lts_meeting *meeting, unsigned number)
{
    pthread_mutex_lock(&meeting->lock);
    while (atomic_load(&meeting->number) == number)
        pthread_cond_wait(&meeting->over, &meeting->lock);
    pthread_mutex_unlock(&meeting->lock);
}

void lts_team_meet(lts_team team)
{
    lts_meeting *meeting = team.meeting;
    if (team.members < 2)
        return;
    unsigned number = atomic_load(&meeting->number);
    if (atomic_fetch_add(&meeting->arrived, 1) + 1 == team.members) {
        atomic_store(&meeting->arrived, 0);
        pthread_mutex_lock(&meeting->lock);
        atomic_store(&meeting->number, number + 1);
        pthread_cond_broadcast(&meeting->over);
        pthread_mutex_unlock(&meeting->lock);
        return;
    }
    for (int look = 0; look < LOOKS; look++) {
        if (atomic_load(&meeting->number) != number)
            return;
        PAUSE();
    }
    sleep_until_over(meeting, number);
}

static lts_team team_of(lts_crew *crew, unsigned member)
{
    return (lts_team){member, crew->members, &crew->meeting};
}

static void *hand_main(void *argument)
{
    const struct hand *hand = argument;
    lts_crew *crew = hand->crew;
    const lts_team team = team_of(crew, hand->member);
    for (;;) {
        lts_team_meet(team);
        if (!crew->work)
            return NULL;
        crew->work(crew->context, team);
        lts_team_meet(team);
    }
}

lts_status lts_crew_create(unsigned members, lts_crew **out, lts_error *err)
{
    lts_crew *crew;
    *out = NULL;
    lts_status status = lts_alloc_checked(&crew, 1, sizeof *crew, "a team", err);
    if (status != LTS_OK)
        return status;
    atomic_init(&crew->meeting.arrived, 0);
    atomic_init(&crew->meeting.number, 0);
    pthread_mutex_init(&crew->meeting.lock, NULL);
    pthread_cond_init(&crew->meeting.over, NULL);
    crew->members = members;
    status = lts_alloc_checked(&crew->hand, members, sizeof *crew->hand, "a team's threads", err);
    while (status == LTS_OK && crew->started + 1 < members) {
        struct hand *hand = &crew->hand[crew->started];
        *hand = (struct hand){.crew = crew, .member = crew->started + 1};
        int reason = pthread_create(&hand->thread, NULL, hand_main, hand);
        if (reason != 0)
            status = lts_fail(err, LTS_ERR_MEMORY, "only %u of %u threads can be had: %s",
                              crew->started + 1, members, strerror(reason));
        else
            crew->started++;
    }
    if (status != LTS_OK) {
        lts_crew_destroy(crew);
        return status;
    }
    *out = crew;
    return LTS_OK;
}

void lts_crew_destroy(lts_crew *crew)
{
    if (!crew)
        return;
    crew->work = NULL;
    /* Those that never started are counted as here. */
    atomic_fetch_add(&crew->meeting.arrived, crew->members - 1 - crew->started);
    lts_team_meet(team_of(crew, 0));
    for (unsigned i = 0; i < crew->started; i++)
        pthread_join(crew->hand[i].thread, NULL);
    pthread_cond_destroy(&crew->meeting.over);
    pthread_mutex_destroy(&crew->meeting.lock);
    lts_free(crew->hand);
    lts_free(crew);
}

void lts_crew_run(lts_crew *crew, void (*work)(void *context, lts_team team), void *context)
{
    const lts_team team = team_of(crew, 0);
    crew->work = work;
    crew->context = context;
    lts_team_meet(team);
    work(context, team);
    lts_team_meet(team);
}

lts_range lts_team_share(lts_team team, size_t total, size_t grain)
{
    size_t grains = (total + grain - 1) / grain;
    size_t first = grains * team.member / team.members * grain;
    size_t end = grains * (team.member + 1) / team.members * grain;
    first = first < total ? first : total;
    end = end < total ? end : total;
    return (lts_range){first, end - first};
}

/* OpenBLAS's own name for what it does before a fork; builds without its thread pool lack it. */
#if defined(__GNUC__)
extern int blas_thread_shutdown_(void) __attribute__((weak));
#endif

static void keep_openblas_to_one_thread(void)
{
    openblas_set_num_threads(1);
#if defined(__GNUC__)
    /* The pool that OpenBLAS starts when it is loaded spins for tens of milliseconds on a processor
     * that the team could use: a fifth of a short render. */
    if (blas_thread_shutdown_)
        blas_thread_shutdown_();
#endif
}

void lts_nn_use_own_threads(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keep_openblas_to_one_thread);
}
