# A part of setup.sh: the group, the folder, and the proof that all of it works.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

join_group() {
  [ -n "$ticket" ] || return 0
  step "Group"
  if $dry_run; then
    say "   would join the group of the ticket"
  elif status=$(dotf --json status </dev/null) && [ "$(status_sum known)" != 0 ]; then
    already "in a group; to enter another one: dotf join -"
  else
    # From standard input, so that no other user sees the ticket in the list of processes.
    printf '%s\n' "$ticket" | dotf join -
  fi
}

folders=()

# Fills folders from the agent's document; a JSON string is what printf calls %b, but for quotes.
read_folders() {
  local path
  folders=()
  while IFS= read -r path; do
    folders+=("$(printf '%b' "${path//\\\"/\"}")")
  done < <(dotf --json folders </dev/null | awk '{
    while (match($0, /"path":"([^"\\]|\\.)*"/)) {
      print substr($0, RSTART + 8, RLENGTH - 9)
      $0 = substr($0, RSTART + RLENGTH)
    }
  }')
}

watched() {
  local place other
  place=$(cd "$folder" 2>/dev/null && pwd -P) || return 1
  read_folders
  for other in ${folders[@]+"${folders[@]}"}; do
    [ "$other" != "$place" ] || return 0
  done
  return 1
}

add_folder() {
  [ -n "$folder" ] || return 0
  step "Folder $folder"
  local keeping=()
  if $keep; then
    keeping=(--keep)
  fi
  if $dry_run; then
    say "   would make it if it is missing, and run: dotf add $folder${keeping[*]:+ ${keeping[*]}}"
    if [ -d "$folder" ] && agent_runs && ! watched; then
      dotf add "$folder" --dry-run ${keeping[@]+"${keeping[@]}"} </dev/null
    fi
    return
  fi
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd -P)
  if watched; then
    already "watched"
  else
    dotf add "$folder" --dry-run ${keeping[@]+"${keeping[@]}"} </dev/null
    if ! agreed "watch it"; then
      say "   it is not watched; to do that later: dotf add $folder"
      folder=''
      return
    fi
    dotf --quiet add "$folder" --yes ${keeping[@]+"${keeping[@]}"} </dev/null
    say "   watched"
  fi
  if $recover; then
    dotf wait --timeout 5m </dev/null ||
      say "   not everything is back yet; see how far it is with: dotf status"
  fi
}

speed_up() {
  if $dry_run; then
    say "   would record a cache that makes the commands start faster"
  elif [ ! -e "$program/lib/dotf.aot" ]; then
    DOTF_TRAIN=1 dotf status </dev/null >/dev/null 2>&1 || true
  fi
}

prove() {
  step "Proof"
  if $dry_run; then
    say "   would free and restore a file of 1 MiB in a temporary folder"
    return
  fi
  if [ -e "$program/proved" ]; then
    already "proved when it was installed"
    return
  fi
  local place before after
  place=$(mktemp -d "${TMPDIR:-/tmp}/dotf-proof.XXXXXX")
  mkdir "$place/folder"
  head -c 1048576 /dev/urandom >"$place/folder/proof.bin"
  before=$(cksum <"$place/folder/proof.bin")
  free_and_restore "$place" >"$place/log" 2>&1 || true
  after=$(cksum <"$place/folder/proof.bin" 2>/dev/null || true)
  "$program/bin/dotf" --home "$place/home" stop </dev/null >>"$place/log" 2>&1 || true
  if [ "$before" != "$after" ] || ! grep -q '^proved$' "$place/log"; then
    cat "$place/log" >&2
    fail 1 "a file of 1 MiB did not become a stub and come back; all of it is in $place"
  fi
  rm -rf "$place"
  touch "$program/proved"
  say "   a file of 1 MiB became a stub and came back the same"
}

# With a home of its own, so that nothing of it stays in the user's.
free_and_restore() {
  local proof=("$program/bin/dotf" --home "$1/home") file=$1/folder/proof.bin
  "${proof[@]}" init </dev/null &&
    "${proof[@]}" config port 0 </dev/null &&
    "${proof[@]}" config reserve 0B </dev/null &&
    "${proof[@]}" start </dev/null &&
    "${proof[@]}" add "$1/folder" --yes </dev/null &&
    "${proof[@]}" free "$file" </dev/null &&
    [ -e "$file.f" ] && [ ! -e "$file" ] &&
    "${proof[@]}" restore "$file.f" </dev/null &&
    echo proved
}

# A path as one types it: below ~ where that is shorter, and quoted where a shell would split it.
typed() {
  local path=$1 below=''
  case $path in
    "$HOME"/*) below='~/' path=${path#"$HOME"/} ;;
  esac
  case $path in
    *[\ \'\"\$\\\`\&\;\(\)\*\?\<\>\|]*) printf '%s%q' "$below" "$path" ;;
    *) printf '%s%s' "$below" "$path" ;;
  esac
}

farewell() {
  local settle place
  settle=$(dotf config settle </dev/null 2>/dev/null || say 10s)
  path_hint
  say
  say "dotf is set up. Three lines to try:"
  place=$(typed "$folder")
  if [ -z "$folder" ]; then
    lines_to_try \
      "dotf add ~/Sync" "watch a folder; at once" \
      "dotf invite" "a ticket for another machine; at once" \
      "dotf status" "how all is; at once"
  elif $keep; then
    lines_to_try \
      "cp some.pdf $place" "is stored after $settle of quiet, and stays" \
      "dotf ls" "what there is, and in what state; at once" \
      "dotf where $place/some.pdf" "which machines have it; at once"
  else
    lines_to_try \
      "cp some.pdf $place" "becomes some.pdf.f after $settle of quiet" \
      "dotf ls" "what there is, and in what state; at once" \
      "cat $place/some.pdf.f" "brings some.pdf back beside it, within a second"
  fi
}

# Pairs of a command and what it does, in two columns.
lines_to_try() {
  local width=0 word
  for word in "$1" "$3" "$5"; do
    [ ${#word} -le $width ] || width=${#word}
  done
  printf "  %-${width}s  %s\n" "$@"
}
