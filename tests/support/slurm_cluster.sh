#!/bin/bash
# A real Slurm on this machine, in one folder, for tests.
#
#   slurm_cluster.sh start FOLDER [KEY=VALUE ...]   bring it up; KEY=VALUE replaces a line of slurm.conf (PartitionName=... adds one)
#   slurm_cluster.sh stop FOLDER                    end every daemon and every job of it, keep only the logs
#   slurm_cluster.sh env FOLDER                     print what a shell must export to use it
#   slurm_cluster.sh status FOLDER                  one line for each daemon: up, frozen or down
#   slurm_cluster.sh freeze|thaw|kill|lose|restart FOLDER DAEMON ...   DAEMON: munged mariadbd slurmdbd slurmctld slurmd:n1 .. slurmd:n4
#
# Four nodes n1..n4 of four CPUs each, accounting in an own MariaDB, account `stune`. Everything lives in FOLDER, listens on
# free ports (so that several run side by side, and beside an installed Slurm) and is owned by whoever starts it: root or not.
# `start` does nothing where all of it runs with the same settings, else it begins afresh. `kill` is SIGKILL, and spares the
# running jobs as a crash would; `lose` takes a node with all that runs on it. Sockets need short paths: where FOLDER is deep, a link /tmp/stune.XXXXXX leads to it until `stop`.
set -u
set +m
shopt -s nullglob

readonly nodes=(n1 n2 n3 n4)
readonly daemons=(munged mariadbd slurmdbd slurmctld slurmd:n1 slurmd:n2 slurmd:n3 slurmd:n4)
readonly longest_folder=60 # of the 107 bytes of a socket's path; the rest is /spool/n1/n1_67043328.4294967291
readonly patience=60       # seconds for one daemon, which takes one or two on an idle machine
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C

say() { printf 'slurm_cluster: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# --- one daemon: a pid file holds the pid and the time the process began, so that a reused pid is never mistaken for ours

began() { # PID
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  set -- $stat
  [[ $1 != Z ]] && echo "${20}"
}

pid_of() { # DAEMON
  local pid time
  { read -r pid time <"$folder/run/$1.pid"; } 2>/dev/null || return 1
  [[ -n $time && $(began "$pid") == "$time" ]] && echo "$pid"
}

signal() { # SIGNAL DAEMON
  local pid
  pid=$(pid_of "$2") && kill "-$1" "$pid" 2>/dev/null
}

command_of() { # DAEMON: sets `command`
  case $1 in
    munged)
      command=(munged --foreground --force --key-file="$base/munge.key" --socket="$base/run/munge.socket" --pid-file="$base/run/munged.own"
        --log-file="$base/log/munged.log" --seed-file="$base/run/munge.seed" --num-threads=4) ;;
    mariadbd)
      command=(mariadbd --no-defaults --user="$user" --datadir="$base/db" --socket="$base/run/mariadb.socket" --bind-address=127.0.0.1
        --port="$mariadb_port" --pid-file="$base/run/mariadbd.own" --log-error="$base/log/mariadbd.log" --tmpdir="$base/tmp"
        --init-file="$base/mariadb.sql" --skip-name-resolve --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900
        --innodb-buffer-pool-size=32M --performance-schema=OFF) ;;
    slurmdbd) command=(slurmdbd -D) ;;
    slurmctld) command=(slurmctld -D -i) ;;
    slurmd:*) command=(slurmd -D -N "${1#slurmd:}") ;;
  esac
}

# Slurm binds to every interface, or to what the host's own name means, which is well only where that is a loopback address.
# Elsewhere the controllers get a host name of their own (UTS namespace) and the nodes stay open to all, guarded by munge.
choose_address() {
  address=$(getent ahostsv4 "$HOSTNAME" | awk '{print $1; exit}')
  rename=()
  listen=NoCtldInAddrAny,NoInAddrAny
  [[ $address == 127.* ]] && return
  address=127.0.0.1
  rename=(unshare --uts sh -c 'echo localhost >/proc/sys/kernel/hostname && exec "$@"' sh)
  listen=NoCtldInAddrAny # srun would bind to the outer address, and the nodes call back on the loopback
  "${rename[@]}" true 2>/dev/null || rename=() listen=
}

