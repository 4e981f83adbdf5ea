#include "model/train/objective.h"

static void squared_error(const float *y, const objective_target *target, size_t outputs,
                          nn_range rows, double scale, double *loss, float *gradient)
{
    nn_squared_error(y, target->values, target->weight, outputs, rows, scale, loss, gradient);
}

static void cross_entropy(const float *y, const objective_target *target, size_t outputs,
                          nn_range rows, double scale, double *loss, float *gradient)
{
    nn_binary_cross_entropy(y, &target->classes, outputs, rows, scale, loss, gradient);
}

static const objective table[] = {
    [LTS_LOSS_MEAN] = {"mean", false, true, true, false, squared_error},
    [LTS_LOSS_SUM] = {"sum", false, false, false, false, squared_error},
    [LTS_LOSS_RELATIVE] = {"relative", true, true, true, false, squared_error},
    [LTS_LOSS_BCE] = {"bce", false, true, true, true, cross_entropy},
    [LTS_LOSS_ELBO] = {"elbo", false, true, true, false, squared_error, true},
};

const objective *objective_of(lts_loss loss)
{
    return (unsigned)loss < sizeof table / sizeof *table ? &table[loss] : NULL;
}

const char *lts_loss_text(int loss)
{
    const objective *of = objective_of((lts_loss)loss);
    return of ? of->text : NULL;
}

double objective_scale(const objective *of, size_t rows, size_t outputs)
{
    double scale = 1;
    if (of->mean_over_rows)
        scale /= (double)rows;
    if (of->mean_over_outputs)
        scale /= (double)outputs;
    return scale;
}

double objective_kl_scale(const objective *of, size_t rows, size_t latent)
{
    return of->bounds_likelihood ? 0.5 / (double)rows : 1 / ((double)rows * (double)latent);
}
