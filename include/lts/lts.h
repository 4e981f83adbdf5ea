/* latent-timbre, whole: includes every public header.
 *
 * Link with `pkg-config --cflags --libs lts`, or in CMake with find_package(lts) and the target
 * lts::lts. Programs that link liblts.a link the packages that lts.pc requires, too. Function names
 * begin with lts_, macros and constants with LTS_. The interface may change while the major version
 * is 0. */
#ifndef LTS_LTS_H
#define LTS_LTS_H

#include "lts/align.h"
#include "lts/align_time.h"
#include "lts/audio.h"
#include "lts/base.h"
#include "lts/codec.h"
#include "lts/condition.h"
#include "lts/config.h"
#include "lts/dataset.h"
#include "lts/directions.h"
#include "lts/directions_file.h"
#include "lts/distance.h"
#include "lts/distance_file.h"
#include "lts/dsp.h"
#include "lts/engine.h"
#include "lts/features.h"
#include "lts/formats.h"
#include "lts/frames.h"
#include "lts/generate.h"
#include "lts/interp.h"
#include "lts/labels.h"
#include "lts/latent.h"
#include "lts/latent_map.h"
#include "lts/lv2.h"
#include "lts/match.h"
#include "lts/model.h"
#include "lts/nearest.h"
#include "lts/osc.h"
#include "lts/plot.h"
#include "lts/prior.h"
#include "lts/prior_file.h"
#include "lts/render.h"
#include "lts/search.h"
#include "lts/source.h"
#include "lts/stft_note.h"
#include "lts/structure.h"
#include "lts/synth.h"
#include "lts/synth_data.h"
#include "lts/train.h"

#endif
