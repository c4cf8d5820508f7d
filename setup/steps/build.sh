# A part of setup.sh: the JDK, the build, and the program in its place.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

# Prints the command that installs a JDK 25 and Maven on this system.
install_hint() {
  local id=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${ID_LIKE:-}")
  fi
  case " $id " in
    *' debian '* | *' ubuntu '*)
      if apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
        say "   sudo apt install openjdk-25-jdk-headless maven"
      else
        say "   sudo apt install maven curl zip unzip"
        say "   curl -s https://get.sdkman.io | bash"
        say "   bash -c '. ~/.sdkman/bin/sdkman-init.sh && sdk install java 25-tem'"
      fi
      ;;
    *' fedora '* | *' rhel '*) say "   sudo dnf install java-25-openjdk-devel maven" ;;
    *' arch '*) say "   sudo pacman -S jdk25-openjdk maven" ;;
    *' suse '* | *' opensuse '*) say "   sudo zypper install java-25-openjdk-devel maven" ;;
    *' alpine '*) say "   sudo apk add openjdk25 maven" ;;
    *)
      if [ "$(uname)" = Darwin ]; then
        say "   brew install openjdk@25 maven"
      else
        say "   install a JDK 25 (https://adoptium.net) and Maven (https://maven.apache.org)"
      fi
      ;;
  esac
}

need_jdk() {
  if find_jdk javac; then
    JDK=$(cd "$JDK" && pwd -P)
    already "a JDK that is new enough: $JDK"
    return
  fi
  say "setup: dotf needs a JDK of version 25 or newer and found none. Install one:" >&2
  install_hint >&2
  exit 1
}

built() {
  [ -x "$dist/bin/dotf" ] && [ -z "$(find "$root" -name target -prune -o \
    \( -name '*.java' -o -name pom.xml -o -name '*.proto' -o -path '*/resources/*' \
    -o -path '*/setup/bin/*' \) -type f -newer "$dist/built" -print 2>&1 | head -n 1)" ]
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
  if ! command -v mvn >/dev/null; then
    say "setup: dotf is built by Maven, and there is none. Install it:" >&2
    install_hint >&2
    exit 1
  fi
  say "   the first build downloads about 150 MB of libraries and tools; later ones do not"
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
    --exclude=proved --exclude=built >/dev/null
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
    rm -rf "$program.new" "$program.old"
    mkdir -p "$(dirname "$program")"
    cp -R "$dist" "$program.new"
    rm -f "$program.new/built"
    if [ -d "$program" ]; then
      mv "$program" "$program.old"
      restart_needed=true
    fi
    mv "$program.new" "$program"
    rm -rf "$program.old"
    say "   installed"
  fi
  if ! $dry_run && [ "$(cat "$program/lib/jdk" 2>/dev/null)" != "$JDK" ]; then
    printf '%s\n' "$JDK" >"$program/lib/jdk"
  fi
  if [ "$(readlink "$command_link" 2>/dev/null)" = "$program/bin/dotf" ]; then
    already "the command: $command_link"
  else
    act mkdir -p "$(dirname "$command_link")"
    act ln -sfn "$program/bin/dotf" "$command_link"
  fi
  case :$PATH: in
    *:"$HOME/.local/bin":*) ;;
    *)
      say "   to have the command dotf in every shell, add this line to ~/.profile:"
      # shellcheck disable=SC2016 # to be expanded later
      say '     export PATH="$HOME/.local/bin:$PATH"'
      ;;
  esac
}
