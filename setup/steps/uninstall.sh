# A part of setup.sh: taking it all away again, unless that would cost a file. Everything that must
# be true is looked at first; then each step may be cut short, and the next run goes on.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

needs=()

# With --dry-run only said.
refuse() {
  if $dry_run; then
    say "   would refuse: $*"
  else
    fail 77 "nothing was removed: $*"
  fi
}

# Starts the agent if it does not run; fails where it cannot be asked.
need_agent() {
  if [ ! -x "$program/bin/dotf" ]; then
    if $restore || $purge; then
      fail 77 "nothing was removed: the program is gone, and only it knows which stubs need" \
        "$home; run setup/setup.sh again, then this"
    fi
    return 1
  fi
  agent_runs && return
  if $dry_run; then
    say "   would start the agent, to ask it for stubs and what else needs the home"
    return 1
  fi
  dotf start </dev/null || fail 77 "nothing was removed: the agent did not start, and only it knows" \
    "which stubs are left; see why with: $command_link log"
}

# Whether what the stubs stand for fits on the disks of their folders, above the reserve.
check_space() {
  local folder reserve
  reserve=$(dotf config reserve </dev/null)
  for folder in ${folders[@]+"${folders[@]}"}; do
    printf '%s %s\n' \
      "$(dotf --json ls "$folder" </dev/null | awk 'BEGIN { RS = "{" }
        /"state":"stub"/ && match($0, /"size":[0-9]+/) { sum += substr($0, RSTART + 7, RLENGTH - 7) }
        END { printf "%.0f", sum }')" \
      "$(df -Pk "$(existing "$folder")" |
        awk 'NR == 2 { printf "%.0f %.0f %s", $2 * 1024, $4 * 1024, $6 }')"
  done | LC_ALL=C awk -v reserve="$reserve" '
    function bytes(text,  unit) {
      unit = text
      gsub(/[0-9. ]/, "", unit)
      return text * factor[unit]
    }
    BEGIN {
      factor["B"] = 1; factor["kB"] = 1e3; factor["MB"] = 1e6; factor["GB"] = 1e9; factor["TB"] = 1e12
      factor["KiB"] = 1024; factor["MiB"] = 1024 ^ 2; factor["GiB"] = 1024 ^ 3; factor["TiB"] = 1024 ^ 4
    }
    { needed[$4] += $1; total[$4] = $2; free[$4] = $3 }
    END {
      for (disk in needed) {
        kept = reserve == "auto" ? total[disk] / 20 : bytes(reserve)
        if (reserve == "auto" && kept < 1024 ^ 3) kept = 1024 ^ 3
        room = free[disk] > kept ? free[disk] - kept : 0
        if (needed[disk] > room) printf "%.0f %.0f %s\n", needed[disk], room, disk
      }
    }' | while read -r needed room disk; do
    printf '%s needs %s, and has %s above the reserve' "$disk" "$(size "$needed")" "$(size "$room")"
  done
}

# What would be lost with the blocks, though every original is back. Who sits at a terminal may let
# the trash go.
find_needs() {
  local hosted trash pinned
  hosted=$(status_sum hostedBlocks)
  trash=$(status_sum trash)
  pinned=$(dotf --json pins </dev/null | awk 'BEGIN { RS = "{" } /"kind":"user"/ { n++ }
    END { print n + 0 }')
  needs=()
  [ "$hosted" = 0 ] || needs+=("$(counted "$hosted" block blocks) that other machines keep here;\
 hand them over with: dotf leave")
  [ "$pinned" = 0 ] || needs+=("$(counted "$pinned" "pin of yours" "pins of yours"); bring back what\
 you want with: dotf restore; then let go with: dotf unpin")
  [ "$trash" != 0 ] || return 0
  if ! $dry_run; then
    ask "$(size "$trash") in the trash will be gone for good; go on (y/n)" n
    case $answer in
      [yY]*) return 0 ;;
    esac
  fi
  needs+=("deleted files in the trash, $(size "$trash"); bring back what you want with:\
 dotf undelete; the rest goes in time, sooner with: dotf config trash 1m")
}

