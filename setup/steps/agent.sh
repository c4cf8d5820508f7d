# A part of setup.sh: the agent, and the service that starts it.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

has_systemd() {
  command -v systemctl >/dev/null || return 1
  if [ -z "${XDG_RUNTIME_DIR:-}" ] && [ -d "/run/user/$(id -u)" ]; then
    XDG_RUNTIME_DIR=/run/user/$(id -u)
    export XDG_RUNTIME_DIR
  fi
  systemctl --user show-environment >/dev/null 2>&1
}

service_text() {
  "$JDK/bin/java" -cp "$program/lib/*" dotf.setup.ServiceFiles "$1" "$program/bin/dotf" "$home"
}

# Writes $2 to the file $1 unless it says that already; tells whether it did.
write_if_new() {
  if [ "$(cat "$1" 2>/dev/null)" = "$2" ]; then
    already "$1"
    return 1
  fi
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1"
  say "   wrote $1"
}

systemd_service() {
  local unit=$units/dotf.service
  if $dry_run; then
    say "   would write $unit, enable it, and let it run without a login (linger)"
    return
  fi
  if [ -e "$unit" ] && ! grep -qF -- "\"$home\"" "$unit"; then
    say "   $unit runs the agent of another home; this one runs in the background"
    background
    return
  fi
  if write_if_new "$unit" "$(service_text systemd)"; then
    systemctl --user daemon-reload
  fi
  systemctl --user --quiet enable dotf.service
  if [ ! -e "/var/lib/systemd/linger/$(id -un)" ] &&
    ! loginctl enable-linger "$(id -un)" 2>/dev/null; then
    say "   the agent will stop when you log out; to prevent that: sudo loginctl enable-linger $(id -un)"
  fi
  background
}

launchd_service() {
  say "   (the service of macOS is untested)"
  if $dry_run; then
    say "   would write $plist and load it"
    return
  fi
  if write_if_new "$plist" "$(service_text launchd)"; then
    launchctl bootstrap "gui/$(id -u)" "$plist" || say "   launchctl refused; starting in the background"
  fi
  background
}

# By the service manager where the unit of this home is installed, else as a process of its own.
background() {
  if $dry_run; then
    say "   would start the agent"
  elif ! agent_runs; then
    dotf start </dev/null
  elif $restart_needed; then
    dotf restart </dev/null
  else
    already "the agent runs"
  fi
  $dry_run || rm -f "$program/exchanged"
}

start_agent() {
  step "Agent"
  if ! $service; then
    say "   without a service: the agent runs in the background, until the machine stops"
    background
  elif [ "$(uname)" = Darwin ]; then
    launchd_service
  elif has_systemd; then
    systemd_service
  else
    say "   no service manager runs here: the agent runs in the background, until the machine stops"
    background
  fi
}
