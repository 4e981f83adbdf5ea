#include "pipeline/train.h"

#include <math.h>

/* Exponential decay in stairs, from a hundredfold, every `decay_steps` optimiser steps: what the
 * TensorFlow original asks of ExponentialDecay. Steps, not epochs: the rate falls fast. */
double train_scheduled_rate(double learning_rate, uint64_t decay_steps, uint64_t step)
{
    return 100 * learning_rate * pow(0.96, floor((double)step / (double)decay_steps));
}

uint64_t train_decay_steps(uint64_t epochs)
{
    uint64_t steps = (uint64_t)(0.8 * (double)epochs);
    return steps ? steps : 1;
}

bool train_watch(train_state *state, double loss, uint64_t epoch, const train_watch_rule *rule)
{
    if (loss < state->watched_loss - rule->delta) {
        state->watched_loss = loss;
        state->waited = 0;
    } else {
        state->waited++;
    }
    if (epoch <= rule->best_after || !(loss < state->best_loss))
        return false;
    state->best_loss = loss;
    state->best_epoch = epoch;
    return true;
}

bool train_gave_up(const train_state *state, const train_watch_rule *rule)
{
    return rule->patience > 0 && state->waited >= rule->patience;
}

double train_rate(const train_job *job, uint64_t step)
{
    double rate = job->config->training.learning_rate;
    return job->config->training.learning_schedule
               ? train_scheduled_rate(rate, job->state.decay_steps, step)
               : rate;
}