launch() { # DAEMON: starts it apart from us: own session, no inherited descriptor, nothing of our environment
  local command log=$folder/log/$1.log pid
  command_of "$1"
  (
    cd "$base/tmp" || exit 1
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      ((fd > 2)) && eval "exec $fd>&-"
    done 2>/dev/null
    exec setsid "${rename[@]}" env -i PATH="$PATH" HOME="${HOME:-/}" LC_ALL=C TMPDIR="$base/tmp" SLURM_CONF="$base/slurm.conf" \
      STUNE_TEST_CLUSTER="$cluster" "${command[@]}" </dev/null >>"${log/:/.}" 2>&1
  ) &
  pid=$!
  echo "$pid $(began $pid)" >"$folder/run/$1.pid"
  disown $pid
}

node_state() { # NODE
  timeout 5 sinfo -h -N -n "$1" -p main -o %T 2>/dev/null
}

answers() { # DAEMON: true when it does its work
  case $1 in
    munged) timeout 5 munge --socket="$base/run/munge.socket" --no-input | timeout 5 unmunge --socket="$base/run/munge.socket" ;;
    mariadbd) timeout 5 mariadb --no-defaults --host=127.0.0.1 --port="$mariadb_port" --user=stune --password="$password" slurm_acct_db -e 'select 1' ;;
    slurmdbd) timeout 5 sacctmgr -n show cluster ;;
    slurmctld) timeout 5 scontrol ping | grep -q UP ;;
    slurmd:*) [[ $(node_state "${1#slurmd:}") =~ ^(idle|mixed|allocated|completing)$ ]] ;;
  esac >/dev/null 2>&1
}

await() { # DAEMON
  local end=$((SECONDS + patience))
  until answers "$1"; do
    if ! pid_of "$1" >/dev/null; then
      sorry "$1" "ended at once"
      return 1
    fi
    if ((SECONDS > end)); then
      sorry "$1" "does not answer after $patience s"
      return 1
    fi
    # A node that was seen dead stays down until someone says otherwise.
    [[ $1 == slurmd:* && $(node_state "${1#slurmd:}") =~ ^(down|drain) ]] &&
      timeout 5 scontrol update nodename="${1#slurmd:}" state=resume 2>/dev/null
    sleep 0.1
  done
}

sorry() { # DAEMON WHAT
  local log=$folder/log/${1/:/.}.log
  say "$1 $2; the end of $log:"
  tail -n 15 "$log" >&2
}

# --- the whole

choose_ports() { # eight in a row that nobody listens on, below the range of ephemeral ports
  local used port i
  used=" $(awk 'FNR > 1 {split($2, a, ":"); print a[2]}' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u | tr '\n' ' ') "
  while :; do
    port=$((10000 + SRANDOM % 22000))
    for ((i = 0; i < 8; i++)); do
      [[ $used == *" $(printf %04X $((port + i))) "* ]] && continue 2
    done
    break
  done
  mariadb_port=$port slurmdbd_port=$((port + 1)) slurmctld_port=$((port + 2)) slurmd_port=$((port + 3))
}

write_slurm_conf() { # KEY=VALUE ...
  cat >"$folder/slurm.conf" <<END
ClusterName=$cluster
SlurmctldHost=localhost($address)
SlurmctldPort=$slurmctld_port
${listen:+CommunicationParameters=$listen}
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$base/run/munge.socket,cred_expire=10
StateSaveLocation=$base/state
SlurmdSpoolDir=$base/spool/%n
SlurmctldPidFile=$base/run/slurmctld.own
SlurmdPidFile=$base/run/slurmd.%n.own
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
MpiDefault=none
MailProg=/bin/true
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=5
PriorityType=priority/basic
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=$address
AccountingStoragePort=$slurmdbd_port
AccountingStoragePass=socket=$base/run/munge.socket
AccountingStoreFlags=job_comment
JobRequeue=1
KillWait=5
MinJobAge=300
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=20
NodeName=n[1-4] NodeHostname=localhost NodeAddr=$address Port=[$slurmd_port-$((slurmd_port + 3))] CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
  local pair
  for pair in "$@"; do
    [[ $pair == PartitionName=* ]] || sed -i "/^${pair%%=*}=/Id" "$folder/slurm.conf"
    printf '%s\n' "$pair" >>"$folder/slurm.conf"
  done
}

