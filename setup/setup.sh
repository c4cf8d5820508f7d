#!/usr/bin/env bash
# Sets dotf up: builds what is missing, installs, makes a home, starts the agent, watches a folder,
# and proves all that with a file of its own. A second run changes nothing.
set -euo pipefail

usage() {
  cat <<'END'
usage: setup/setup.sh [FOLDER] [options]

  FOLDER             watch this folder (made if missing); without it, only store for others
  --home DIR         where all state is (default: $DOTF_HOME, else ~/.dotf)
  --port N           TCP port for peers (default 8080; the next free one if it is taken)
  --join TICKET|-    enter the group of this ticket (-: the first line of standard input)
  --recover          bring back a vault: reads its 24 words from standard input
  --keep             store and send the folder's files, never replace them by stubs
  --no-service       run the agent in the background, without the service manager
  --dry-run          print what would be done, and do nothing
  --uninstall        stop the agent, remove program and service; the home stays
    --restore        bring every file back first (refused with stubs otherwise)
    --purge          remove the home as well, unless something still needs its blocks

It asks before it begins, on a terminal; elsewhere the defaults are taken, and printed.
END
}

# ---- words ----------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
step() { printf '== %s\n' "$*"; }
already() { printf '   already: %s\n' "$*"; }
fail() {
  local code=$1
  shift
  printf 'setup: %s\n' "$*" >&2
  exit "$code"
}

# Does it, or with --dry-run says what would be done.
act() {
  if $dry_run; then
    printf '   would run: %s\n' "$*"
  else
    "$@"
  fi
}

# Asks on a terminal; elsewhere takes the default and prints it. The answer is in $answer.
ask() {
  local question=$1 default=$2
  answer=$default
  if $interactive; then
    read -r -p "   $question [$default] " answer </dev/tty
    answer=${answer:-$default}
  else
    say "   $question: $default"
  fi
}

# Asks for a yes, which is the default.
agreed() {
  ask "$1 (y/n)" y
  case $answer in
    [yY]*) return 0 ;;
  esac
  return 1
}

interrupted() {
  printf '\nsetup: interrupted; run it again, and it goes on from here\n' >&2
  exit 130
}
trap interrupted INT TERM

# ---- what was asked for ---------------------------------------------------------------------------

folder='' home=${DOTF_HOME:-} port='' ticket='' recover=false keep=false service=true
dry_run=false uninstall=false restore=false purge=false
while [ $# -gt 0 ]; do
  case $1 in
    --home | --port | --join)
      [ $# -ge 2 ] || fail 2 "$1 needs a value; see --help"
      case $1 in
        --home) home=$2 ;;
        --port) port=$2 ;;
        --join) ticket=$2 ;;
      esac
      shift
      ;;
    --recover) recover=true ;;
    --keep) keep=true ;;
    --no-service) service=false ;;
    --dry-run) dry_run=true ;;
    --uninstall) uninstall=true ;;
    --restore) restore=true ;;
    --purge) purge=true ;;
    --help | -h)
      usage
      exit 0
      ;;
    -*) fail 2 "there is no option $1; see --help" ;;
    *)
      [ -z "$folder" ] || fail 2 "one folder at a time; add others later with: dotf add FOLDER"
      folder=$1
      ;;
  esac
  shift
done
if ! $uninstall && { $restore || $purge; }; then
  fail 2 "--restore and --purge belong to --uninstall; see --help"
fi
if [ -n "$port" ]; then
  case $port in
    *[!0-9]*) fail 2 "--port needs a number from 0 to 65535, not $port" ;;
  esac
  [ "$port" -le 65535 ] || fail 2 "--port needs a number from 0 to 65535, not $port"
fi
[ -n "${HOME:-}" ] || fail 1 "HOME is not set"
SHELL=${SHELL:-/bin/sh}
absolute() {
  local path=${1%/}
  case $path in
    /* | '') printf '%s' "${path:-/}" ;;
    *) printf '%s/%s' "$PWD" "$path" ;;
  esac
}
home=$(absolute "${home:-$HOME/.dotf}")
[ -z "$folder" ] || folder=$(absolute "$folder")

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
dist=$root/service/target/dist
program=$HOME/.local/lib/dotf
command_link=$HOME/.local/bin/dotf
units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
plist=$HOME/Library/LaunchAgents/dotf.plist
interactive=false
if [ -t 0 ] && [ -t 1 ]; then
  interactive=true
fi
# shellcheck source=setup/bin/find-jdk.sh
. "$here/bin/find-jdk.sh"

dotf() { "$program/bin/dotf" --home "$home" "$@"; }
# The socket answers only while an agent runs.
agent_runs() { [ -x "$program/bin/dotf" ] && [ -e "$home/format" ] && dotf status >/dev/null 2>&1 </dev/null; }

# The sum of a number in $status, the agent's status document.
status_sum() {
  printf '%s' "$status" | awk -v key="\"$1\" *: *[0-9]+" '{
    while (match($0, key)) {
      value = substr($0, RSTART, RLENGTH)
      $0 = substr($0, RSTART + RLENGTH)
      sub(/.*: */, "", value)
      sum += value
    }
  }
  END { print sum + 0 }'
}
# shellcheck source=setup/steps/hints.sh
. "$here/steps/hints.sh"
# shellcheck source=setup/steps/plan.sh
. "$here/steps/plan.sh"
# shellcheck source=setup/steps/build.sh
. "$here/steps/build.sh"
# shellcheck source=setup/steps/home.sh
. "$here/steps/home.sh"
# shellcheck source=setup/steps/agent.sh
. "$here/steps/agent.sh"
# shellcheck source=setup/steps/folder.sh
. "$here/steps/folder.sh"
# shellcheck source=setup/steps/uninstall.sh
. "$here/steps/uninstall.sh"

# ---- in order -------------------------------------------------------------------------------------

restart_needed=false new_home=true status='' answer=''
if $uninstall; then
  uninstall_all
  exit 0
fi
if [ "$ticket" = - ]; then
  IFS= read -r ticket || fail 2 "--join - found no ticket on standard input"
fi
step "Java"
need_jdk
need_maven
plan
build
install_program
make_home
start_agent
join_group
add_folder
speed_up
prove
$dry_run || farewell
