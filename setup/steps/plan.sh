# A part of setup.sh: what will be done, before any of it is.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

# A number of bytes as people read it.
size() {
  awk -v bytes="$1" 'BEGIN {
    split("B KB MB GB TB PB", unit)
    for (u = 1; bytes >= 1024 && u < 6; u++) bytes /= 1024
    printf(u > 1 && bytes < 99.95 ? "%.1f %s" : "%.0f %s", bytes, unit[u])
  }'
}

counted() { [ "$1" = 1 ] && printf '1 %s' "$2" || printf '%s %s' "$1" "$3"; }

# Prints how many files a folder holds, their bytes, and how many are large enough for a stub.
tree() {
  LC_ALL=C find "$1" -name .dotf -prune -o -type f -exec ls -ln {} + 2>/dev/null |
    awk '$1 ~ /^-/ { files++; bytes += $5; if ($5 >= 4096) large++ }
      END { printf "%d %.0f %d\n", files, bytes, large }'
}

# The nearest directory above $1 that is there.
existing() {
  local near=$1
  until [ -d "$near" ]; do
    near=$(dirname "$near")
  done
  printf '%s' "$near"
}

# Bytes that the filesystem of $1 has left.
space_left() { df -Pk "$(existing "$1")" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }'; }

port_is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

plan_line() { printf '   %-9s %s\n' "$@"; }

plan_of_folder() {
  if [ ! -d "$folder" ]; then
    plan_line folder "$folder, which will be made, empty"
    return
  fi
  local files bytes large
  read -r files bytes large < <(tree "$folder")
  plan_line folder "$folder: $(counted "$files" file files), $(size "$bytes")"
  if $keep; then
    plan_line '' "all are stored and sent, none is replaced by a stub"
  else
    plan_line '' "$large of 4 KiB or more may become stubs; the others are stored and stay"
  fi
  if [ -n "$ticket" ]; then
    plan_line copies "here, and on the machines of the ticket's group"
  else
    plan_line copies "here; on other machines as soon as there are some (dotf invite)"
  fi
  plan_line space "at most $(size "$bytes") needed, $(size "$(space_left "$home")") free"
}

# The port of a home that is there, else the one that was asked for.
planned_port() {
  if [ -z "$port" ] && [ -e "$home/dotf.toml" ] && [ -x "$program/bin/dotf" ]; then
    dotf config port </dev/null
  else
    printf '%s' "${port:-8080}"
  fi
}

plan() {
  local wanted runs=false
  step "What will be done"
  plan_line program "$program; the command is $command_link"
  if [ -e "$home/keys/vault" ]; then
    plan_line home "$home, which is there and stays as it is"
  elif $recover; then
    plan_line home "$home, with the vault of the 24 words"
  else
    plan_line home "$home, new: keys, settings, blocks"
  fi
  wanted=$(planned_port)
  if agent_runs; then
    runs=true
    plan_line port "$wanted; the agent runs"
  elif [ "$wanted" != 0 ] && port_is_busy "$wanted"; then
    plan_line port "$wanted is busy: the agent takes the next free one, and says who has $wanted"
  else
    plan_line port "$wanted"
  fi
  if $service && { [ "$(uname)" = Darwin ] || has_systemd; }; then
    plan_line agent "a service of this user, started with the machine"
  else
    plan_line agent "in the background, until the machine stops"
  fi
  if [ -n "$folder" ] && $runs && watched; then
    plan_line folder "$folder, which is watched already"
  elif [ -n "$folder" ]; then
    plan_of_folder
  fi
  if ! $dry_run && [ ! -e "$home/keys/vault" ]; then
    agreed "go on" || fail 1 "nothing was done"
  fi
}
