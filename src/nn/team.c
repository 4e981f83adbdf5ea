#include "lts/nn.h"

#include <cblas.h>
#include <omp.h>

lts_team lts_team_here(void)
{
    return (lts_team){(unsigned)omp_get_thread_num(), (unsigned)omp_get_num_threads()};
}

void lts_team_meet(lts_team team)
{
    if (team.members > 1) {
#pragma omp barrier
    }
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

void lts_nn_use_own_threads(void)
{
    openblas_set_num_threads(1);
}
