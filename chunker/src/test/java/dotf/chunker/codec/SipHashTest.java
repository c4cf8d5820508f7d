package dotf.chunker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {
  @Test
  void apply_isWhatOpensslComputes() {
    // openssl mac -macopt hexkey:000102...0f -macopt size:8 -in <bytes 00 to 3f> SIPHASH
    byte[] data = new byte[70];
    for (int i = 0; i < 64; i++) {
      data[i + 3] = (byte) i;
    }
    SipHash sipHash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    assertThat(Long.reverseBytes(sipHash.apply(data, 3))).isEqualTo(0xD8CA02850BC4D2ACL);
  }
}
