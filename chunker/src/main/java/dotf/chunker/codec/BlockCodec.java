package dotf.chunker.codec;

import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.key.VaultKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Seals a chunk, a manifest or a piece of journal into a block and opens it again: compress, pad,
 * encrypt, address. The layout is in the module's README. Safe for use by many threads; keeps the
 * working memory of a few of them (3 MiB each).
 */
public final class BlockCodec {
  /** The most that one block can hold, in bytes: 1 MiB - 4 KiB. */
  public static final int PLAIN_MAX = CutPoints.BYTES_MAX;

  private static final int WORKSPACES_KEPT = 4;
  private static final int LENGTH_BYTES = 4;
  private static final int OVERHEAD = BlockHeader.BYTES + LENGTH_BYTES + ContentCipher.TAG_BYTES;

  private final VaultKeys keys;
  private final SecureRandom random;
  private final BlockingQueue<Workspace> idle = new ArrayBlockingQueue<>(WORKSPACES_KEPT);

  /** {@code random} gives each sealing its salt. */
  public BlockCodec(VaultKeys keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  /** A chunk's identity in this vault; {@code plain} stays unread. */
  public ChunkId chunkId(ByteBuffer plain) {
    Workspace workspace = take();
    try {
      workspace.chunkIds.update(plain.duplicate());
      return ChunkId.of(workspace.chunkIds.doFinal());
    } finally {
      giveBack(workspace);
    }
  }

  /**
   * Seals, and opens what was sealed: no block is returned that does not give its content back.
   *
   * @param plain up to {@link #PLAIN_MAX} bytes, which stay unread; more is an {@link
   *     IllegalArgumentException}
   * @throws IOException when the block did not open to the same bytes: the machine is faulty
   */
  public SealedBlock seal(BlockKind kind, ByteBuffer plain) throws IOException {
    int length = plain.remaining();
    if (length > PLAIN_MAX) {
      throw new IllegalArgumentException("a block holds " + PLAIN_MAX + " bytes, not " + length);
    }
    Workspace workspace = take();
    try {
      SealedBlock block = seal(kind, onHeap(plain), workspace);
      if (!open(block, kind, workspace).equals(plain)) {
        throw new IOException(
            "a block just sealed gives other bytes back: check this machine's memory");
      }
      return block;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing with a good key cannot fail", e);
    } finally {
      giveBack(workspace);
    }
  }

  private SealedBlock seal(BlockKind kind, ByteBuffer heap, Workspace workspace)
      throws GeneralSecurityException {
    byte[] plain = heap.array();
    int offset = heap.arrayOffset() + heap.position();
    int length = heap.remaining();
    byte[] content = workspace.content;
    int stored = Padme.pad(OVERHEAD + length);
    int codec = BlockHeader.STORED;
    int sealed = stored;
    int body = length;
    if (workspace.compression.pays(plain, offset, length)) {
      int frame = workspace.compression.compress(plain, offset, length, content, 2 * LENGTH_BYTES);
      int compressed = Padme.pad(OVERHEAD + LENGTH_BYTES + frame);
      if (compressed < stored) {
        codec = BlockHeader.ZSTD;
        sealed = compressed;
        body = LENGTH_BYTES + frame;
      }
    }
    ByteBuffer lengths = ByteBuffer.wrap(content).putInt(body);
    if (codec == BlockHeader.ZSTD) {
      lengths.putInt(length);
    } else {
      System.arraycopy(plain, offset, content, LENGTH_BYTES, length);
    }
    int end = sealed - BlockHeader.BYTES - ContentCipher.TAG_BYTES;
    Arrays.fill(content, LENGTH_BYTES + body, end, (byte) 0);

    BlockHeader header = BlockHeader.of(codec, kind, salt());
    byte[] block = new byte[sealed];
    System.arraycopy(header.bytes(), 0, block, 0, BlockHeader.BYTES);
    workspace.cipher.encrypt(header, content, end, block);
    return SealedBlock.of(ByteBuffer.wrap(block));
  }

  /**
   * Opens a block, whose address its maker has checked: tag, kind, lengths.
   *
   * @return the content, in fresh memory
   * @throws BlockCorruptException when it is not a block of this vault and kind, bit for bit
   * @throws IOException when a newer dotf sealed it
   */
  public ByteBuffer open(SealedBlock block, BlockKind expected) throws IOException {
    Workspace workspace = take();
    try {
      return open(block, expected, workspace);
    } finally {
      giveBack(workspace);
    }
  }

  /**
   * Opens a chunk and checks that it is the one that was asked for.
   *
   * @param length the chunk's plaintext length in bytes
   * @throws BlockCorruptException as {@link #open} does, and when it is another chunk
   */
  public ByteBuffer openChunk(SealedBlock block, ChunkId id, int length) throws IOException {
    ByteBuffer plain = open(block, BlockKind.CHUNK);
    if (plain.remaining() != length || !chunkId(plain).equals(id)) {
      throw corrupt(block, "it holds another chunk than the manifest says");
    }
    return plain;
  }

  private static ByteBuffer open(SealedBlock block, BlockKind expected, Workspace workspace)
      throws IOException {
    int size = block.size();
    byte[] sealed = workspace.sealed;
    block.bytes().get(sealed, 0, size);
    BlockHeader header = header(block, sealed, expected);
    byte[] content = workspace.content;
    try {
      workspace.cipher.decrypt(header, sealed, size, content);
    } catch (GeneralSecurityException e) {
      throw corrupt(block, "its tag is not this vault's");
    }
    int body = ByteBuffer.wrap(content).getInt();
    if (body < 0 || body > size - OVERHEAD || Padme.pad(OVERHEAD + body) != size) {
      throw corrupt(block, "its length is not the one it states");
    }
    return header.codec() == BlockHeader.STORED
        ? ByteBuffer.wrap(Arrays.copyOfRange(content, LENGTH_BYTES, LENGTH_BYTES + body))
        : decompress(block, content, body, workspace);
  }

  private static BlockHeader header(SealedBlock block, byte[] sealed, BlockKind expected)
      throws IOException {
    BlockHeader header = BlockHeader.read(sealed);
    if (block.size() < OVERHEAD || !header.hasMagic()) {
      throw corrupt(block, "it does not begin as a block");
    }
    if (header.version() != BlockHeader.VERSION) {
      throw new IOException(
          "block %s has format %d and this dotf reads %d: update dotf"
              .formatted(block.address(), header.version(), BlockHeader.VERSION));
    }
    if (!header.isOf(expected)) {
      throw corrupt(block, "its header is not that of kind " + expected);
    }
    return header;
  }

  private static ByteBuffer decompress(
      SealedBlock block, byte[] content, int body, Workspace workspace) throws IOException {
    int length = body < LENGTH_BYTES ? -1 : ByteBuffer.wrap(content).getInt(LENGTH_BYTES);
    if (length < 0 || length > PLAIN_MAX) {
      throw corrupt(block, "it states an impossible length");
    }
    byte[] plain = new byte[length];
    if (!workspace.compression.decompress(content, 2 * LENGTH_BYTES, body - LENGTH_BYTES, plain)) {
      throw corrupt(block, "it does not decompress to its stated length");
    }
    return ByteBuffer.wrap(plain);
  }

  /**
   * Makes the JIT compile the cipher, without which the first hundreds of MB run at 70 MB/s: takes
   * some 0.3 s of one core, so call it off the path of the start.
   */
  public void warmUp() {
    Workspace workspace = take();
    try {
      workspace.cipher.warmUp(salt(), workspace.content, workspace.sealed);
    } finally {
      giveBack(workspace);
    }
  }

  private byte[] salt() {
    byte[] salt = new byte[BlockHeader.SALT_BYTES];
    random.nextBytes(salt);
    return salt;
  }

  private Workspace take() {
    Workspace workspace = idle.poll();
    return workspace == null ? new Workspace(keys) : workspace;
  }

  private void giveBack(Workspace workspace) {
    if (!idle.offer(workspace)) {
      workspace.close();
    }
  }

  /** The same bytes in an array that may be read: in place when possible. */
  private static ByteBuffer onHeap(ByteBuffer plain) {
    return plain.hasArray()
        ? plain
        : ByteBuffer.allocate(plain.remaining()).put(plain.duplicate()).flip();
  }

  private static BlockCorruptException corrupt(SealedBlock block, String why) {
    return new BlockCorruptException(
        block.address(), "block " + block.address() + " is damaged: " + why);
  }
}
