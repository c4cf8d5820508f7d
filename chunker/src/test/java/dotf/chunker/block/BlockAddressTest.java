package dotf.chunker.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockAddressTest {
  /** The pattern that the libtorrent vectors were made of. */
  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * i * 7 + i * 31 + (i >> 8));
    }
    return bytes;
  }

  @Test
  void ofSealed_isThePiecesRootThatLibtorrentComputes() throws IOException {
    List<String> vectors = Files.readAllLines(Path.of("src/test/resources/golden/bep52.txt"));
    assertThat(vectors).hasSize(6);
    for (String vector : vectors) {
      String[] fields = vector.split(" ", 2);
      ByteBuffer bytes = ByteBuffer.wrap(pattern(Integer.parseInt(fields[0])));

      assertThat(BlockAddress.ofSealed(bytes)).hasToString(fields[1]);
    }
  }

  @Test
  void ofSealed_readOnlyDirectOrSlicedBytes_haveTheSameAddressAndStayUnread() {
    byte[] bytes = pattern(100_000);
    BlockAddress address = BlockAddress.ofSealed(ByteBuffer.wrap(bytes));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    ByteBuffer slice = ByteBuffer.allocate(bytes.length + 7).put(3, bytes).slice(3, bytes.length);

    for (ByteBuffer view : List.of(direct, slice, slice.asReadOnlyBuffer())) {
      assertThat(BlockAddress.ofSealed(view)).isEqualTo(address);
      assertThat(view.remaining()).isEqualTo(bytes.length);
    }
  }

  @Test
  void ofSealed_nothingOrMoreThanAMebibyte_isRefused() {
    for (int length : new int[] {0, SealedBlock.BYTES_MAX + 1}) {
      assertThatThrownBy(() -> BlockAddress.ofSealed(ByteBuffer.allocate(length)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void parse_whatToStringWrote_isTheSame() {
    BlockAddress address = BlockAddress.ofSealed(ByteBuffer.wrap(pattern(3)));

    assertThat(BlockAddress.parse(address.toString())).isEqualTo(address);
    assertThat(BlockAddress.of(address.bytes())).isEqualTo(address);
    assertThatThrownBy(() -> BlockAddress.parse("00")).hasMessageContaining("32 bytes");
  }
}
