package dotf.dht.identity;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A small secret file, mode 0600: magic 8, version 1, content, then the first 4 bytes of the
 * SHA-256 of all before. Replaced as a whole or not at all.
 *
 * @param name in the keys directory
 * @param magic eight ASCII letters
 */
public record KeyFile(String name, String magic) {
  private static final byte VERSION = 1;
  private static final int PREFIX_BYTES = 8 + 1;
  private static final int CHECK_BYTES = 4;
  private static final int BYTES_MAX = 4096;

  /** Whether the file is there. */
  public boolean exists(Directory keys) throws IOException {
    return keys.stat(name) != null;
  }

  /** Makes or replaces the file; durable on return. */
  public void write(Directory keys, byte[] content) throws IOException {
    byte[] covered =
        ByteBuffer.allocate(PREFIX_BYTES + content.length)
            .put(magic.getBytes(StandardCharsets.US_ASCII))
            .put(VERSION)
            .put(content)
            .array();
    String fresh = name + ".new";
    keys.unlink(fresh);
    try (OpenFile file = keys.create(fresh, 0600)) {
      file.write(ByteBuffer.wrap(covered), 0);
      file.write(ByteBuffer.wrap(check(covered)), covered.length);
      file.sync();
    }
    keys.replace(fresh, name);
    keys.sync();
  }

  /**
   * The content.
   *
   * @throws IOException when the file is missing, damaged, or of a newer version
   */
  public byte[] read(Directory keys) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES_MAX);
    try (OpenFile file = keys.openRead(name)) {
      file.read(buffer, 0);
    }
    byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
    if (bytes.length < PREFIX_BYTES + CHECK_BYTES
        || !new String(bytes, 0, 8, StandardCharsets.US_ASCII).equals(magic)) {
      throw new IOException("the key file " + name + " is not one; restore it from a copy");
    }
    if (bytes[8] != VERSION) {
      throw new IOException(
          "the key file " + name + " was written by a newer version; install that version");
    }
    int end = bytes.length - CHECK_BYTES;
    byte[] covered = Arrays.copyOf(bytes, end);
    if (!Arrays.equals(check(covered), 0, CHECK_BYTES, bytes, end, bytes.length)) {
      throw new IOException("the key file " + name + " is damaged; restore it from a copy");
    }
    return Arrays.copyOfRange(covered, PREFIX_BYTES, end);
  }

  private static byte[] check(byte[] covered) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(covered), CHECK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
