# A part of setup.sh: the JDK, the build, and the program in its place.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

need_jdk() {
  if find_jdk javac; then
    JDK=$(cd "$JDK" && pwd -P)
    already "a JDK that is new enough: $JDK"
    return
  fi
  say "setup: dotf needs a JDK of version 25 or newer and found none. Install it, then run this again:" >&2
  install_hint jdk >&2
  exit 1
}

built() {
  [ -x "$dist/bin/dotf" ] && [ -z "$(find "$root" \( -name target -o -path '*/src/test' \) -prune -o \
    \( -name '*.java' -o -name pom.xml -o -name '*.proto' -o -path '*/resources/*' \
    -o -path '*/setup/bin/*' \) -type f -newer "$dist/built" -print 2>&1 | head -n 1)" ]
}

need_maven() {
  if built || command -v mvn >/dev/null; then
    return
  fi
  say "setup: dotf is built by Maven, and there is none. Install it, then run this again:" >&2
  install_hint maven >&2
  exit 1
}

# Turns Maven's report into one line of progress for each module, and a count of downloads.
progress() {
  local line downloads=0
  while IFS= read -r line; do
    case $line in
      *'Downloaded from '*)
        downloads=$((downloads + 1))
        if $interactive; then
          printf '\r   %d files downloaded' "$downloads"
        elif [ $((downloads % 100)) = 0 ]; then
          say "   $downloads files downloaded"
        fi
        ;;
      *'Building '*'['*/*']'*)
        line=${line#*Building }
        if $interactive; then
          printf '\r'
        fi
        say "   building ${line%% *} (${line##* \[}" | tr ']' ')'
        ;;
    esac
  done
}

build() {
  step "Build"
  if built; then
    already "built, in $dist"
    return
  fi
  say "   the first build downloads about 150 MB of libraries and tools and takes some minutes"
  if $dry_run; then
    say "   would run: mvn package -Dmaven.test.skip=true, in $root"
    return
  fi
  rm -rf "$dist"
  mkdir -p "$root/service/target"
  local log=$root/service/target/build.log
  if ! (cd "$root" && JAVA_HOME=$JDK mvn -B package -Dmaven.test.skip=true </dev/null 2>&1) |
    tee "$log" | progress; then
    grep -E '^\[ERROR\]' "$log" | head -n 5 >&2 || true
    fail 1 "the build failed; all of it is in $log"
  fi
  touch "$dist/built"
}

installed() {
  [ -d "$program" ] && diff -rq "$dist" "$program" --exclude=dotf.aot --exclude=jdk \
    --exclude=proved --exclude=built --exclude=exchanged >/dev/null
}

install_program() {
  step "Install to $program"
  if ! $dry_run && installed; then
    already "installed"
  elif $dry_run; then
    say "   would copy the program there"
  else
    # Beside it first, then exchanged: a cut copy is never run, and an agent that runs keeps its
    # open jars until it is started again.
    rm -rf "$program.new"
    mkdir -p "$(dirname "$program")"
    cp -R "$dist" "$program.new"
    rm -f "$program.new/built"
    if [ -d "$program" ] || [ -d "$program.old" ]; then
      touch "$program.new/exchanged"
    fi
    if [ -d "$program" ]; then
      rm -rf "$program.old"
      mv "$program" "$program.old"
    fi
    mv "$program.new" "$program"
    rm -rf "$program.old"
    say "   installed"
  fi
  [ ! -e "$program/exchanged" ] || restart_needed=true
  if ! $dry_run && [ "$(cat "$program/lib/jdk" 2>/dev/null)" != "$JDK" ]; then
    printf '%s\n' "$JDK" >"$program/lib/jdk"
  fi
  if [ "$(readlink "$command_link" 2>/dev/null)" = "$program/bin/dotf" ]; then
    already "the command: $command_link"
  else
    act mkdir -p "$(dirname "$command_link")"
    act ln -sfn "$program/bin/dotf" "$command_link"
  fi
  if ! $dry_run; then
    install_completion
  fi
}

# Where bash and fish look for completions by themselves; zsh has no such place of a user.
completion_file() {
  case $1 in
    bash) printf '%s' "${XDG_DATA_HOME:-$HOME/.local/share}/bash-completion/completions/dotf" ;;
    fish) printf '%s' "${XDG_CONFIG_HOME:-$HOME/.config}/fish/completions/dotf.fish" ;;
  esac
}

install_completion() {
  local shell=${SHELL##*/} file
  file=$(completion_file "$shell")
  if [ -n "$file" ] && { [ ! -e "$file" ] || $restart_needed; }; then
    mkdir -p "$(dirname "$file")"
    "$program/bin/dotf" completion "$shell" >"$file" </dev/null
    say "   completions for $shell: $file"
  fi
}
