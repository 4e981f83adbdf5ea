#include "pipeline/search/search_set.h"
#include "pipeline/search/sought.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The nearest point of each stretch to each point sought, and the sums that are made of them. */
typedef struct finding {
    const lts_search *search;
    sought sought;
    float *square;   /* (stretches,T) */
    uint32_t *point; /* (stretches,T) */
    float *pair;     /* (2,Z) scratch */
    double hop;      /* s */
} finding;

static int by_distance(const void *a, const void *b)
{
    const lts_found *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->sound != y->sound)
        return x->sound < y->sound ? -1 : 1;
    return (x->time > y->time) - (x->time < y->time);
}

static lts_found describe(const finding *f, size_t sound, double distance)
{
    const lts_labels *labels = lts_frames_labels(f->search->frames);
    return (lts_found){.sound = sound,
                       .name = lts_frames_name(f->search->frames, sound),
                       .note = labels ? lts_labels_at(labels, sound) : NULL,
                       .distance = distance};
}

/* The exact distance of a point of the data set from a point sought. */
static lts_status measure(const finding *f, size_t point, size_t t, double *distance,
                          lts_error *err)
{
    const size_t latent = f->search->index.latent;
    lts_status status = latent_index_read((void *)&f->search->index, point, 1, f->pair, err);
    *distance = lts_points_distance(f->pair, f->sought.points + t * latent, latent);
    return status;
}

static void place(const finding *f, size_t point, size_t t, lts_found *found)
{
    found->time = (double)(point - f->search->begin[found->sound]) * f->hop;
    found->query = f->sought.time[t];
}

/* The stretch of those first .. end-1 that is nearest to point t. */
static size_t nearest_stretch(const finding *f, size_t first, size_t end, size_t t)
{
    size_t best = first;
    for (size_t g = first + 1; g < end; g++)
        if (f->square[g * f->sought.count + t] < f->square[best * f->sought.count + t])
            best = g;
    return best;
}

/* A sound's distance by its stretches first .. end-1, exact or by the squares at hand. */
static lts_status measure_sound(const finding *f, size_t first, size_t end, bool exact,
                                lts_found *found, lts_error *err)
{
    const size_t count = f->sought.count;
    double sum = 0, least = INFINITY, distance;
    for (size_t t = 0; t < count; t++) {
        const size_t g = nearest_stretch(f, first, end, t);
        const size_t point = f->search->start[g] + f->point[g * count + t];
        distance = sqrt(f->square[g * count + t]);
        lts_status status = exact ? measure(f, point, t, &distance, err) : LTS_OK;
        if (status != LTS_OK)
            return status;
        sum += distance;
        if (distance < least) {
            least = distance;
            place(f, point, t, found);
        }
    }
    found->distance = sum / (double)count;
    return LTS_OK;
}

/* The squares are off by rounding, so more are measured exactly than are wanted. */
static size_t candidates(size_t count, size_t all)
{
    return 2 * count + 16 < all ? 2 * count + 16 : all;
}

static lts_status find_sounds(const finding *f, size_t count, lts_found **out, size_t *found,
                              lts_error *err)
{
    const lts_search *s = f->search;
    const size_t sounds = lts_search_sounds(s);
    size_t *first = NULL;
    lts_found *all = NULL;
    lts_status status = lts_alloc_checked(&first, sounds + 1, sizeof *first, "a search", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&all, sounds, sizeof *all, "a search", err);
    if (status != LTS_OK)
        goto done;
    for (size_t g = 0; g < s->stretches; g++)
        first[s->file[g] + 1] = g + 1;
    for (size_t i = 0; i < sounds; i++) {
        all[i] = describe(f, i, 0);
        status = measure_sound(f, first[i], first[i + 1], false, &all[i], err);
        if (status != LTS_OK)
            goto done;
    }
    qsort(all, sounds, sizeof *all, by_distance);
    const size_t exact = candidates(count, sounds);
    for (size_t i = 0; i < exact; i++) {
        const size_t sound = all[i].sound;
        status = measure_sound(f, first[sound], first[sound + 1], true, &all[i], err);
        if (status != LTS_OK)
            goto done;
    }
    qsort(all, exact, sizeof *all, by_distance);
    *found = count < sounds ? count : sounds;
    *out = all;
    all = NULL;
done:
    lts_free(all);
    lts_free(first);
    return status;
}

