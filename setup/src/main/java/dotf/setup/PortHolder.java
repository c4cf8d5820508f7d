package dotf.setup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who listens on a TCP port of this machine, from Linux's {@code /proc}: the table of sockets gives
 * the socket's inode, and one of the processes has it open.
 *
 * @param name the program's name
 * @param pid its process id
 */
public record PortHolder(String name, long pid) {
  /** {@code TCP_LISTEN} of the kernel's tcp_states.h, as the table prints it. */
  private static final String LISTENING = "0A";

  private static final Pattern COLUMNS = Pattern.compile("\\s+");

  /**
   * Looks for the process that listens on the port.
   *
   * @return empty when nobody does, when it is another user's, or where there is no {@code /proc}
   */
  public static Optional<PortHolder> of(int port) {
    return of(Path.of("/proc"), port);
  }

  static Optional<PortHolder> of(Path proc, int port) {
    try {
      Set<String> sockets = new HashSet<>();
      for (String table : new String[] {"net/tcp", "net/tcp6"}) {
        if (Files.exists(proc.resolve(table))) {
          sockets.addAll(listening(proc.resolve(table), port));
        }
      }
      return sockets.isEmpty() ? Optional.empty() : process(proc, sockets);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return name + " (process " + pid + ")";
  }

  private static Set<String> listening(Path table, int port) throws IOException {
    Set<String> found = new HashSet<>();
    String suffix = ":%04X".formatted(port);
    for (String line : Files.readAllLines(table)) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...
      String[] fields = COLUMNS.split(line.strip(), -1);
      if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTENING)) {
        found.add("socket:[" + fields[9] + "]");
      }
    }
    return found;
  }

  private static Optional<PortHolder> process(Path proc, Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(
              new PortHolder(name, Long.parseLong(process.getFileName().toString())));
        }
      }
    }
    return Optional.empty();
  }

  /** A process that ends meanwhile, or that is not ours to look into, holds nothing. */
  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : open) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException gone) {
      return false;
    }
    return false;
  }
}
