# A part of setup.sh: taking it all away again, unless that would cost a file.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

# Everything that must be true before anything is removed.
check_uninstall() {
  [ -e "$home/format" ] || return 0
  [ -x "$program/bin/dotf" ] ||
    fail 77 "the program is gone but $home is there; run setup again, then --uninstall"
  if ! agent_runs; then
    act dotf start </dev/null || fail 77 "the agent must run to tell whether stubs are left; see: dotf log"
  fi
  if $dry_run && ! agent_runs; then
    return
  fi
  if $restore; then
    act dotf restore --all </dev/null
  fi
  status=$(dotf --json status </dev/null)
  local stubs
  stubs=$(status_sum stubs)
  if [ "$stubs" != 0 ] && ! $dry_run; then
    [ "$stubs" = 1 ] && stubs='1 stub' || stubs="$stubs stubs"
    fail 77 "$stubs left, whose content only dotf can bring back; use --uninstall --restore"
  fi
  if $purge; then
    local alone hosted
    alone=$(($(status_sum onlyHere) + $(status_sum atRisk) + $(status_sum lost)))
    hosted=$(status_sum hostedBlocks)
    if [ "$alone" != 0 ] && ! $restore; then
      fail 77 "$alone files have blocks that are nowhere else; --restore brings them back first"
    fi
    if [ "$hosted" != 0 ]; then
      fail 77 "$home holds $hosted blocks for others, who may have no other copy; it stays"
    fi
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
  if agent_runs; then
    act dotf stop </dev/null || ! agent_runs || fail 1 "the agent does not stop; see: dotf log"
  fi
}

uninstall_all() {
  step "Uninstall"
  check_uninstall
  remove_service
  if [ "$(readlink "$command_link" 2>/dev/null)" = "$program/bin/dotf" ]; then
    act rm -f "$command_link"
  fi
  [ ! -d "$program" ] || act rm -rf "$program"
  if $purge && [ -e "$home/format" ]; then
    act rm -rf "$home"
  elif [ -e "$home/format" ]; then
    say "   the home stays: $home (keys, blocks, journal)"
  fi
  say "   done"
}
