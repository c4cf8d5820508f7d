package dotf.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one directory that holds all state of an installation, and the names of everything in it.
 *
 * <p>The directory is readable by its owner only (0700). A file {@code format} says which layout it
 * has; a home of a newer layout is refused, never guessed at.
 *
 * <p>Immutable, and safe for any thread.
 */
public final class Home {
  /** The layout that this program writes. */
  static final int FORMAT = 1;

  /**
   * Longest socket path that every system takes: {@code sun_path} has 104 bytes on macOS and 108 on
   * Linux, the final zero included.
   */
  static final int LONGEST_SOCKET_PATH = 100;

  private static final Pattern FORMAT_LINE = Pattern.compile("dotf home (\\d{1,9})\\n?");
  private static final List<String> DIRECTORIES =
      List.of("keys", "store", "catalog", "journal", "log");

  private final Path directory;

  private Home(Path directory) {
    this.directory = directory;
  }

  /**
   * Where the home is: the option if given, else {@code $DOTF_HOME}, else {@code ~/.dotf}.
   *
   * @param option the value of {@code --home}, or null
   * @param environment the environment of the process
   * @throws IOException when the name is no path, or no home can be told from the environment
   */
  public static Path locate(@Nullable String option, Map<String, String> environment)
      throws IOException {
    String chosen = option != null ? option : environment.get("DOTF_HOME");
    String name = chosen == null || chosen.isEmpty() ? null : chosen;
    String user = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
    try {
      if (name == null && user.isEmpty()) {
        throw new IOException("no home directory is known; name one with --home DIR");
      }
      Path path = name != null ? Path.of(name) : Path.of(user, ".dotf");
      return path.toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IOException("the name of the home cannot be used here: " + e.getMessage(), e);
    }
  }

