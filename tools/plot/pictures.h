/* The pictures of lts-plot, each from its options to the file. */
#ifndef LTS_PICTURES_H
#define LTS_PICTURES_H

#include "plot_options.h"

/* The record of a picture that was written. */
void report_picture(const cli_session *cli, const char *path);

/* The losses of runs, the scores of matches. */
lts_status draw_loss(cli_session *cli, const plot_options *o, lts_error *err);
lts_status draw_evaluation(cli_session *cli, const plot_options *o, lts_error *err);
/* The spectrograms of sounds and arrays, under each other. */
lts_status draw_spectrogram(cli_session *cli, const plot_options *o, lts_error *err);
/* The labelled points of an array or a run. */
lts_status draw_map(cli_session *cli, const plot_options *o, lts_error *err);
/* The frames of a data set in the latent space of a run, with paths between two sounds. */
lts_status draw_latent(cli_session *cli, const plot_options *o, lts_error *err);
/* Two sounds and what lies between them. */
lts_status draw_morph(cli_session *cli, const plot_options *o, lts_error *err);

#endif
