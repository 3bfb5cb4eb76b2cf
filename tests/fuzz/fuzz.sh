#!/bin/bash
# fuzz.sh [SECONDS]: libFuzzer on every parser, so many seconds each (default 5), with address and undefined behaviour
# sanitizers. Needs Debian's clang-14 and libclang-rt-14-dev; ends with 77 where they are missing. What it learns is kept in
# build/fuzz/corpus, what breaks a parser in build/fuzz/.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-5}
[[ $(command -v clang++-14) && -e $(clang++-14 -print-file-name=libclang_rt.fuzzer-x86_64.a) ]] ||
  { echo "no libFuzzer here (Debian: apt install clang-14 libclang-rt-14-dev)"; exit 77; }
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target fuzz_parsers --parallel 2
cd build/fuzz
for target in $(tests/fuzz/fuzz_parsers); do
  mkdir -p "corpus/$target"
  tests/fuzz/fuzz_parsers "--target=$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
    -artifact_prefix="$target-" "corpus/$target" >"$target.log" 2>&1 ||
    { echo "$target: BROKEN, see build/fuzz/$target.log"; tail -n 30 "$target.log"; exit 1; }
  echo "$target: $(grep -oE 'Done [0-9]+ runs' "$target.log"), corpus of $(ls "corpus/$target" | wc -l)"
done
