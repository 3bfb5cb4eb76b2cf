# Sourced: what Slurm itself knows about the jobs of an experiment. Needs lib.sh, and SLURM_CONF of a running cluster.

[[ -n ${SLURM_CONF:-} ]] || fail "SLURM_CONF names no cluster"

tear_down() { # no job of the test stays
  local tokens
  tokens=$(sed -nE 's/.*"token":"([^"]*)".*/\1/p' "$work"/*.stune/journal.jsonl 2>/dev/null | paste -sd,)
  [[ -z $tokens ]] || scancel --me --name="$tokens"
}

tokens_of() { sed -nE 's/.*"token":"([^"]*)".*/\1/p' "$1/journal.jsonl"; } # EXPERIMENT

# No attempt has two jobs, under one token or under two, and none is left in the queue. Sets `jobs`.
check_jobs() { # EXPERIMENT SINCE
  local known accounted=accounted.txt
  tokens_of "$1" | sort >tokens.txt
  until_true '[[ -z $(squeue --me -h -o %j | grep -Fxf tokens.txt) ]]'
  # A job appears in accounting a moment after it has left the queue.
  until_true '! sacct -X -n -P -S '"$2"' -o JobName,State | grep -Ff tokens.txt | grep -qE "RUNNING|PENDING"'
  sacct -X -n -P -S "$2" -o JobID,JobName | grep -Ff tokens.txt | sed 's/_[^|]*|/|/' | sort -u >$accounted
  jobs=$(wc -l <$accounted)
  claim "tokens with two jobs" "$(cut -d'|' -f2 $accounted | sort | uniq -d)" ""
  known=$(cut -d'|' -f2 $accounted | grep -Fxf - tokens.txt)
  claim "attempts with two jobs" "$(grep -F '"type":"intended"' "$1/journal.jsonl" | grep -F "$known" |
    grep -oE '"attempts":.*' | grep -oE '\[[0-9]+,[0-9]+\]' | sort | uniq -d)" ""
}
