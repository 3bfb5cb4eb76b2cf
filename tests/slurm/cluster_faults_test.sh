#!/bin/bash
# cluster_faults_test.sh FOLDER: a second cluster beside the first, in a folder too deep for sockets, is broken on purpose and
# leaves nothing behind.
set -u
cluster=$(cd "$(dirname "$0")/../support" && pwd)/slurm_cluster.sh
top=$1
folder=$top/$(printf 'd%.0s' {1..100})/slurm
links=(/tmp/stune.??????)

fail() { echo "FAILED: $*" >&2; exit 1; }
is() { "$cluster" status "$folder" | grep -qE "^$1 +$2\$" || fail "$1 is not $2: $("$cluster" status "$folder")"; }
until_true() {
  local end=$((SECONDS + $1))
  until eval "$2"; do
    ((SECONDS < end)) || fail "still not: $2"
    sleep 0.2
  done
}
ours() { grep -lszE "^SLURM_CONF=(${short:-none}|$folder)/slurm.conf\$" /proc/[0-9]*/environ 2>/dev/null; }
trap '"$cluster" stop "$folder"; rm -rf "$top"' EXIT

"$cluster" start "$folder" MinJobAge=2 'PartitionName=low Nodes=ALL' || fail start
eval "$("$cluster" env "$folder")"
short=$(sed -n 's,^StateSaveLocation=\(.*\)/state$,\1,p' "$SLURM_CONF")
[[ $(readlink "$short") == "$folder" ]] || fail "$short does not lead to $folder"
[[ $(scontrol show config | awk '/^MinJobAge/ {print $3}') == 2 && $(sinfo -h -o %R | sort | tr '\n' ' ') == 'low main ' ]] || fail "settings"
before=$("$cluster" status "$folder"; cat "$short"/run/*.pid)
"$cluster" start "$folder" MinJobAge=2 'PartitionName=low Nodes=ALL' || fail "second start"
[[ $before == "$("$cluster" status "$folder"; cat "$short"/run/*.pid)" ]] || fail "the second start was not idle"

job=$(sbatch --parsable -o /dev/null --wrap 'sleep 1000')
until_true 30 '[[ $(squeue -h -j $job -o %T) == RUNNING ]]'
touch "$top/running" # a controller that is killed forgets what it had not saved yet, up to five seconds
until_true 30 '[[ $short/state/job_state -nt $top/running ]]'
"$cluster" freeze "$folder" slurmctld && is slurmctld frozen
"$cluster" thaw "$folder" slurmctld && is slurmctld up
"$cluster" kill "$folder" slurmctld slurmdbd slurmd:n1 && is slurmdbd down && is slurmd:n1 down
squeue >/dev/null 2>&1 && fail "squeue works without a controller"
"$cluster" restart "$folder" slurmdbd slurmctld slurmd:n1 || fail restart
[[ $(squeue -h -j "$job" -o %T) == RUNNING ]] || fail "the job did not survive the controller: $(squeue)"

"$cluster" kill "$folder" mariadbd slurmdbd slurmctld slurmd:n2 munged
"$cluster" stop "$folder" || fail "stop of half a cluster"
unset SLURM_CONF
[[ -z $(ours) ]] || fail "processes stay: $(ours)"
[[ ! -e $short && $(ls "$folder") == $'log\noverrides' ]] || fail "files stay: $(ls -d "$short") $(ls "$folder")"
"$cluster" start "$folder" && "$cluster" stop "$folder" || fail "a start after the stop"
[[ "${links[*]}" == "$(echo /tmp/stune.??????)" ]] || fail "links stay in /tmp"
echo "faults, repair, stop and a new start behave"
