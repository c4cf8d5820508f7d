package dotf.agent.holder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The file that says which blocks a directory holds: without it, or with another store id, this is
 * an empty mount point or another disk.
 *
 * @param store random, made with the store; whoever shares the directory sees the same
 * @param maker the holder under which the directory was first added
 */
record StoreMark(StoreId store, NodeId maker) {
  static final String NAME = "dotf-store";

  private static final byte[] MAGIC = "DOTF-BLK".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int CHECK_BYTES = 4;
  private static final int COVERED = MAGIC.length + 1 + StoreId.BYTES + NodeId.BYTES;
  private static final String FRESH = Directory.TEMPORARY_PREFIX + NAME;

  /**
   * Reads a directory's mark.
   *
   * @throws NoSuchFileException when it has none
   * @throws IOException when it is damaged or of a newer version
   */
  static StoreMark read(Directory blocks) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(COVERED + CHECK_BYTES + 1);
    try (OpenFile file = blocks.openRead(NAME)) {
      file.read(bytes, 0);
    }
    bytes.flip();
    byte[] magic = new byte[MAGIC.length];
    if (bytes.remaining() > MAGIC.length) {
      bytes.get(magic);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("the file " + NAME + " in " + blocks + " is not one of dotf");
    }
    if (bytes.get() != VERSION) {
      throw new IOException(blocks + " was written by a newer dotf; install that version");
    }
    if (bytes.limit() != COVERED + CHECK_BYTES
        || !Arrays.equals(
            check(bytes.array()), 0, CHECK_BYTES, bytes.array(), COVERED, bytes.limit())) {
      throw new IOException("the file " + NAME + " in " + blocks + " is damaged");
    }
    byte[] store = new byte[StoreId.BYTES];
    byte[] maker = new byte[NodeId.BYTES];
    bytes.get(store).get(maker);
    return new StoreMark(StoreId.of(store), NodeId.of(maker));
  }

  /** Marks a directory that has no mark; durable on return. */
  void write(Directory blocks) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(COVERED + CHECK_BYTES)
            .put(MAGIC)
            .put(VERSION)
            .put(store.bytes())
            .put(maker.bytes())
            .array();
    System.arraycopy(check(bytes), 0, bytes, COVERED, CHECK_BYTES);
    blocks.unlink(FRESH);
    try (OpenFile file = blocks.create(FRESH, 0600)) {
      file.write(ByteBuffer.wrap(bytes), 0);
      file.sync();
    }
    blocks.replace(FRESH, NAME);
    blocks.sync();
  }

  private static byte[] check(byte[] bytes) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes, 0, COVERED);
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
