# A part of setup.sh: the home, its keys and its settings.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

make_home() {
  step "Home in $home"
  if [ -e "$home/keys/vault" ]; then
    new_home=false
    already "there is a home; its keys stay"
    if $recover; then
      fail 77 "$home has a vault already; --recover needs a home that does not exist: --home DIR"
    fi
  elif $dry_run; then
    say "   would make the home and its keys"
  elif $recover; then
    # The words come from standard input, whatever that is.
    dotf init --recover
  else
    dotf init
  fi
  settings
}

set_to() {
  if [ -e "$home/dotf.toml" ] && [ "$(dotf config "$1" </dev/null)" = "$2" ]; then
    already "$1 is $2"
  elif $dry_run; then
    say "   would set $1 to $2"
  else
    dotf config "$1" "$2" </dev/null >/dev/null
    say "   $1 is $2"
    restart_needed=true
  fi
}

device() { stat -c %d "$1" 2>/dev/null || stat -f %d "$1"; }

settings() {
  [ -z "$port" ] || set_to port "$port"
  $new_home || return 0
  ask "space for the blocks of others (auto: 10 % of what is free, at most 20 GB)" auto
  [ "$answer" = auto ] || set_to offer "$answer"
  [ -n "$folder" ] || return 0
  if [ "$(device "$(existing "$folder")")" != "$(device "$(existing "$home")")" ]; then
    local proposed
    proposed=$(dirname "$folder")/.dotf-store
    say "   $folder is on another filesystem than $home"
    ask "keep the blocks beside the folder, in $proposed (y/n)" n
    case $answer in
      [yY]*) set_to store.path "$proposed" ;;
    esac
  fi
}
