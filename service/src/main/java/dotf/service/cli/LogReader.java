package dotf.service.cli;

import dotf.service.daemon.LogFiles;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

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

  void print(boolean follow) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      throw new CommandException(
          ExitCode.ABSENT, "there is no log yet; the agent writes one when it starts (dotf start)");
    }
    if (!follow) {
      copy(0);
      return;
    }
    try (WatchService changes = FileSystems.getDefault().newWatchService()) {
      directory.register(
          changes, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
      long at = copy(Math.max(0, Files.size(file) - FOLLOW_FROM));
      while (true) {
        WatchKey key = changes.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
        if (Files.exists(file)) {
          at = copy(Files.size(file) < at ? 0 : at);
        }
      }
    }
  }

  /** Prints from {@code start} on, and returns where it ended. */
  private long copy(long start) throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(start);
      for (int n = log.read(buffer); n > 0; n = log.read(buffer)) {
        screen.output().write(buffer, 0, n);
      }
      return log.getFilePointer();
    }
  }
}
