#!/bin/bash
# Hartmann6, the usual first test of a tuner: six numbers in, one out, lowest at -3.32237. Takes no time at all.
#SBATCH --time=00:05:00 --cpus-per-task=1
#STUNE --param "x1 = float(0, 1)"
#STUNE --param "x2 = float(0, 1)"
#STUNE --param "x3 = float(0, 1)"
#STUNE --param "x4 = float(0, 1)"
#STUNE --param "x5 = float(0, 1)"
#STUNE --param "x6 = float(0, 1)"
#STUNE --minimize hartmann6
#STUNE --trials 30 --parallel 3

# f(x) = -sum_i c_i exp(-sum_j A_ij (x_j - P_ij)^2); a line below is c_i, then A_i1 .. A_i6, then P_i1 .. P_i6.
value=$(awk -v x="$STUNE_x1 $STUNE_x2 $STUNE_x3 $STUNE_x4 $STUNE_x5 $STUNE_x6" '
  BEGIN { split(x, point) }
  { s = 0; for (j = 1; j <= 6; j++) s += $(1 + j) * (point[j] - $(7 + j)) ^ 2; f -= $1 * exp(-s) }
  END { printf "%.10g", f }' <<'END'
1.0  10    3   17    3.5  1.7  8    0.1312 0.1696 0.5569 0.0124 0.8283 0.5886
1.2   0.05 10  17    0.1  8   14    0.2329 0.4135 0.8307 0.3736 0.1004 0.9991
3.0   3    3.5  1.7 10   17    8    0.2348 0.1451 0.3522 0.2883 0.3047 0.6650
3.2  17    8    0.05 10   0.1 14    0.4047 0.8828 0.8732 0.5743 0.1091 0.0381
END
)
stune metric hartmann6="$value"
