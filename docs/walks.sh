#!/usr/bin/env bash
# Records docs/walks.md: ten walks of a newcomer, each in a fresh clone and an empty home, each to
# the end at which a file came back and was compared. Fails when one of them does.
#
#   docs/walks.sh [NAME...]    all of them, or those named, which are printed and not written
#
# Takes about ten minutes; with WALKS_TREE naming a tree that is built, less. Where it may, it works
# in networks and with mounts of its own, so that nothing of this machine shows, and walks take place
# side by side; elsewhere port 8080 must be free, and what needs a mount is skipped.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
all=(alone two-machines nas busy-port no-path no-jdk small-disk lang-c no-systemd second-run)

# ---- outside: a clone, a build, and a place to work in ---------------------------------------------

outside() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/dotf-walks.XXXXXX")
  export WALKS_WORK=$work
  export MAVEN_OPTS="${MAVEN_OPTS:-} -Dmaven.repo.local=${MAVEN_REPOSITORY:-$HOME/.m2/repository}"
  trap 'rm -rf "$work"' EXIT
  local walks=("$@") apart=() walking=() name failed=0
  [ $# -gt 0 ] || walks=("${all[@]}")
  build_once
  if unshare --net --mount true 2>/dev/null; then
    apart=(unshare --net --mount)
  elif (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then
    echo "walks: port 8080 is taken here, and no network of its own can be made; free it" >&2
    exit 1
  fi
  for name in "${walks[@]}"; do
    if [ ${#apart[@]} = 0 ]; then
      WALKS_APART=false "$here/walks.sh" --inside "$name" || failed=1
      continue
    fi
    while [ "$(jobs -r | wc -l)" -ge 3 ]; do
      sleep 0.5
    done
    WALKS_APART=true "${apart[@]}" "$here/walks.sh" --inside "$name" &
    walking+=($!)
  done
  for name in ${walking[@]+"${walking[@]}"}; do
    wait "$name" || failed=1
  done
  if [ $# -gt 0 ]; then
    cat "$work"/*.md
  elif [ $failed = 0 ]; then
    page >"$here/walks.md"
  fi
  return $failed
}

# The clone that all walks copy. The first build downloads, which a network of its own could not.
build_once() {
  if [ -n "${WALKS_TREE:-}" ]; then
    cp -a "$WALKS_TREE" "$work/clone"
  else
    git clone --quiet --no-hardlinks "$root" "$work/clone"
  fi
  mkdir "$work/builder"
  echo "walks: building" >&2
  if ! HOME=$work/builder "$work/clone/setup/setup.sh" --no-service --port 0 </dev/null \
    >"$work/build.log" 2>&1; then
    cat "$work/build.log" >&2
    exit 1
  fi
  HOME=$work/builder "$work/clone/setup/setup.sh" --uninstall --purge </dev/null >/dev/null
  sed -n '/^== Build/,/^== Install/p' "$work/build.log" | sed '1d;$d' >"$work/build.lines"
}

page() {
  cat <<'TEXT'
# Ten walks

What a newcomer types and sees, recorded by `docs/walks.sh` on Linux. Each walk begins in a fresh clone of this
repository, `~/dotf`, and in a home that is empty but for `~/photos`; each ends with a file that came back and was compared.
All clones are copies of one that was built; only the first walk shows that build, whose libraries were there before.
Hashes, ids, tickets, dates and free space are made alike in all of them: `4f1e…` is any hash.

TEXT
  local name
  for name in "${all[@]}"; do
    [ ! -e "$work/$name.md" ] || cat "$work/$name.md"
  done
}

# ---- inside: one walk -----------------------------------------------------------------------------

work=${WALKS_WORK:-}
who='' home='' place='' walk_path=''

# A heading, and in one line what the walk shows.
title() { printf '## %s\n\n%s\n\n```console\n' "$1" "$2"; }

# Programs of this machine but a service manager and Java, which each walk has as it needs them.
tools() {
  local directory program
  mkdir "$work/$1.bin"
  local IFS=:
  for directory in $PATH; do
    for program in "$directory"/*; do
      case ${program##*/} in
        java | javac | systemctl | loginctl | '*') ;;
        *) [ ! -x "$program" ] || [ -e "$work/$1.bin/${program##*/}" ] ||
          ln -s "$program" "$work/$1.bin/" ;;
      esac
    done
  done
}

# A user with a clone, a picture and a text; $2 is what the prompt says.
newcomer() {
  who=${2:-} place=$work/$name.$1
  [ -d "$place" ] || mkdir "$place"
  home=$place/home
  mkdir -p "$home/photos" "$place/tmp"
  cp -a "$work/clone" "$home/dotf"
  ( set +o pipefail
    yes 'What a newcomer types and sees.' | head -c 3000000 >"$home/photos/lake.jpg"
    seq 1 60000 >"$home/photos/list.txt" )
  walk_path=$home/.local/bin:$work/$name.bin
  cd "$home/dotf"
}

# Runs a line as the newcomer, in the environment that more names, and shows both.
more=()
line() {
  local code=0
  printf '%s$ %s\n' "$who" "$1"
  env -i HOME="$home" USER=ada SHELL=/bin/bash LANG=C.UTF-8 TMPDIR="$place/tmp" \
    PATH="$walk_path" MAVEN_OPTS="$MAVEN_OPTS" ${more[@]+"${more[@]}"} \
    bash -c "$1" bash </dev/null 2>&1 || code=$?
  return $code
}

# Lines that must succeed, each.
run() {
  local each
  for each in "$@"; do
    line "$each" || { echo "walks: this failed: $each" >&2 && exit 1; }
  done
}

# A line that must fail.
fails() {
  ! line "$1" || { echo "walks: this should have failed: $1" >&2 && exit 1; }
}

# As run, but unseen.
quietly() { line "$1" >/dev/null || { echo "walks: this failed: $1" >&2 && exit 1; }; }

# Waits until a file is there, a minute or two: others may need the cores as well.
until_file() {
  quietly "for i in {1..600}; do [ ! -e ~/${1:-Sync/lake.jpg} ] || exit 0; sleep 0.2; done; exit 1"
}
until_stub() { until_file "${1:-Sync/lake.jpg}.f"; }

# From the copy in the folder to a file that came back.
there_and_back() {
  run 'cp ~/photos/lake.jpg ~/Sync'
  until_stub
  run 'dotf ls' 'head -3 ~/Sync/lake.jpg.f'
  back
}

back() {
  until_file
  run 'ls ~/Sync' 'cmp ~/photos/lake.jpg ~/Sync/lake.jpg && echo the same'
}

walk_alone() {
  title "1. Alone" "One machine, nobody else: what a file dropped into the folder becomes, and how it comes back."
  newcomer ada
  run 'setup/setup.sh ~/Sync' | sed -e "/already: built, in/{r $work/build.lines" -e 'd;}'
  there_and_back
  run 'dotf status' 'dotf phrase'
}

walk_two-machines() {
  title "2. Two machines" "A second machine holds copies; then the first is lost, and a new one brings all back from the 24 words."
  newcomer laptop 'laptop'
  run 'setup/setup.sh ~/Sync >setup.log; tail -4 setup.log' 'dotf invite >~/ticket'
  local laptop=$home
  newcomer nas 'nas'
  cp "$laptop/ticket" "$home/ticket"
  run 'setup/setup.sh --join - <~/ticket'
  back_to laptop
  run 'cp ~/photos/lake.jpg ~/Sync'
  until_stub
  run 'dotf wait --timeout 2m' 'dotf where ~/Sync/lake.jpg.f' 'dotf peers'
  quietly 'for i in {1..100}; do dotf where ~/Sync/lake.jpg.f | grep -q "1 other" && exit; sleep 0.5; done; exit 1'
  cp "$home/.dotf/keys/recovery-phrase.txt" "$work/words"
  stop_agents "$home"
  rm -rf "$home"
  echo '... the laptop is stolen; the words are on paper ...'
  back_to nas
  run 'dotf invite >~/ticket'
  cat "$home/ticket" "$work/words" >"$work/ticket-and-words"
  newcomer new 'new-laptop'
  cp "$work/ticket-and-words" "$home"
  run 'setup/setup.sh ~/Sync --join - --recover <~/ticket-and-words' 'ls ~/Sync' 'cat ~/Sync/lake.jpg.f | head -1'
  back
}

walk_nas() {
  title "3. A NAS as holder" "A directory on another disk holds sealed copies; with them there, space on this disk is given back."
  newcomer ada
  run 'setup/setup.sh ~/Sync >setup.log; tail -4 setup.log'
  mkdir "$work/nas.mnt"
  if ! line 'dotf help | grep -q "^  holder"' >/dev/null; then
    return 9
  fi
  run "dotf holder add $work/nas.mnt --yes" 'dotf config copies 1' 'cp ~/photos/lake.jpg ~/Sync'
  until_stub
  run 'dotf wait --timeout 2m' 'dotf holder list' 'dotf where ~/Sync/lake.jpg.f' 'dotf free ~/Sync' \
    'dotf status' 'head -1 ~/Sync/lake.jpg.f'
  back
}

walk_busy-port() {
  title "4. Port 8080 is busy" "Another program has the port: the agent takes the next free one and says who has 8080."
  newcomer ada
  python3 -m http.server 8080 >/dev/null 2>&1 &
  echo $! >"$work/$name.server"
  for _ in {1..100}; do
    ! (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null || break
    sleep 0.1
  done
  run 'setup/setup.sh ~/Sync' 'dotf status'
  there_and_back
}

walk_no-path() {
  title "5. No PATH" "The shell does not find dotf after the setup; the line that the setup printed mends that."
  newcomer ada
  walk_path=$work/$name.bin
  run 'setup/setup.sh ~/Sync'
  fails 'dotf ls'
  # shellcheck disable=SC2016 # a line of the walk
  run 'export PATH="$HOME/.local/bin:$PATH"; dotf ls'
  walk_path=$home/.local/bin:$walk_path
  there_and_back
}

walk_no-jdk() {
  title "6. No JDK 25" "Java is missing, as on a fresh Fedora: the setup says how to install it, and goes on when it is there."
  newcomer ada
  mkdir -p "$work/bare/etc"
  echo 'ID=fedora' >"$work/bare/etc/os-release"
  more=(DOTF_ROOT="$work/bare")
  fails 'setup/setup.sh ~/Sync'
  more=()
  echo '... after that command ...'
  run 'setup/setup.sh ~/Sync >setup.log; tail -4 setup.log'
  there_and_back
}

walk_small-disk() {
  title "7. One gigabyte free" "The disk is small: dotf leaves the reserve alone, says what it waits for, and goes on when it may."
  mkdir "$work/$name.ada"
  $WALKS_APART && mount -t tmpfs -o size=1100m dotf-walk "$work/$name.ada" || return 9
  newcomer ada
  run 'df -h --output=size,avail ~' 'setup/setup.sh ~/Sync' 'cp ~/photos/lake.jpg ~/Sync'
  fails 'dotf wait --timeout 30s'
  run 'dotf ls' 'dotf why ~/Sync/lake.jpg' 'dotf config reserve 100MB'
  until_stub
  run 'dotf ls' 'head -1 ~/Sync/lake.jpg.f'
  back
}

walk_lang-c() {
  title "8. LANG=C" "A locale without UTF-8: names with other letters are stored and come back all the same."
  newcomer ada
  more=(LANG=C LC_ALL=C)
  run 'setup/setup.sh ~/Sync >setup.log; tail -4 setup.log' 'mkdir ~/Sync/Füße' 'cp ~/photos/list.txt ~/Sync/Füße/größe.txt'
  until_stub Sync/Füße/größe.txt
  run 'dotf ls' 'head -2 ~/Sync/Füße/größe.txt.f'
  until_file Sync/Füße/größe.txt
  run 'cmp ~/photos/list.txt ~/Sync/Füße/größe.txt && echo the same'
}

walk_no-systemd() {
  title "9. No systemd" "Nothing starts the agent with the machine, as in a container: it is started by hand, and all is as it was."
  newcomer ada
  run 'setup/setup.sh ~/Sync' 'cp ~/photos/lake.jpg ~/Sync'
  until_stub
  stop_agents "$home"
  echo '... the machine was switched off and on ...'
  fails 'dotf ls'
  run 'dotf start' 'dotf ls' 'dotf restore ~/Sync/lake.jpg.f'
  back
}

walk_second-run() {
  title "10. A second run" "The setup again, which changes nothing; then all is taken away again, which would cost no file."
  newcomer ada
  run 'setup/setup.sh ~/Sync >setup.log; tail -4 setup.log' 'cp ~/photos/lake.jpg ~/Sync'
  until_stub
  run 'setup/setup.sh ~/Sync'
  fails 'setup/setup.sh --uninstall'
  run 'setup/setup.sh --uninstall --restore --purge' 'ls -a ~ ~/Sync'
  back
}

# Lets another user of this walk go on.
back_to() {
  place=$work/$name.$1 who=$1
  home=$place/home
  walk_path=$home/.local/bin:$work/$name.bin
  cd "$home/dotf"
}

# Ends the agent of a home, unless that process is not of this walk.
stop_agents() {
  local pid
  [ -s "$1/.dotf/agent.pid" ] || return 0
  pid=$(cat "$1/.dotf/agent.pid")
  grep -qsa -- "$work" "/proc/$pid/cmdline" || return 0
  kill "$pid"
  for _ in {1..600}; do
    [ -d "/proc/$pid" ] || break
    sleep 0.1
  done
}

finish() {
  local each
  [ ! -s "$work/$name.server" ] || kill "$(cat "$work/$name.server")" 2>/dev/null || true
  for each in "$work/$name".*/home; do
    stop_agents "$each"
  done
  cd /
  rm -rf "$work/$name".*/home "$work/$name.bin"
}

# Takes out of a transcript what belongs to this machine and this run.
alike() {
  local each edits=()
  for each in "$work/$name".*; do
    edits+=(-e "s|$each/home|~|g" -e "s|$each/tmp|/tmp|g")
  done
  sed -E "${edits[@]}" -e "s|$work/nas.mnt|/mnt/nas|g" -e "s|$work|/tmp|g" \
    -e 's|(new enough: ).*|\1/usr/lib/jvm/jdk-25|' \
    -e 's/\b[0-9a-f]{64}\b/4f1e…/g' -e 's/\b[0-9a-f]{12}\b/4f1e…/g' \
    -e 's/(process|pid) [0-9]+/\1 1234/g' \
    -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}([ T])[0-9:]+/2026-11-25\112:00/g' \
    -e 's/[0-9.]+ [KMGT]B free/40 GB free/' -e 's/(127\.0\.0\.1:)[0-9]{5}/\140000/' \
    -e 's/[ \t]+$//'
}

inside() {
  name=$1
  local code=0
  echo "walks: $name" >&2
  if $WALKS_APART; then
    ip link set lo up
  fi
  tools "$name"
  trap finish EXIT
  (set -e; "walk_$name") >"$work/$name.raw" 2>"$work/$name.errors" || code=$?
  alike <"$work/$name.raw" >"$work/$name.md"
  printf '```\n\n' >>"$work/$name.md"
  case $code in
    0) ;;
    9)
      echo "walks: skipped here: $name" >&2
      rm "$work/$name.md"
      ;;
    *)
      cat "$work/$name.raw" "$work/$name.errors" >&2
      exit 1
      ;;
  esac
}

if [ "${1:-}" = --inside ]; then
  inside "$2"
else
  outside "$@"
fi