write_files() { # KEY=VALUE ...
  mkdir -p "$folder"/{run,log,db,state,spool,tmp}
  mkdir -p "${nodes[@]/#/$folder/spool/}"
  chmod 700 "$folder/db"
  cluster=stune_$(printf %08x "$SRANDOM")
  password=$(printf %08x%08x "$SRANDOM" "$SRANDOM")
  (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
  (umask 077 && cat >"$folder/mariadb.sql") <<END
create database if not exists slurm_acct_db;
create or replace user stune@'127.0.0.1' identified by '$password';
grant all on slurm_acct_db.* to stune@'127.0.0.1';
END
  (umask 077 && cat >"$folder/slurmdbd.conf") <<END
AuthType=auth/munge
AuthInfo=socket=$base/run/munge.socket
DbdHost=localhost
DbdAddr=$address
${listen:+CommunicationParameters=NoInAddrAny}
DbdPort=$slurmdbd_port
SlurmUser=$user
PidFile=$base/run/slurmdbd.own
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$mariadb_port
StorageUser=stune
StoragePass=$password
StorageLoc=slurm_acct_db
END
  write_slurm_conf "$@"
  printf '%q ' "$@" >"$folder/overrides"
  declare -p base cluster password mariadb_port rename >"$folder/settings"
  chmod 600 "$folder/settings"
  known=yes
}

make_database() {
  mariadb-install-db --no-defaults --user="$user" --datadir="$base/db" --skip-test-db --auth-root-authentication-method=socket \
    --tmpdir="$base/tmp" >"$folder/log/mariadb-install-db.log" 2>&1 ||
    { sorry mariadb-install-db failed; return 1; }
}

bring_up() { # KEY=VALUE ...
  local daemon
  choose_address
  choose_ports
  write_files "$@"
  export SLURM_CONF=$base/slurm.conf
  launch munged
  make_database || return 1
  launch mariadbd
  await munged && await mariadbd || return 1
  launch slurmdbd
  await slurmdbd || return 1
  sacctmgr -i add cluster "$cluster" >"$folder/log/sacctmgr.log" 2>&1 &&
    sacctmgr -i add account stune cluster="$cluster" Description=tests Organization=tests >>"$folder/log/sacctmgr.log" 2>&1 &&
    sacctmgr -i add user "$user" account=stune cluster="$cluster" DefaultAccount=stune >>"$folder/log/sacctmgr.log" 2>&1 ||
    { sorry sacctmgr failed; return 1; }
  launch slurmctld
  await slurmctld || return 1
  for daemon in "${daemons[@]:4}"; do launch "$daemon"; done
  for daemon in "${daemons[@]:4}"; do await "$daemon" || return 1; done
}

all_answer() {
  local daemon
  for daemon in "${daemons[@]}"; do
    pid_of "$daemon" >/dev/null && answers "$daemon" || return 1
  done
}

start() { # KEY=VALUE ...
  local attempt missing=() program
  for program in munged mariadbd mariadb-install-db slurmdbd slurmctld slurmd sbatch; do
    command -v $program >/dev/null || missing+=("$program")
  done
  ((${#missing[@]} == 0)) || die "not found: ${missing[*]} (Debian: apt install slurm-wlm slurmdbd munge mariadb-server)"
  for pair in "$@"; do [[ $pair =~ ^[A-Za-z]+= ]] || die "not KEY=VALUE: $pair"; done
  if [[ $known && $(cat "$folder/overrides" 2>/dev/null) == "$(printf '%q ' "$@")" ]] && all_answer; then
    return 0
  fi
  trap 'stop; exit 130' INT TERM HUP
  for attempt in 1 2 3; do
    stop
    rm -rf "${folder:?}"/{log,overrides}
    if ((${#folder} > longest_folder)); then
      base=$(mktemp -u /tmp/stune.XXXXXX)
      ln -s "$folder" "$base" || die "cannot make the link $base"
    else
      base=$folder
    fi
    bring_up "$@" && return 0
    if ! grep -rqi 'address already in use' "$folder/log"; then
      break
    fi
    say "a port was taken meanwhile; once more"
  done
  stop
  die "did not start; all logs are in $folder/log"
}

# Processes that belong to the cluster by what their environment says: daemons, the step daemons they start, the jobs' own.
processes() { # [VARIABLE=VALUE]: only those with it, too
  local file
  for file in /proc/[0-9]*/environ; do
    if grep -qszE "^(STUNE_TEST_CLUSTER|SLURM_CLUSTER_NAME)=$cluster\$" "$file" 2>/dev/null &&
      { [[ -z ${1:-} ]] || grep -qsz "^$1\$" "$file" 2>/dev/null; }; then
      file=${file%/environ}
      echo "${file#/proc/}"
    fi
  done
}

stop() {
  if [[ $known ]]; then
    local end=$((SECONDS + 10)) pids daemon
    for daemon in "${daemons[@]}"; do signal KILL "$daemon"; done
    while pids=$(processes) && [[ $pids ]]; do
      ((SECONDS > end)) && die "these processes do not end:" $pids
      kill -KILL $pids 2>/dev/null
      sleep 0.02
    done
    [[ $base != "$folder" && $(readlink "$base") == "$folder" ]] && rm -f "$base"
    known=
  fi
  rm -rf "${folder:?}"/{run,db,state,spool,tmp,settings,slurm.conf,slurmdbd.conf,mariadb.sql,munge.key}
  return 0
}

# First what would tell of it: nobody hears from a machine that is gone.
lose() { # DAEMON
  local jobs parents=() pid
  signal KILL "$1"
  jobs=$(processes "SLURMD_NODENAME=${1#slurmd:}")
  for pid in $jobs; do
    parents+=($(awk '$1 == "PPid:" {print $2}' "/proc/$pid/status" 2>/dev/null))
  done
  for pid in "${parents[@]}"; do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == slurmstepd ]] && kill -KILL "$pid" 2>/dev/null
  done
  [[ -z $jobs ]] || kill -KILL $jobs 2>/dev/null
  return 0
}

restart() { # DAEMON
  signal KILL "$1"
  launch "$1"
  await "$1"
}

status() {
  local daemon pid state
  for daemon in "${daemons[@]}"; do
    state=down
    if pid=$(pid_of "$daemon"); then
      state=up
      grep -q '^State:.*T' "/proc/$pid/status" && state=frozen
    fi
    printf '%-10s %s\n' "$daemon" $state
  done
}

usage() { sed -n '2,/^set -u/{/^set -u/d; s/^# \{0,1\}//; p}' "$0"; }

(($# >= 2)) || { usage >&2; exit 2; }
action=$1
mkdir -p "$2" && folder=$(cd "$2" && pwd -P) || exit 1
shift 2
user=$(id -un)
known=
exec {lock}<"$folder" && flock "$lock" || exit 1
if [[ -e $folder/settings ]]; then
  . "$folder/settings"
  known=yes
  export SLURM_CONF=$base/slurm.conf
fi

case $action in
  start) start "$@" ;;
  stop) stop ;;
  env) echo "export SLURM_CONF=$(printf %q "$folder/slurm.conf")" ;;
  status) status ;;
  freeze | thaw | kill | lose | restart)
    [[ $known ]] || die "no cluster runs in $folder"
    for daemon in "$@"; do
      [[ " ${daemons[*]} " == *" $daemon "* ]] || die "no such daemon: $daemon; there are ${daemons[*]}"
      case $action in
        freeze) signal STOP "$daemon" ;;
        thaw) signal CONT "$daemon" ;;
        kill) signal KILL "$daemon" ;;
        lose) lose "$daemon" ;;
        restart) restart "$daemon" ;;
      esac || die "cannot $action $daemon"
    done
    ;;
  *) usage >&2; exit 2 ;;
esac
