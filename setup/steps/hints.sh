# A part of setup.sh: the commands that mend what is missing here, for this system and shell.
# shellcheck shell=bash disable=SC2154,SC2034 # shares setup.sh's variables

# The ids of the distribution and of those it is made from.
distribution() {
  local release=${DOTF_ROOT:-}/etc/os-release line ids=''
  [ -r "$release" ] || return 0
  while IFS= read -r line; do
    case $line in
      ID=* | ID_LIKE=*)
        line=${line#*=}
        ids="$ids ${line//[\"\']/}"
        ;;
    esac
  done <"$release"
  printf '%s ' "$ids"
}

# Prints the command that installs what $1 says: jdk or maven; with the JDK also a Maven that is
# missing. Several commands where the distribution has no JDK 25.
install_hint() {
  local jdk='' maven=maven manager='' also=''
  [ "$1" = maven ] || command -v mvn >/dev/null || also=' maven'
  case " $(distribution)" in
    *' debian '* | *' ubuntu '*)
      manager='sudo apt install' jdk=openjdk-25-jdk-headless
      if [ "$1" = jdk ] && ! apt-cache show "$jdk" >/dev/null 2>&1; then
        say "   sudo apt install curl zip unzip$also"
        say "   curl -s https://get.sdkman.io | bash"
        say "   bash -c '. ~/.sdkman/bin/sdkman-init.sh && sdk install java 25-tem'"
        return
      fi
      ;;
    *' fedora '* | *' rhel '* | *' centos '*) manager='sudo dnf install' jdk=java-25-openjdk-devel ;;
    *' arch '*) manager='sudo pacman -S' jdk=jdk25-openjdk ;;
    *' suse '* | *' opensuse '*) manager='sudo zypper install' jdk=java-25-openjdk-devel ;;
    *' alpine '*) manager='sudo apk add' jdk=openjdk25 ;;
    *' nixos '*) manager='nix-env -iA' jdk=nixos.jdk25 maven=nixos.maven ;;
    *)
      if [ "$(uname)" = Darwin ]; then
        manager='brew install' jdk=openjdk@25
      elif [ "$1" = jdk ]; then
        say "   unpack a JDK 25 from https://adoptium.net below ~/.jdks, or set JAVA_HOME to it"
        return
      else
        say "   unpack Maven from https://maven.apache.org, and put its bin directory on PATH"
        return
      fi
      ;;
  esac
  [ "$1" != maven ] || jdk=$maven
  say "   $manager $jdk${also:+ $maven}"
}

# How the user's shell finds the command, where it does not yet.
path_hint() {
  case :$PATH: in
    *:"$HOME/.local/bin":*) return ;;
  esac
  # shellcheck disable=SC2016 # for the user's shell to expand
  local line='export PATH="$HOME/.local/bin:$PATH"' file='~/.profile'
  case ${SHELL##*/} in
    bash) file='~/.bashrc' ;;
    zsh) file='~/.zshrc' ;;
    fish) line='fish_add_path ~/.local/bin' file='' ;;
  esac
  say
  say "This shell does not find the command dotf yet. Tell it where it is:"
  say "  $line"
  [ -z "$file" ] || say "and every later shell: add that line to $file"
}
