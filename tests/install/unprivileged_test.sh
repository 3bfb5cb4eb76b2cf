#!/bin/bash
# A person without root: installs the build below a folder of theirs, and tunes with it. As root this becomes nobody first.
# usage: unprivileged_test.sh CMAKE BUILD_FOLDER
set -eu
cmake=$1 build=$2
home=$(mktemp -d /tmp/stune-home.XXXXXX)
trap 'rm -rf "$home"' EXIT
"$cmake" --install "$build" --prefix "$home/.local" >/dev/null
become=()
if [[ $(id -u) == 0 ]]; then
  chown -R nobody "$home"
  become=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi
cd "$home"
"${become[@]}" env -i HOME="$home" PATH="$home/.local/bin:/usr/bin:/bin" bash -eu <<'END'
mkdir work && cd work
stune run --runner local --param "x = float(-1, 2)" --minimize loss --trials 6 --parallel 2 --seed 1 -- \
  sh -c 'stune metric loss=$(echo "$1 $1" | awk "{print \$1 * \$2}")' trial {x}
stune best
[[ $(stune status --json | grep -o '"completed": *[0-9]*' | grep -o '[0-9]*$') == 6 ]]
END
