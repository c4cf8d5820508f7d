package dotf.service.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens a file in its application, where there is a desktop. */
final class Desktop {
  private Desktop() {}

  /**
   * Opens the file, or says where it is when there is nothing to open it with.
   *
   * @param screen where to say so, or null
   */
  static void open(String file, @Nullable Screen screen) throws IOException {
    String opener = opener(System.getenv());
    if (opener.isEmpty()) {
      if (screen != null) {
        screen.line(file);
      }
      return;
    }
    new ProcessBuilder(List.of(opener, file))
        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String opener(Map<String, String> environment) {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac")) {
      return "open";
    }
    boolean desktop =
        environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (desktop && Files.isExecutable(Path.of(directory, "xdg-open"))) {
        return "xdg-open";
      }
    }
    return "";
  }
}
