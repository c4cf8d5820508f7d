package dotf.service.cli;

import dotf.setup.Home;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The user's service manager, where it runs and knows the unit of a home. */
final class Systemd {
  private static final String UNIT = "dotf.service";

  private final Map<String, String> environment;

  Systemd(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Whether the installed unit runs the agent of this home, and the manager takes orders. */
  boolean manages(Home home) throws IOException, InterruptedException {
    String configuration =
        environment.getOrDefault(
            "XDG_CONFIG_HOME", environment.getOrDefault("HOME", "") + "/.config");
    Path unit = Path.of(configuration, "systemd", "user", UNIT);
    if (!Files.isRegularFile(unit) || !Files.readString(unit).contains(home.toString())) {
      return false;
    }
    Process answer = systemctl("is-enabled", UNIT);
    return answer.waitFor(5, TimeUnit.SECONDS) && answer.exitValue() == 0;
  }

  /** Asks for the start; the process ends when the manager has taken the order. */
  Process start() throws IOException {
    return systemctl("start", UNIT);
  }

  private static Process systemctl(String verb, String unit) throws IOException {
    return new ProcessBuilder("systemctl", "--user", verb, unit)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
