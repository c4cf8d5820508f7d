package dotf.chunker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Golden;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockCodecTest {
  private static final VaultKeys KEYS = VaultKeys.derive(VaultSecret.of(new byte[32]));
  private static final byte[] WORDS =
      "to be, or not to be, ".repeat(40).getBytes(StandardCharsets.US_ASCII);

  private final BlockCodec codec = new BlockCodec(KEYS, new FixedRandom());

  /** The same salts in every run: for vectors only. */
  private static final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final Random source = new Random(7);

    @Override
    public void nextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }

  /** A block of these bytes that claims to be one, as if its maker had checked the address. */
  private static SealedBlock block(byte[] bytes) {
    return SealedBlock.of(ByteBuffer.wrap(bytes));
  }

  private static byte[] bytes(SealedBlock block) {
    byte[] bytes = new byte[block.size()];
    block.bytes().get(bytes);
    return bytes;
  }

  @Test
  void seal_storedContent_isTheGoldenBlockBitForBit() throws IOException {
    byte[] content = Payloads.noise(1, 300);

    SealedBlock sealed = codec.seal(BlockKind.CHUNK, wrap(content));

    Golden.matches("block-stored-1.hex", bytes(sealed));
    assertThat(codec.open(sealed, BlockKind.CHUNK)).isEqualTo(wrap(content));
  }

  @Test
  void open_theGoldenBlocks_giveTheirContent() throws IOException {
    assertThat(codec.open(block(Golden.bytes("block-zstd-1.hex")), BlockKind.CHUNK))
        .isEqualTo(wrap(WORDS));
    assertThat(codec.open(block(Golden.bytes("block-journal-1.hex")), BlockKind.JOURNAL))
        .isEqualTo(wrap(WORDS));
  }

  @Test
  void chunkId_isTheGoldenOne() {
    Golden.matches("chunk-id-1.txt", codec.chunkId(wrap(WORDS)) + "\n");
  }

  @Test
  void open_randomContents_giveTheSameBytesAtAPadmeLength() throws IOException {
    Random random = Seed.random("blocks");
    BlockCodec salted = new BlockCodec(KEYS, new SecureRandom());
    for (int round = 0; round < 25; round++) {
      int size = (int) Math.pow(BlockCodec.PLAIN_MAX + 1.0, random.nextDouble()) - 1;
      byte[] content =
          random.nextBoolean()
              ? Payloads.noise(random.nextLong(), size)
              : Payloads.text(random.nextLong(), size);
      for (BlockKind kind : BlockKind.values()) {
        SealedBlock sealed = salted.seal(kind, wrap(content));

        assertThat(salted.open(sealed, kind)).isEqualTo(wrap(content));
        assertThat(sealed.size()).isEqualTo(Padme.pad(sealed.size()));
      }
    }
  }

  @Test
  void seal_directOrReadOnlyContent_isSealedToo() throws IOException {
    ByteBuffer direct = ByteBuffer.allocateDirect(WORDS.length).put(WORDS).flip();
    ByteBuffer readOnly = wrap(WORDS).asReadOnlyBuffer().position(5);

    assertThat(codec.open(codec.seal(BlockKind.CHUNK, direct), BlockKind.CHUNK)).isEqualTo(direct);
    assertThat(codec.open(codec.seal(BlockKind.CHUNK, readOnly), BlockKind.CHUNK))
        .isEqualTo(readOnly);
    assertThat(codec.chunkId(readOnly))
        .isEqualTo(codec.chunkId(wrap(Arrays.copyOfRange(WORDS, 5, WORDS.length))));
  }

  @Test
  void seal_theLargestNoise_isExactlyAMebibyteAndMoreIsRefused() throws IOException {
    byte[] content = Payloads.noise(2, BlockCodec.PLAIN_MAX);

    assertThat(codec.seal(BlockKind.CHUNK, wrap(content)).size()).isEqualTo(1 << 20);
    assertThatThrownBy(
            () -> codec.seal(BlockKind.CHUNK, ByteBuffer.allocate(BlockCodec.PLAIN_MAX + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void seal_text_isSmallerAndTheSameContentNeverSealsAlike() throws IOException {
    BlockCodec salted = new BlockCodec(KEYS, new SecureRandom());
    byte[] content = Payloads.text(3, 500_000);

    SealedBlock first = salted.seal(BlockKind.CHUNK, wrap(content));
    SealedBlock second = salted.seal(BlockKind.CHUNK, wrap(content));

    assertThat(first.size()).isLessThan(content.length / 2);
    assertThat(first.address()).isNotEqualTo(second.address());
  }

  @Test
  void open_aFlippedBitAnywhere_isCorruptOrANewerFormat() throws IOException {
    for (byte[] content : List.of(WORDS, Payloads.noise(4, 300))) {
      byte[] sealed = bytes(codec.seal(BlockKind.CHUNK, wrap(content)));
      for (int bit = 0; bit < sealed.length * 8; bit++) {
        byte[] flipped = sealed.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatThrownBy(() -> codec.open(block(flipped), BlockKind.CHUNK))
            .satisfies(
                e ->
                    assertThat(e instanceof BlockCorruptException || isNewer(e, flipped)).isTrue());
      }
    }
  }

  private static boolean isNewer(Throwable e, byte[] block) {
    return block[2] != 1 && e.toString().contains("update dotf");
  }

  @Test
  void open_aCutAnywhere_isCorrupt() throws IOException {
    byte[] sealed = bytes(codec.seal(BlockKind.CHUNK, wrap(WORDS)));
    for (int length = 1; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> codec.open(block(cut), BlockKind.CHUNK))
          .isInstanceOf(BlockCorruptException.class);
    }
  }

  @Test
  void open_anotherKindOrAnotherVault_isCorrupt() throws IOException {
    SealedBlock sealed = codec.seal(BlockKind.CHUNK, wrap(WORDS));
    byte[] secret = new byte[32];
    secret[31] = 1;
    BlockCodec other = new BlockCodec(VaultKeys.derive(VaultSecret.of(secret)), new SecureRandom());

    assertThatThrownBy(() -> codec.open(sealed, BlockKind.MANIFEST))
        .isInstanceOf(BlockCorruptException.class);
    assertThatThrownBy(() -> other.open(sealed, BlockKind.CHUNK))
        .isInstanceOf(BlockCorruptException.class)
        .hasMessageContaining("tag");
  }

  @Test
  void openChunk_anotherChunkOrLength_isCorrupt() throws IOException {
    SealedBlock sealed = codec.seal(BlockKind.CHUNK, wrap(WORDS));
    ChunkId id = codec.chunkId(wrap(WORDS));

    assertThat(codec.openChunk(sealed, id, WORDS.length)).isEqualTo(wrap(WORDS));
    assertThatThrownBy(() -> codec.openChunk(sealed, id, WORDS.length - 1))
        .isInstanceOf(BlockCorruptException.class);
    assertThatThrownBy(() -> codec.openChunk(sealed, ChunkId.of(new byte[32]), WORDS.length))
        .isInstanceOf(BlockCorruptException.class);
  }

  @Test
  void warmUp_leavesTheCodecAsItWas() throws IOException {
    codec.warmUp();
    codec.warmUp();

    assertThat(codec.open(codec.seal(BlockKind.CHUNK, wrap(WORDS)), BlockKind.CHUNK))
        .isEqualTo(wrap(WORDS));
  }
}
