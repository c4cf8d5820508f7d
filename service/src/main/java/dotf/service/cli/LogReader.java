package dotf.service.cli;

import dotf.service.daemon.LogFiles;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Prints the agent's log, and follows it across rotations. */
final class LogReader {
  private static final int FOLLOW_FROM = 4096;

  private final Path directory;
  private final Path file;
  private final Screen screen;
  private final byte[] buffer = new byte[1 << 16];

  LogReader(Path directory, Screen screen) {
    this.directory = directory;
    this.file = directory.resolve(LogFiles.NAME);
    this.screen = screen;
  }

  Path file() {
    return file;
  }

  List<String> lines() throws IOException {
    checkThere();
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }

  void print() throws IOException {
    checkThere();
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      copy(log);
    }
  }

  /** Prints the last lines, and what is added, until the process ends. */
  void follow() throws IOException, InterruptedException {
    checkThere();
    try (WatchService changes = FileSystems.getDefault().newWatchService()) {
      directory.register(
          changes, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
      boolean first = true;
      while (true) {
        Object key = key();
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
          if (first) {
            skip(log);
            first = false;
          }
          follow(log, key, changes);
        }
      }
    }
  }

  /** Prints what is added to an open file until another has taken its name. */
  private void follow(RandomAccessFile log, @Nullable Object key, WatchService changes)
      throws IOException, InterruptedException {
    copy(log);
    while (true) {
      WatchKey change = changes.poll(1, TimeUnit.SECONDS);
      if (change != null) {
        change.pollEvents();
        change.reset();
      }
      Object now = key();
      copy(log);
      if (now != null && !now.equals(key)) {
        return;
      }
    }
  }

  /** To the beginning of one of the last lines. */
  private static void skip(RandomAccessFile log) throws IOException {
    long from = log.length() - FOLLOW_FROM;
    if (from > 0) {
      log.seek(from);
      log.readLine();
    }
  }

  /** What tells one file from another of the same name; null while there is none. */
  private @Nullable Object key() throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException beingRotated) {
      return null;
    }
  }

  private void copy(RandomAccessFile log) throws IOException {
    for (int n = log.read(buffer); n > 0; n = log.read(buffer)) {
      screen.output().write(buffer, 0, n);
    }
  }

  private void checkThere() throws CommandException {
    if (!Files.exists(file)) {
      throw new CommandException(
          ExitCode.ABSENT, "there is no log yet; the agent writes one when it starts: dotf start");
    }
  }
}
