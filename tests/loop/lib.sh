# Sourced by the tests of the whole program:  . lib.sh STUNE_PROGRAM
# Makes a folder of its own and works there; whatever ends the test, no process of it and no file stays.
set -u
export LC_ALL=C
program=$(readlink -f "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
examples=$here/../../jobscripts/examples
work=$(mktemp -d "${TMPDIR:-/tmp}/stune-loop.XXXXXX")
mark=loop-$$-$SRANDOM
claims=0
patience=${STUNE_TEST_PATIENCE:-60} # seconds for what takes one or two on an idle machine
cd "$work" || exit 1
exec {never}<> <(:) # a descriptor on which nothing ever arrives

pause() { read -rt "$1" -u "$never" || :; } # SECONDS, without a process

# Every process of this test has the mark in its environment, however far it went from its parent; trials inherit it.
stune() { STUNE_LOOP_TEST=$mark "$program" "$@"; }
begin() { STUNE_LOOP_TEST=$mark "$program" "$@" & coordinator=$!; }

processes() { # of this test, other than the test itself
  local file
  for file in /proc/[0-9]*/environ; do
    if grep -qsz "^STUNE_LOOP_TEST=$mark\$" "$file" 2>/dev/null; then
      file=${file%/environ}
      echo "${file#/proc/}"
    fi
  done
}

clean_up() {
  local pids
  if declare -F tear_down >/dev/null; then tear_down; fi
  while pids=$(processes) && [[ $pids ]]; do
    kill -KILL $pids 2>/dev/null
    pause 0.05
  done
  cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
  echo "FAILED: $*" >&2
  if declare -F evidence >/dev/null; then evidence >&2; fi
  exit 1
}

claim() { # WHAT FOUND EXPECTED
  [[ $2 == "$3" ]] || fail "$1: found $(printf %q "$2"), expected $(printf %q "$3")"
  claims=$((claims + 1))
}

claim_says() { # WHAT TEXT PATTERN: an extended regular expression
  grep -qE -- "$3" <<<"$2" || fail "$1: $(printf %q "$3") is not in: $2"
  claims=$((claims + 1))
}

until_true() { # COMMAND: waits for what others do in their own time
  local end=$((SECONDS + patience))
  until eval "$1"; do
    ((SECONDS < end)) || fail "still not after $patience s: $1"
    pause 0.05
  done
}

# One line for each trial: number, status, objective, how many final results it has, then the objects with its parameters and
# attempts. Keys of the JSON are in the order of the alphabet.
trial_lines() { # EXPERIMENT
  stune trials "$1" --json | sed 's/{"attempts":/\n&/g' | sed -nE \
    's/^\{"attempts":(\[.*\]),"by_hand":.*"objective":([^,]*),"observations":(\[[^]]*\]),"parameters":(\{.*\}),"reason":.*"status":"([a-z_]*)","trial":([0-9]+).*/\6\t\5\t\2\t\3\t\4\t\1/p' |
    awk -F'\t' -v OFS='\t' '{ print $1, $2, $3, gsub(/"mean":/, "", $4), $5, $6 }'
}

count_status() { # EXPERIMENT KEY: as in completed failed running
  stune status "$1" --json | sed -nE 's/.*"trials":\{([^}]*)\}.*/\1/p' | tr ',' '\n' | sed -n "s/^\"$2\"://p"
}

value_of() { # JSON KEY: of a number
  sed -nE "s/.*\"$2\":(-?[0-9.e+-]+).*/\1/p" <<<"$1"
}