# Everything that must be true before anything is removed. Leaves an agent that runs.
check_uninstall() {
  local space stubs
  read_folders
  status=$(dotf --json status </dev/null)
  if $purge; then
    find_needs
    if [ ${#needs[@]} -gt 0 ]; then
      printf '   %s\n' "still needed:" >&2
      printf '     - %s\n' "${needs[@]}" >&2
      refuse "something still needs the blocks in $home, as said above"
    fi
  fi
  stubs=$(status_sum stubs)
  if [ "$stubs" != 0 ] && ! $restore; then
    refuse "$(counted "$stubs" "stub is" "stubs are") left, and only dotf can bring the files back;" \
      "let it, with: setup/setup.sh --uninstall --restore"
  elif [ "$stubs" != 0 ]; then
    space=$(check_space)
    [ -z "$space" ] || refuse "not every file can come back: $space; free some space," \
      "or lower the reserve with: dotf config reserve SIZE"
    if $dry_run; then
      say "   would restore $(counted "$stubs" file files)"
      return
    fi
    say "   restoring $(counted "$stubs" file files)"
    dotf restore --all </dev/null ||
      fail 77 "nothing was removed: not every file came back; mend what is named above, and try again"
    status=$(dotf --json status </dev/null)
    stubs=$(status_sum stubs)
    [ "$stubs" = 0 ] || fail 77 "nothing was removed: $(counted "$stubs" "stub is" "stubs are") left" \
      "or new; try again when no program writes to the folders"
  fi
}

# The names of what looks like a stub, as far as a stopped agent lets us tell.
stub_files() {
  local folder
  for folder in ${folders[@]+"${folders[@]}"}; do
    find "$folder" -name .dotf -prune -o -type f -name '*.f' \
      -exec grep -l -a -m 1 '^dotf-stub 1  ' {} + 2>/dev/null || true
  done
}

# Between the count and the agent's end a file may have become a stub: then all is as it was.
stop_agent() {
  local before=''
  if ! agent_runs; then
    return
  fi
  $dry_run || before=$(stub_files)
  act dotf stop </dev/null || ! agent_runs || fail 1 "the agent does not stop; see: $command_link log"
  if ! $dry_run && [ "$(stub_files)" != "$before" ]; then
    dotf start </dev/null
    fail 77 "nothing was removed: a file became a stub just now; run this again"
  fi
}

remove_service() {
  if [ -e "$units/dotf.service" ] && grep -qF -- "\"$home\"" "$units/dotf.service"; then
    act systemctl --user --quiet disable --now dotf.service || true
    act rm -f "$units/dotf.service"
    act systemctl --user daemon-reload || true
  fi
  if [ -e "$plist" ]; then
    act launchctl bootout "gui/$(id -u)" "$plist" || true
    act rm -f "$plist"
  fi
}

# The mark that dotf left in a folder; what lies aside there is somebody's file, and stays.
unmark() {
  if [ -n "$(find "$1/.dotf" -type f ! -name folder 2>/dev/null)" ]; then
    say "   $1/.dotf stays: it holds originals that were set aside; look at them, then delete it"
  elif [ -d "$1/.dotf" ]; then
    act rm -rf "$1/.dotf"
  fi
}

# Originals stay aside for a minute after their stubs took their places.
await_quarantine() {
  local folder second
  for ((second = 0; second < 75; second++)); do
    for folder in ${folders[@]+"${folders[@]}"}; do
      if [ -n "$(find "$folder/.dotf" -type f ! -name folder 2>/dev/null)" ]; then
        [ $second -gt 0 ] || say "   waiting for originals that are set aside for a minute"
        sleep 1
        continue 2
      fi
    done
    return
  done
}

# A store in a place of its own: its files, and the directory unless it holds others.
remove_store() {
  [ -d "$1" ] || return 0
  act find "$1" -maxdepth 1 -type f \( -name '*.seg' -o -name '*.db' -o -name '*.tmp' \
    -o -name lock -o -name clean -o -name suspect \) -delete
  act rmdir "$1" || say "   $1 stays, since it holds other things"
}

# Away in one step, so that a home is whole or not there.
remove_home() {
  local store=$1 folder
  for folder in ${folders[@]+"${folders[@]}"}; do
    unmark "$folder"
  done
  [ "$store" = home ] || remove_store "$store"
  if [ -r "$home/agent.sock.path" ]; then
    rmdir "$(dirname "$(cat "$home/agent.sock.path")")" 2>/dev/null || true
  fi
  act mv "$home" "$home.purged" ||
    fail 1 "$home cannot be moved, to be deleted; delete what is in it by hand"
  act rm -rf "$home.purged"
}

remove_program() {
  local file
  if [ "$(readlink "$command_link" 2>/dev/null)" = "$program/bin/dotf" ]; then
    act rm -f "$command_link"
  fi
  for file in "$(completion_file bash)" "$(completion_file fish)"; do
    [ ! -e "$file" ] || act rm -f "$file"
  done
  for file in "$program.new" "$program.old"; do
    [ ! -d "$file" ] || act rm -rf "$file"
  done
  if [ -d "$program" ]; then
    act mv "$program" "$program.old"
    act rm -rf "$program.old"
  fi
}

plan_uninstall() {
  plan_line program "$program, the command, its completions, the service: removed"
  if [ ! -e "$home/format" ]; then
    plan_line home "there is none in $home"
  elif $purge; then
    plan_line home "$home: removed for good, keys and blocks; every original is back before"
  else
    plan_line home "$home stays: keys, blocks, journal"
  fi
  if ! $dry_run; then
    agreed "go on" || fail 1 "nothing was removed"
  fi
}

uninstall_all() {
  local store=home
  step "Uninstall"
  plan_uninstall
  if [ -d "$home.purged" ]; then
    act rm -rf "$home.purged"
  fi
  if [ -e "$home/format" ] && need_agent; then
    check_uninstall
    if $purge; then
      store=$(dotf config store.path </dev/null)
      $dry_run || await_quarantine
    fi
    stop_agent
  fi
  remove_service
  if $purge && [ -e "$home/format" ]; then
    remove_home "$store"
  fi
  remove_program
  $dry_run || say "   done"
}
