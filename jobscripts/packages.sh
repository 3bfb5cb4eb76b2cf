#!/bin/bash
# packages.sh GROUP ...: installs what is missing of the Debian 12 packages of build, tests, check; asks apt for nothing else.
# As an ordinary user it only says what is missing. On another system it leaves everything to CMake.
set -eu

build="g++ make cmake libeigen3-dev nlohmann-json3-dev libcli11-dev libhdf5-dev libsqlite3-dev libboost-dev libopenmpi-dev openmpi-bin python3-plotly esbuild"
tests="libgtest-dev libgmock-dev slurm-wlm slurmdbd munge mariadb-server python3-h5py python3-sklearn procps chromium chromium-driver python3-selenium"
mpich="mpich libmpich-dev" # for the preset of that name; Open MPI stays the usual one
check="clang-format clang-tidy clang-14 libclang-rt-14-dev git"

command -v dpkg-query >/dev/null || exit 0
wanted=()
for group in "$@"; do
  case $group in
    build | tests | mpich | check) read -ra list <<<"${!group}" && wanted+=("${list[@]}") ;;
    *) echo "packages.sh: no group $group; there are build, tests, mpich, check" >&2 && exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

command="apt-get install --no-install-recommends ${missing[*]}"
if ((EUID != 0)); then
  echo "These Debian packages are missing; ask whoever administers this machine for" >&2
  echo "  $command" >&2
  exit 1
fi
echo "Installing ${missing[*]}"
# Debian starts a daemon as soon as it is installed; ours start when a test needs them, in a folder of their own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
