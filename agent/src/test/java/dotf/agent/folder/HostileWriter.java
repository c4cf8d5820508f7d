package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own that writes to a few files in every way that programs do. For each line on
 * its standard input it writes one token into one file, and then prints token and file.
 */
final class HostileWriter {
  /** Every token has this many bytes. */
  static final int TOKEN_BYTES = 16;

  private static final StandardOpenOption[] APPEND = {
    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND
  };

  private final Path directory;
  private final Random random;

  private HostileWriter(Path directory, Random random) {
    this.directory = directory;
    this.random = random;
  }

  /** Arguments: directory, writer's number, seed, number of files. */
  public static void main(String[] arguments) throws IOException {
    int number = Integer.parseInt(arguments[1]);
    Random random = new Random(Long.parseLong(arguments[2]) + number);
    int files = Integer.parseInt(arguments[3]);
    HostileWriter writer = new HostileWriter(Path.of(arguments[0]), random);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (int count = 0; input.readLine() != null; count++) {
      String token = "T%02d-%011d%n".formatted(number, count);
      String file = "file-" + number + "-" + random.nextInt(files);
      boolean written = false;
      while (!written) {
        written = writer.write(writer.directory.resolve(file), token.getBytes(US_ASCII));
      }
      System.out.println(token.strip() + " " + file);
    }
  }

  /** Whether the token was written; not, when the way needs a file and it is a stub just now. */
  private boolean write(Path file, byte[] token) throws IOException {
    try {
      switch (random.nextInt(6)) {
        case 0 -> Files.write(file, token, APPEND);
        case 1 -> appendSlowly(file, token);
        case 2 -> mapAndClose(file, token);
        case 3 -> saveAtomically(file, token);
        case 4 -> saveAsVimDoes(file, token);
        default -> editAndSetTimeBack(file, token);
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void appendSlowly(Path file, byte[] token) throws IOException {
    try (FileChannel channel = FileChannel.open(file, APPEND)) {
      pause(30);
      int _ = channel.write(ByteBuffer.wrap(token));
      pause(5);
    }
  }

  private void mapAndClose(Path file, byte[] token) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped;
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        mapped = channel.map(MapMode.READ_WRITE, 0, channel.size(), arena);
      }
      pause(20);
      MemorySegment.copy(token, 0, mapped, ValueLayout.JAVA_BYTE, 0, TOKEN_BYTES);
      mapped.force();
    }
  }

  private static void saveAtomically(Path file, byte[] token) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.write(temporary, token);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void saveAsVimDoes(Path file, byte[] token) throws IOException {
    Path backup = file.resolveSibling("." + file.getFileName() + "~");
    Files.move(file, backup, StandardCopyOption.ATOMIC_MOVE);
    pause(2);
    Files.write(file, token);
    Files.delete(backup);
  }

  private static void editAndSetTimeBack(Path file, byte[] token) throws IOException {
    FileTime modified = Files.getLastModifiedTime(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int _ = channel.write(ByteBuffer.wrap(token), 0);
    }
    Files.setLastModifiedTime(file, modified);
  }

  private void pause(int millisMax) {
    LockSupport.parkNanos(random.nextInt(1 + millisMax * 1_000_000));
  }
}
