# Read by the setup script and by the launcher: finds a Java of at least 25, also beside an older
# default. Starts no process, since the launcher reads it before a command. DOTF_ROOT stands before
# the system's directories, for tests.
# shellcheck shell=sh

# Whether $1 is the home of a Java of at least 25, by its release file, and has the program $2.
is_jdk() {
  [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r jdk_line; do
    case $jdk_line in
      JAVA_VERSION=*)
        jdk_line=${jdk_line#JAVA_VERSION=}
        jdk_line=${jdk_line#\"}
        jdk_line=${jdk_line%%[!0-9]*}
        [ "${jdk_line:-0}" -ge 25 ]
        return
        ;;
    esac
  done <"$1/release"
  return 1
}

# Sets JDK to a home that has the program $1 (java, javac); fails when there is none.
find_jdk() {
  jdk_ifs=$IFS
  IFS=:
  for jdk_directory in $PATH; do
    if is_jdk "$jdk_directory/.." "$1"; then
      jdk_on_path=$jdk_directory/..
      break
    fi
  done
  IFS=$jdk_ifs
  for JDK in "${JAVA_HOME:-}" "${jdk_on_path:-}" \
    "${DOTF_ROOT:-}"/usr/lib/jvm/* "${DOTF_ROOT:-}"/usr/lib64/jvm/* "${DOTF_ROOT:-}"/usr/java/* \
    "${DOTF_ROOT:-}"/usr/local/java/* \
    "${DOTF_ROOT:-}"/opt/*jdk* "${DOTF_ROOT:-}"/opt/*java* "${DOTF_ROOT:-}"/opt/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.nix-profile/lib/openjdk /run/current-system/sw/lib/openjdk \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$JDK" ] && is_jdk "$JDK" "$1"; then
      return 0
    fi
  done
  JDK=
  return 1
}
