#!/bin/bash
# fuzz.sh [SECONDS]: libFuzzer on every parser, two at a time, so many seconds each (default 5), with address and undefined
# behaviour sanitizers. Needs Debian's clang-14 and libclang-rt-14-dev; ends with 77 where they are missing. What it learns is kept in
# build/asan/fuzz/corpus, what breaks a parser in build/asan/fuzz/.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-5}
[[ $(command -v clang++-14) && -e $(clang++-14 -print-file-name=libclang_rt.fuzzer-x86_64.a) ]] ||
  { echo "no libFuzzer here (Debian: apt install clang-14 libclang-rt-14-dev)"; exit 77; }
cmake --preset asan >/dev/null
cmake --build --preset asan --target fuzz_parsers
mkdir -p build/asan/fuzz
cd build/asan/fuzz
try() { # TARGET SECONDS
  mkdir -p "corpus/$1"
  ../tests/fuzz/fuzz_parsers "--target=$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
    -artifact_prefix="$1-" "corpus/$1" >"$1.log" 2>&1 ||
    { echo "$1: BROKEN, see build/asan/fuzz/$1.log"; tail -n 30 "$1.log"; exit 255; } # which ends xargs
  echo "$1: $(grep -oE 'Done [0-9]+ runs' "$1.log"), corpus of $(ls "corpus/$1" | wc -l)"
}
export -f try
../tests/fuzz/fuzz_parsers | xargs -P 2 -I TARGET bash -c 'try TARGET "$0"' "$seconds"