/* Whether one of the frames that were taken is of the same sound and less than `apart` away. */
static bool is_taken(const lts_found *taken, size_t count, const lts_found *frame, double apart)
{
    for (size_t i = 0; i < count; i++)
        if (taken[i].sound == frame->sound && fabs(taken[i].time - frame->time) < apart)
            return true;
    return false;
}

/* The nearest frame of every stretch, nearest first. */
static lts_status list_frames(const finding *f, lts_found *all, lts_error *err)
{
    const lts_search *s = f->search;
    const size_t count = f->sought.count;
    for (size_t g = 0; g < s->stretches; g++) {
        const float *square = f->square + g * count;
        size_t t = 0;
        for (size_t i = 1; i < count; i++)
            t = square[i] < square[t] ? i : t;
        const size_t point = s->start[g] + f->point[g * count + t];
        all[g] = describe(f, s->file[g], 0);
        place(f, point, t, &all[g]);
        lts_status status = measure(f, point, t, &all[g].distance, err);
        if (status != LTS_OK)
            return status;
    }
    qsort(all, s->stretches, sizeof *all, by_distance);
    return LTS_OK;
}

static lts_status find_frames(const finding *f, size_t count, double apart, lts_found **out,
                              size_t *found, lts_error *err)
{
    lts_found *all = NULL, *taken = NULL;
    const size_t stretches = f->search->stretches;
    lts_status status = lts_alloc_checked(&all, stretches, sizeof *all, "a search", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&taken, count, sizeof *taken, "a search", err);
    if (status != LTS_OK)
        goto done;
    status = list_frames(f, all, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < stretches && *found < count; i++)
        if (!is_taken(taken, *found, &all[i], apart))
            taken[(*found)++] = all[i];
    *out = taken;
    taken = NULL;
done:
    lts_free(all);
    lts_free(taken);
    return status;
}

static lts_status search_points(finding *f, unsigned threads, const lts_reporter *reporter,
                                lts_error *err)
{
    const lts_search *s = f->search;
    const lts_points points = {.read = latent_index_read,
                               .user = (void *)&s->index,
                               .latent = s->index.latent,
                               .start = s->start,
                               .groups = s->stretches};
    lts_status status = lts_alloc_checked(&f->square, s->stretches,
                                          f->sought.count * sizeof *f->square, "a search", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&f->point, s->stretches, f->sought.count * sizeof *f->point,
                               "a search", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&f->pair, s->index.latent, sizeof *f->pair, "a search", err);
    if (status != LTS_OK)
        return status;
    return lts_nearest_points(&points, f->sought.points, f->sought.count, threads, f->square,
                              f->point, reporter, err);
}

lts_status lts_search_near(const lts_search *search, const lts_source *source, double duration,
                           size_t count, double apart, unsigned threads,
                           const lts_reporter *reporter, lts_search_result *out, lts_error *err)
{
    finding f = {.search = search};
    *out = (lts_search_result){0};
    if (count < 1 || count > LTS_SEARCH_COUNT || !(apart >= 0) || threads < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%zu nearest, %g s apart, by %u threads: 1 to %d, 0 s or more, by one or "
                        "more",
                        count, apart, threads, LTS_SEARCH_COUNT);
    f.hop = (double)lts_feature_hop(search->feature) / lts_feature_sample_rate(search->feature);
    lts_status status =
        sought_load(search->model, source, duration, threads, reporter, &f.sought, err);
    if (status != LTS_OK)
        goto done;
    status = search_points(&f, threads, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = find_sounds(&f, count, &out->sounds, &out->sound_count, err);
    if (status != LTS_OK || lts_search_is_notes(search))
        goto done;
    status = find_frames(&f, count, apart, &out->frames, &out->frame_count, err);
done:
    if (status != LTS_OK)
        lts_search_result_free(out);
    sought_free(&f.sought);
    lts_free(f.square);
    lts_free(f.point);
    lts_free(f.pair);
    return status;
}

void lts_search_result_free(lts_search_result *result)
{
    lts_free(result->sounds);
    lts_free(result->frames);
    *result = (lts_search_result){0};
}
