package dotf.dht.net;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which process listens on a TCP port, as Linux's {@code /proc} tells; other users' processes are
 * visible to root only.
 */
public final class PortHolder {
  private static final String LISTENING = "0A";
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final Path proc;

  PortHolder(Path proc) {
    this.proc = proc;
  }

  /** The holder in words, such as {@code nginx (process 812)}, or null when it cannot be told. */
  public static @Nullable String of(int port) {
    return new PortHolder(Path.of("/proc")).find(port);
  }

  @Nullable String find(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      sockets.addAll(listening(proc.resolve(table), port));
    }
    if (sockets.isEmpty()) {
      return null;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return name.replaceAll("\\p{C}", "?") + " (process " + process.getFileName() + ")";
        }
      }
    } catch (IOException | DirectoryIteratorException unknown) {
      // Processes come and go while we look; the answer is a courtesy.
      return null;
    }
    return null;
  }

  /** The inodes of the sockets in a table that listen on the port. */
  private static Set<String> listening(Path table, int port) {
    Set<String> sockets = new HashSet<>();
    try {
      for (String line : Files.readAllLines(table)) {
        List<String> fields = SPACE.splitAsStream(line.strip()).toList();
        if (fields.size() > 9
            && fields.get(1).endsWith(String.format(":%04X", port))
            && fields.get(3).equals(LISTENING)) {
          sockets.add("socket:[" + fields.get(9) + "]");
        }
      }
    } catch (IOException notLinux) {
      return Set.of();
    }
    return sockets;
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException gone) {
      return false;
    }
    return false;
  }
}
