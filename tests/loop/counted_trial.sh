#!/bin/bash
# A trial that tells the tests what really happened to it: each start leaves one line in a file of its own attempt, and so does
# each end. usage: counted_trial.sh FOLDER x k
folder=$1 x=$2 k=$3
me=$STUNE_TRIAL.$STUNE_ATTEMPT
echo "$me $$ $STUNE_METRICS $x $k $EPOCHREALTIME" >>"$folder/start.$me"
sleep "0.$((10 + k % 21))" # 0.10 to 0.30 s
loss=$(awk -v x="$x" -v k="$k" 'BEGIN { printf "%.15g", (x - 0.3) ^ 2 + k }')
stune metric loss="$loss" || exit
echo "$loss $EPOCHREALTIME" >>"$folder/end.$me"
