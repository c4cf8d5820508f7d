package dotf.setup;

import java.nio.file.Path;

/**
 * The texts by which a system starts the agent when its user's session, or the machine, starts.
 *
 * <p>The setup script has them printed by {@link #main}.
 */
public final class ServiceFiles {
  private ServiceFiles() {}

  /**
   * A unit for systemd's manager of the user's services.
   *
   * <p>The hardening is what an unprivileged manager can do: no mount namespaces, and no ban on
   * memory that is both writable and executable, which a just-in-time compiler needs. Set-user-id
   * bits stay allowed: a restored file gets its mode back.
   *
   * @param launcher the absolute path of {@code bin/dotf}
   * @param home the absolute path of the home
   */
  public static String systemdUnit(Path launcher, Path home) {
    return """
    [Unit]
    Description=dotf agent
    # A home that cannot be used is not tried for ever.
    StartLimitIntervalSec=300
    StartLimitBurst=5

    [Service]
    Type=exec
    ExecStart=%s --home %s run
    # Under the C locale Java cannot make names with letters beyond ASCII.
    Environment=LC_ALL=C.UTF-8
    Restart=on-failure
    RestartSec=2
    # How Java ends after SIGTERM.
    SuccessExitStatus=143
    # Wrong usage, and refusals, do not go away by themselves.
    RestartPreventExitStatus=2 77
    TimeoutStopSec=90
    UMask=0077
    LimitNOFILE=65536
    NoNewPrivileges=yes
    LockPersonality=yes
    RestrictRealtime=yes
    RestrictNamespaces=yes
    RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
    SystemCallArchitectures=native

    [Install]
    WantedBy=default.target
    """
        .formatted(systemdWord(launcher), systemdWord(home));
  }

  /**
   * An agent for macOS's launchd. Untested.
   *
   * @param launcher the absolute path of {@code bin/dotf}
   * @param home the absolute path of the home
   */
  public static String launchdAgent(Path launcher, Path home) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
    "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <!-- Untested. -->
    <plist version="1.0">
    <dict>
      <key>Label</key>
      <string>dotf</string>
      <key>ProgramArguments</key>
      <array>
        <string>%s</string>
        <string>--home</string>
        <string>%s</string>
        <string>run</string>
      </array>
      <key>RunAtLoad</key>
      <true/>
      <key>KeepAlive</key>
      <dict>
        <key>SuccessfulExit</key>
        <false/>
      </dict>
      <key>Umask</key>
      <integer>63</integer>
      <key>StandardErrorPath</key>
      <string>%s</string>
    </dict>
    </plist>
    """
        .formatted(xml(launcher), xml(home), xml(home.resolve("log").resolve("start.log")));
  }

  /**
   * Prints one of the texts: {@code systemd|launchd LAUNCHER HOME}.
   *
   * @throws IllegalArgumentException when called otherwise
   */
  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      throw new IllegalArgumentException("systemd|launchd LAUNCHER HOME");
    }
    Path launcher = Path.of(arguments[1]);
    Path home = Path.of(arguments[2]);
    System.out.print(
        switch (arguments[0]) {
          case "systemd" -> systemdUnit(launcher, home);
          case "launchd" -> launchdAgent(launcher, home);
          default -> throw new IllegalArgumentException(arguments[0]);
        });
  }

  /** One word of a command line, after systemd.service(5): quoted, specifiers and variables off. */
  private static String systemdWord(Path path) {
    String word =
        path.toString()
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("%", "%%")
            .replace("$", "$$")
            .replace("\n", "\\n");
    return '"' + word + '"';
  }

  private static String xml(Path path) {
    return path.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
