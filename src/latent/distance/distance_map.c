#include "lts/distance.h"

#include <cblas.h>
#include <math.h>

lts_status lts_distance_alloc(size_t latent, size_t landmarks, lts_distance *out, lts_error *err)
{
    const char *what = "a map of distances";
    lts_status status;
    *out = (lts_distance){.latent = latent, .landmarks = landmarks};
    if (latent < 1 || landmarks < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "distance: %zu latent dimensions and %zu landmarks: expected 1 or more",
                        latent, landmarks);
    if ((status = lts_alloc_checked(&out->mean, latent, sizeof(float), what, err)) != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&out->axes, latent, latent * sizeof(float), what, err)) !=
        LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&out->landmark, landmarks, latent * sizeof(float), what,
                                    err)) != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&out->projection, landmarks, latent * sizeof(float), what,
                                    err)) != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->length2, landmarks, sizeof(float), what, err);
done:
    if (status != LTS_OK)
        lts_distance_free(out);
    return status;
}

void lts_distance_free(lts_distance *distance)
{
    lts_free(distance->mean);
    lts_free(distance->axes);
    lts_free(distance->landmark);
    lts_free(distance->projection);
    lts_free(distance->length2);
    *distance = (lts_distance){0};
}

static lts_status check_finite(const float *x, size_t n, const char *what, const char *name,
                               lts_error *err)
{
    size_t bad = lts_first_nonfinite(x, n);
    return bad == n
               ? LTS_OK
               : lts_fail(err, LTS_ERR_NONFINITE,
                          "%s: %s: number %zu is not finite: make the map anew", name, what, bad);
}

lts_status lts_distance_prepare(lts_distance *distance, const char *name, lts_error *err)
{
    const size_t latent = distance->latent, landmarks = distance->landmarks;
    const blasint z = (blasint)latent;
    lts_status status;
    if (!(distance->near > 0 && distance->near < distance->far && isfinite(distance->far)))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: near %g and far %g: expected 0 < near < far: make the map anew", name,
                        distance->near, distance->far);
    if ((status = check_finite(distance->mean, latent, "mean", name, err)) != LTS_OK)
        return status;
    if ((status = check_finite(distance->axes, latent * latent, "axes", name, err)) != LTS_OK)
        return status;
    status = check_finite(distance->landmark, landmarks * latent, "landmarks", name, err);
    if (status != LTS_OK)
        return status;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)landmarks, z, z, 1,
                distance->landmark, z, distance->axes, z, 0, distance->projection, z);
    for (size_t k = 0; k < landmarks; k++) {
        const float *row = distance->landmark + k * latent;
        distance->length2[k] = cblas_sdot(z, row, 1, row, 1);
    }
    status = check_finite(distance->projection, landmarks * latent, "projections", name, err);
    if (status != LTS_OK)
        return status;
    return check_finite(distance->length2, landmarks, "lengths", name, err);
}