  /** Whether there is a home in the directory, whole or begun. */
  public static boolean exists(Path directory) {
    return Files.exists(directory.resolve("format"), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Makes the home, or completes one that was begun; a whole home stays as it is.
   *
   * @throws IOException when the directory cannot be made or written, is full, holds something
   *     else, or is of a newer layout; the message says which and what to do
   */
  public static Home create(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      Path parent = absolute.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      refuseStrangers(absolute);
      OwnerOnly.directory(absolute);
      OwnerOnly.narrow(absolute);
      Home home = new Home(absolute.toRealPath());
      if (!exists(absolute)) {
        // The marker comes first: whatever is cut short after it is completed, not refused.
        OwnerOnly.create(
            home.formatFile(), ("dotf home " + FORMAT + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      home.checkFormat();
      for (String name : DIRECTORIES) {
        OwnerOnly.directory(home.directory.resolve(name));
      }
      new ConfigFile(home.configFile()).create();
      return home;
    } catch (FileSystemException e) {
      throw explain(absolute, e);
    }
  }

  /**
   * Opens a home that was made before.
   *
   * @throws NoSuchFileException when there is none
   * @throws IOException when it cannot be read, is somebody else's to read as well, or is of a
   *     newer layout
   */
  public static Home open(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!exists(absolute)) {
      throw new NoSuchFileException(
          absolute.toString(), null, "there is no home here; make one with: dotf init");
    }
    try {
      Home home = new Home(absolute.toRealPath());
      home.checkFormat();
      if (!OwnerOnly.othersMay(home.directory).isEmpty()) {
        throw new IOException(
            home.directory
                + " is open to other users of this machine; close it with: chmod 700 "
                + home.directory);
      }
      return home;
    } catch (FileSystemException e) {
      throw explain(absolute, e);
    }
  }

  /** The directory itself, absolute, without symbolic links. */
  public Path directory() {
    return directory;
  }

  /** The settings, {@code dotf.toml}. */
  public Path configFile() {
    return directory.resolve("dotf.toml");
  }

  /** The secrets, {@code keys/}; see {@link Keyring}. */
  public Path keys() {
    return directory.resolve("keys");
  }

  /** Where blocks are kept unless the setting {@code store.path} names another place. */
  public Path store() {
    return directory.resolve("store");
  }

  /** The catalog: caches that may be deleted while the agent is stopped. */
  public Path catalog() {
    return directory.resolve("catalog");
  }

  /** The journal: the truth about the folders. */
  public Path journal() {
    return directory.resolve("journal");
  }

  /** The agent's log files. */
  public Path log() {
    return directory.resolve("log");
  }

  /** What the agent holds while it runs; see {@link HomeLock}. */
  Path lockFile() {
    return directory.resolve("agent.lock");
  }

  /** The process id of the agent that runs, or that ran last. */
  Path pidFile() {
    return directory.resolve("agent.pid");
  }

  /**
   * Locks the home for the one agent that may run in it.
   *
   * @throws IOException when another agent has it; the message names its process id
   */
  public HomeLock lock() throws IOException {
    return HomeLock.take(this);
  }

  /**
   * Where the agent listens, as a client finds it. The socket may not be there.
   *
   * @throws IOException when {@code agent.sock.path} cannot be read
   */
  public Path socket() throws IOException {
    Path plain = directory.resolve("agent.sock");
    if (fits(plain)) {
      return plain;
    }
    if (!Files.exists(elsewhere())) {
      return plain;
    }
    return Path.of(Files.readString(elsewhere()).strip());
  }

  /**
   * Where the agent is to listen: {@code agent.sock}, or, where that path is too long for a socket,
   * in a directory of its own (0700) in {@code $XDG_RUNTIME_DIR} or the temporary directory, which
   * is then named in {@code agent.sock.path}. To be called by the holder of the lock only.
   *
   * @param environment the environment of the process
   * @throws IOException when no such directory can be made
   */
  public Path prepareSocket(Map<String, String> environment) throws IOException {
    Path plain = directory.resolve("agent.sock");
    if (fits(plain)) {
      Files.deleteIfExists(elsewhere());
      return plain;
    }
    if (Files.exists(elsewhere())) {
      Path known = Path.of(Files.readString(elsewhere()).strip());
      if (ours(known.getParent())) {
        return known;
      }
    }
    String runtime = environment.get("XDG_RUNTIME_DIR");
    Path base =
        runtime != null && Files.isWritable(Path.of(runtime))
            ? Path.of(runtime)
            : Path.of(environment.getOrDefault("TMPDIR", "/tmp"));
    // A fresh random name: nobody can have put a directory of their own in its place.
    Path socket = Files.createTempDirectory(base, "dotf-").resolve("agent.sock");
    if (!fits(socket)) {
      Files.deleteIfExists(socket.getParent());
      throw new IOException(
          "no directory with a path short enough for a socket (100 bytes): "
              + base
              + "; set XDG_RUNTIME_DIR to one, or give the home a shorter path");
    }
    OwnerOnly.replace(elsewhere(), (socket + "\n").getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  private Path elsewhere() {
    return directory.resolve("agent.sock.path");
  }

  private Path formatFile() {
    return directory.resolve("format");
  }

  private static boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
  }

  /** Whether the directory is a real one, ours, and closed to others. */
  private boolean ours(@Nullable Path candidate) throws IOException {
    return candidate != null
        && Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(candidate).equals(Files.getOwner(directory))
        && OwnerOnly.othersMay(candidate).isEmpty()
        && Files.isWritable(candidate);
  }

  private void checkFormat() throws IOException {
    String line = Files.readString(formatFile());
    Matcher matcher = FORMAT_LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IOException(
          formatFile() + " does not say which layout this home has; is this a home of dotf?");
    }
    if (Integer.parseInt(matcher.group(1)) > FORMAT) {
      throw new IOException(
          directory
              + " was made by a newer version of dotf (layout "
              + matcher.group(1)
              + ", this version knows "
              + FORMAT
              + "); install the newer version again");
    }
  }

  /** A directory with other things in it does not become a home: nobody meant that. */
  private static void refuseStrangers(Path directory) throws IOException {
    if (!Files.exists(directory) || exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          directory + " is not a directory; name another home with --home, or move it away");
    }
    try (var entries = Files.list(directory)) {
      var first = entries.filter(entry -> !temporary(entry)).findFirst();
      if (first.isPresent()) {
        throw new IOException(
            directory
                + " holds other things ("
                + first.get().getFileName()
                + "); name an empty or new directory with --home");
      }
    }
  }

  private static boolean temporary(Path entry) {
    return entry.getFileName().toString().startsWith(".format");
  }

  private static IOException explain(Path directory, FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return new IOException(
          directory
              + " cannot be written or read by this user ("
              + e.getFile()
              + "); change its owner, or name another home with --home",
          e);
    }
    String reason = e.getReason() == null ? e.getMessage() : e.getReason();
    if (reason != null && reason.contains("No space left")) {
      return new IOException(
          "the filesystem of " + directory + " is full; free some space, or use --home elsewhere",
          e);
    }
    if (reason != null && reason.contains("Read-only")) {
      return new IOException(
          directory + " is on a read-only filesystem; name another home with --home", e);
    }
    return new IOException("cannot use " + directory + " as home: " + e.getMessage(), e);
  }
}
