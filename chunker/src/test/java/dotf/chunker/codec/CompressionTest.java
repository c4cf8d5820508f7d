package dotf.chunker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dotf.fixtures.Payloads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private final Compression compression = new Compression();

  @Test
  void decompress_aBombOf64Mebibytes_staysWithinItsBuffer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(bytes)) {
      for (int i = 0; i < 64; i++) {
        zstd.write(new byte[1 << 20]);
      }
    }
    byte[] bomb = bytes.toByteArray();
    assertThat(bomb.length).isLessThan(20_000);

    assertThat(compression.decompress(bomb, 0, bomb.length, new byte[1000])).isFalse();
  }

  @Test
  void decompress_aFrameThatAsksForAHugeWindow_isRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(bytes)) {
      zstd.setLong(27);
      zstd.write(new byte[1000]);
    }
    byte[] frame = bytes.toByteArray();

    assertThat(compression.decompress(frame, 0, frame.length, new byte[1000])).isFalse();
    // The same with the window that 2^31 would be, in the descriptor's top five bits.
    frame[5] = (byte) (21 << 3);
    assertThat(compression.decompress(frame, 0, frame.length, new byte[1000])).isFalse();
  }

  @Test
  void decompress_anotherLengthThanStated_isRefused() {
    byte[] frame = Zstd.compress(Payloads.text(1, 1000));

    assertThat(compression.decompress(frame, 0, frame.length, new byte[1000])).isTrue();
    assertThat(compression.decompress(frame, 0, frame.length, new byte[999])).isFalse();
    assertThat(compression.decompress(frame, 0, frame.length, new byte[1001])).isFalse();
  }

  @Test
  void decompress_garbageOrACutFrame_isRefused() {
    byte[] frame = Zstd.compress(Payloads.text(1, 1000));

    for (int length = 0; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThat(compression.decompress(cut, 0, length, new byte[1000])).isFalse();
    }
    byte[] noise = Payloads.noise(2, 100);
    assertThat(compression.decompress(noise, 0, noise.length, new byte[1000])).isFalse();
  }

  @Test
  void pays_noiseDoesNot_textAndNoiseWithSomeTextDo() {
    byte[] noise = Payloads.noise(1, 600_000);
    byte[] text = Payloads.text(1, 600_000);
    byte[] half = noise.clone();
    System.arraycopy(text, 0, half, 0, 150_000);

    assertThat(compression.pays(noise, 0, noise.length)).isFalse();
    assertThat(compression.pays(text, 0, text.length)).isTrue();
    assertThat(compression.pays(half, 0, half.length)).isTrue();
    assertThat(compression.pays(noise, 0, 1000)).isTrue();
    assertThat(compression.pays(text, 0, 500)).isFalse();
  }
}
