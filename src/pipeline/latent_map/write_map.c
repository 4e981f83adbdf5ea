#include "pipeline/latent_map/map_parts.h"

#include <string.h>

/* A field of CSV (RFC 4180). */
static void write_field(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            fputc('"', stream);
        fputc(*c, stream);
    }
    fputc('"', stream);
}

lts_status map_write(const map_job *job, const char *path, lts_error *err)
{
    static const char *const names[MAP_PROJECTIONS] = {",pca_1,pca_2", ",tsne_1,tsne_2"};
    lts_outfile *file;
    lts_status status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("row,descriptor,magnitude,pitch", stream);
    for (int p = 0; p < MAP_PROJECTIONS; p++)
        if (job->place[p])
            fputs(names[p], stream);
    fputc('\n', stream);
    for (size_t i = 0; i < job->n; i++) {
        fprintf(stream, "%zu", job->row[i]);
        for (int l = 0; l < MAP_LABELS; l++) {
            fputc(',', stream);
            write_field(stream, job->labels.text[l][i]);
        }
        for (int p = 0; p < MAP_PROJECTIONS; p++)
            for (int d = 0; job->place[p] && d < 2; d++) {
                char number[LTS_NUMBER_TEXT];
                lts_number_text(number, job->place[p][2 * i + (size_t)d]);
                fprintf(stream, ",%s", number);
            }
        fputc('\n', stream);
    }
    return lts_outfile_commit(file, err);
}
