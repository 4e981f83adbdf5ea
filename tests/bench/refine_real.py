#!/usr/bin/env python3
"""How far a refinement gets on recordings of real instruments.

  refine_real.py LTS_MATCH [SAMPLES] [--refine SECONDS] [--names NAME ...] [-- OPTION ...]

Matches twenty recordings of Sonic Pi's samples (package sonic-pi-samples) with the installed run and
prints, as JSON, the spectral distance of each and the mean, predicted and refined, and how many
sounds the search rendered. What follows "--" goes to lts-match as it is.
"""
import argparse
import json
import os
import subprocess
import sys

NAMES = """ambi_choir ambi_glass_hum ambi_glass_rub ambi_piano bass_hit_c bass_thick_c
bass_voxy_hit_c bass_woodsy_c drum_cowbell drum_tom_hi_soft drum_tom_mid_soft elec_chime
guit_e_fifths guit_e_slide guit_em9 guit_harmonics perc_bell perc_bell2 tabla_na
tabla_tun1""".split()


def match(program, path, options):
    found = subprocess.run([program, path, "--json"] + options, check=True, capture_output=True)
    for line in found.stdout.decode().splitlines():
        record = json.loads(line)
        if "predicted" in record and "distance" in record:
            return record
    sys.exit(f"{path}: lts-match told no distance")


def main():
    arguments, passed = sys.argv[1:], []
    if "--" in arguments:
        passed = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("samples", nargs="?", default="/usr/share/sonic-pi/samples")
    parser.add_argument("--refine", default="10")
    parser.add_argument("--names", nargs="+", default=NAMES)
    args = parser.parse_args(arguments)
    sums = {"predicted": 0.0, "distance": 0.0, "evaluations": 0.0}
    for name in args.names:
        path = os.path.join(args.samples, name + ".flac")
        record = match(args.program, path, ["--refine", args.refine] + passed)
        result = {"sound": name}
        for key in sums:
            result[key] = round(record[key], 4)
            sums[key] += record[key] / len(args.names)
        print(json.dumps(result), flush=True)
    mean = {key: round(value, 4) for key, value in sums.items()}
    print(json.dumps({"sounds": len(args.names), **mean,
                      "ratio": round(sums["distance"] / sums["predicted"], 4)}))


main()
