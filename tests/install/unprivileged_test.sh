#!/bin/bash
# A person without root: installs stune below a folder of theirs, and tunes with it. As root this becomes nobody first.
# With a BUILD_FOLDER it is installed from there; without one it is configured and built from its sources by the very commands of
# README.md, which takes minutes. usage: unprivileged_test.sh CMAKE [BUILD_FOLDER]
set -eu
cmake=$1 build=${2:-}
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$(mktemp -d /tmp/stune-home.XXXXXX)
trap 'rm -rf "$home"' EXIT
become=()
if [[ $(id -u) == 0 ]]; then become=(setpriv --reuid nobody --regid nogroup --clear-groups); fi
as_user() { # COMMANDS in the user's home
  if [[ $(id -u) == 0 ]]; then chown -R nobody "$home"; fi
  (cd "$home" && "${become[@]}" env -i HOME="$home" PATH="$home/.local/bin:/usr/bin:/bin" bash -eu -c "$1")
}

if [[ $build ]]; then
  "$cmake" --install "$build" --prefix "$home/.local" >/dev/null
else
  git -C "$root" archive --prefix stune/ HEAD | tar -x -C "$home"
  commands=$(awk '/^## Installing without root/ { on = 1; next } /^## / { on = 0 } on' "$root/README.md" | sed -n 's/^    //p')
  [[ $commands == *"cmake -S . -B build"*"cmake --install build"* ]] || { echo "README.md has no such commands" >&2; exit 1; }
  commands=${commands//'/path/to/eigen;/path/to/cli11;/path/to/nlohmann-json'//usr}
  as_user "module() { echo 'what \"module $*\" would load is there'; }; cd stune; $commands; command -v stune"
fi

as_user '
mkdir work && cd work
stune run --runner local --param "x = float(-1, 2)" --minimize loss --trials 6 --parallel 2 --seed 1 -- \
  sh -c "stune metric loss=\$(echo \"\$1 \$1\" | awk \"{print \\\$1 * \\\$2}\")" trial {x}
stune best
[[ $(stune status --json | grep -o "\"completed\": *[0-9]*" | grep -o "[0-9]*\$") == 6 ]]'
