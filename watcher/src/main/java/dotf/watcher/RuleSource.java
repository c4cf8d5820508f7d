package dotf.watcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where {@link IgnoreRules} reads its files. */
@FunctionalInterface
public interface RuleSource {
  /** The longest rule file that is read, in bytes. */
  int FILE_BYTES_MAX = 64 * 1024;

  /**
   * The text of a file.
   *
   * @param path relative, {@code /}-separated
   * @return null when there is none
   * @throws IOException when there is one that cannot be read, is no regular file, or is longer
   *     than {@link #FILE_BYTES_MAX}
   */
  @Nullable String read(String path) throws IOException;

  /**
   * Whether there is a file or directory.
   *
   * @param path relative, {@code /}-separated
   * @throws IOException when that cannot be told
   */
  default boolean exists(String path) throws IOException {
    return read(path) != null;
  }

  /** The files of a folder on disk. */
  static RuleSource of(Path root) {
    return new RuleSource() {
      @Override
      public @Nullable String read(String path) throws IOException {
        return readFile(root.resolve(path));
      }

      @Override
      public boolean exists(String path) {
        return !Files.notExists(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
      }
    };
  }

  private static @Nullable String readFile(Path file) throws IOException {
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw new IOException(file + " is no regular file");
      }
      try (SeekableByteChannel channel =
          Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        return text(file, channel);
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static String text(Path file, SeekableByteChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(FILE_BYTES_MAX + 1);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    if (!bytes.hasRemaining()) {
      throw new IOException(file + " is longer than " + FILE_BYTES_MAX / 1024 + " KiB");
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }
}
