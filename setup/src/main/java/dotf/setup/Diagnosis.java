package dotf.setup;

import dotf.setup.Keyring.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Looks for what usually goes wrong with a machine and a home: everything that can be told without
 * the agent and without the network.
 *
 * @param root where the system's files are looked for; {@code /} but in tests
 * @param environment the environment of the process
 * @param now the machine's clock
 */
public record Diagnosis(Path root, Map<String, String> environment, Instant now) {
  private static final int ENOUGH_WATCHES = 100_000;
  private static final Set<String> REMOTE =
      Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "fuseblk");

  /** All that was looked at, in the order in which a reader wants it. */
  public List<Finding> of(Home home) {
    List<Finding> found = new ArrayList<>();
    found.add(
        Finding.good(
            "java",
            Runtime.version() + " in " + System.getProperty("java.home", "an unknown place")));
    found.add(names());
    found.add(settings(home));
    found.add(keys(home));
    found.add(space(home));
    found.add(clock(home));
    found.add(watches());
    found.add(service(home));
    return List.copyOf(found);
  }

  private static Finding names() {
    String encoding = System.getProperty("sun.jnu.encoding", "");
    return encoding.equals("UTF-8")
        ? Finding.good("names", "file names with any letters can be used")
        : Finding.problem(
            "names",
            "under this locale (" + encoding + ") Java cannot use file names beyond ASCII",
            "LC_ALL=C.UTF-8 dotf restart");
  }

  private static Finding settings(Home home) {
    try {
      new ConfigFile(home.configFile()).read();
      return Finding.good("settings", home.configFile() + " can be read");
    } catch (InvalidConfigException e) {
      return Finding.problem(
          "settings",
          home.configFile() + ": " + String.join("; ", e.problems()),
          "${EDITOR:-vi} " + home.configFile());
    } catch (IOException e) {
      return Finding.problem("settings", "cannot be read: " + e.getMessage(), null);
    }
  }

  private static Finding keys(Home home) {
    Keyring ring = new Keyring(home.keys());
    for (Secret secret : List.of(Secret.VAULT, Secret.NODE)) {
      try {
        ring.read(secret);
      } catch (IOException e) {
        return Finding.problem("keys", String.valueOf(e.getMessage()), null);
      }
    }
    return ring.phraseConfirmed()
        ? Finding.good("keys", "for you alone, and the recovery phrase is confirmed")
        : Finding.advice(
            "keys",
            "nobody has said yet that the recovery phrase is written down",
            "dotf phrase --confirm");
  }

  private static Finding space(Home home) {
    try {
      Config config = new ConfigFile(home.configFile()).read();
      Path store = config.store(home);
      FileStore filesystem = Files.getFileStore(Files.exists(store) ? store : home.directory());
      long free = filesystem.getUsableSpace();
      long reserve = config.reserve(filesystem.getTotalSpace());
      String said =
          "%s free for blocks, %s of it reserved"
              .formatted(gigabytes(free), gigabytes(Math.min(free, reserve)));
      if (free <= reserve) {
        return Finding.problem(
            "space", said + ": nothing more will be stored", "dotf config reserve SIZE");
      }
      if (REMOTE.contains(filesystem.type())) {
        return Finding.advice(
            "space",
            said + "; the blocks are on " + filesystem.type() + ", where a crash may cost more",
            "dotf config store.path DIR");
      }
      return Finding.good("space", said);
    } catch (IOException e) {
      return Finding.problem("space", "cannot be told: " + e.getMessage(), null);
    }
  }

  private Finding clock(Home home) {
    try {
      Instant made = Files.getLastModifiedTime(home.directory().resolve("format")).toInstant();
      return now.isBefore(made)
          ? Finding.problem(
              "clock",
              "it is " + now + " here, before this home was made; certificates will be refused",
              "sudo timedatectl set-ntp true")
          : Finding.good("clock", "not before this home was made");
    } catch (IOException e) {
      return Finding.problem("clock", "cannot be told: " + e.getMessage(), null);
    }
  }

  private Finding watches() {
    Path limit = root.resolve("proc/sys/fs/inotify/max_user_watches");
    if (!Files.exists(limit)) {
      return Finding.good("watches", "this system sets no limit");
    }
    // By a reader with a buffer: the kernel gives all of such a file to the first read, or nothing.
    try (BufferedReader reader = Files.newBufferedReader(limit)) {
      long most = Long.parseLong(Objects.requireNonNullElse(reader.readLine(), "").strip());
      return most >= ENOUGH_WATCHES
          ? Finding.good("watches", "up to %,d directories can be watched".formatted(most))
          : Finding.advice(
              "watches",
              "only %,d directories can be watched; beyond them, changes are found by scans"
                  .formatted(most),
              "echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/60-dotf.conf"
                  + " && sudo sysctl --system");
    } catch (IOException | NumberFormatException e) {
      return Finding.advice("watches", "the limit cannot be read: " + e.getMessage(), null);
    }
  }

  private Finding service(Home home) {
    if (!Files.isDirectory(root.resolve("run/systemd/system"))) {
      return Finding.advice(
          "service",
          "no service manager runs here: after a reboot the agent must be started",
          "dotf start");
    }
    String user = environment.getOrDefault("USER", System.getProperty("user.name", ""));
    String configuration =
        environment.getOrDefault(
            "XDG_CONFIG_HOME", environment.getOrDefault("HOME", "") + "/.config");
    Path unit = Path.of(configuration, "systemd", "user", "dotf.service");
    try {
      if (!Files.exists(unit) || !Files.readString(unit).contains(home.toString())) {
        return Finding.advice(
            "service",
            "the agent of this home is not started with the machine",
            "setup/setup.sh --home " + home);
      }
    } catch (IOException e) {
      return Finding.advice("service", unit + " cannot be read: " + e.getMessage(), null);
    }
    return Files.exists(root.resolve("var/lib/systemd/linger").resolve(user))
        ? Finding.good("service", "started with the machine")
        : Finding.advice(
            "service", "the agent stops when you log out", "sudo loginctl enable-linger " + user);
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1 << 30));
  }
}
