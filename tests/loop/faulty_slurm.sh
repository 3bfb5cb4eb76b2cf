#!/bin/bash
# Stands before a command of Slurm, under its name, and breaks every second call of sbatch and every third of the others. Kinds
# of fault take turns; FAULTY_SEED chooses with which one they begin. Needs FAULTY_FOLDER (counts, and what was done), FAULTY_PATH
# (where the real commands are), FAULTY_CLUSTER (the folder of the cluster) and FAULTY_CLUSTER_TOOL (slurm_cluster.sh).
tool=${0##*/}
real=$(PATH=$FAULTY_PATH command -v "$tool") || exit 127
every=3
case $tool in
  sbatch) every=2 kinds=(dies_before dies_within no_answer late_there dies_after late_nothing no_controller talks) ;;
  squeue) kinds=(fails nothing cut dies) ;;
  sacct) kinds=(fails nothing) ;;
  scancel) kinds=(fails dies_after) ;;
esac
exec {lock}>>"$FAULTY_FOLDER/calls.$tool" && flock "$lock" && printf . >&$lock
call=$(stat -c %s "$FAULTY_FOLDER/calls.$tool")
exec {lock}>&-
kind=works
((call % every == 0)) && kind=${kinds[(call / every + FAULTY_SEED) % ${#kinds[@]}]}
[[ $kind == works ]] || echo "$tool $kind" >>"$FAULTY_FOLDER/done"

die() { kill -KILL $$; }
error() { echo "$tool: error: $1" >&2; exit "${2:-1}"; }
silently() { "$real" "$@" >/dev/null 2>&1; }

# SIGKILL while the controller, which is frozen, has the request in its socket and has not read it. In a session of its own: who
# kills us meanwhile must not leave the controller frozen.
dies_within() {
  local port end=$((SECONDS + 8)) sbatch
  port=$(printf %04X "$(sed -n 's/^SlurmctldPort=//p' "$SLURM_CONF")")
  "$FAULTY_CLUSTER_TOOL" freeze "$FAULTY_CLUSTER" slurmctld
  "$real" "$@" >/dev/null 2>&1 &
  sbatch=$!
  until awk -v port=":$port\$" '$2 ~ port && $4 == "01" && $5 !~ /:00000000$/ {found = 1} END {exit !found}' /proc/net/tcp; do
    ((SECONDS < end)) || break
  done
  kill -KILL $sbatch
  "$FAULTY_CLUSTER_TOOL" thaw "$FAULTY_CLUSTER" slurmctld
}
export real
export -f dies_within

late="Batch job submission failed: Socket timed out on send/recv operation"
away="Unable to contact slurm controller (connect failure)"
case $tool.$kind in
  *.dies_before | squeue.dies) die ;;
  *.dies_after) silently "$@"; die ;;
  sbatch.dies_within) setsid --wait bash -c 'dies_within "$@"' sbatch "$@"; die ;;
  sbatch.no_answer) silently "$@"; exit 0 ;;
  sbatch.late_there) silently "$@"; error "$late" ;;
  sbatch.late_nothing) error "$late" ;;
  sbatch.no_controller) error "Batch job submission failed: $away" ;;
  sbatch.talks) echo "Welcome. 12 jobs are ahead of you." ;;
  squeue.nothing | sacct.nothing) exit 0 ;;
  squeue.fails) error "slurm_load_jobs error: $away" ;;
  squeue.cut) "$real" "$@" | head -c 57; exit 0 ;;
  sacct.fails) error "Problem talking to the database: Connection refused" ;;
  scancel.fails) error "Kill job error: $away" 8 ;;
esac
exec "$real" "$@"
