package dotf.dht.store;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Payloads;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
  private static final int KEYS = 200_000;

  private static byte[] key(long i) {
    return Payloads.noise(i, 32);
  }

  @Test
  void addedKey_isNeverDenied_andOthersNearlyAlways_alsoAfterGrowing() {
    KeyFilter filter = new KeyFilter();
    for (int i = 0; i < KEYS; i++) {
      filter.add(key(i));
    }
    ByteBuffer encoded = ByteBuffer.allocate(filter.encodedBytes());
    filter.encode(encoded);
    KeyFilter decoded = KeyFilter.decode(encoded.flip());
    int wrong = 0;
    for (int i = 0; i < KEYS; i++) {
      assertThat(filter.maybe(key(i)) && decoded.maybe(key(i))).isTrue();
      wrong += decoded.maybe(key(i + 10_000_000L)) ? 1 : 0;
    }
    assertThat(wrong).isLessThan(KEYS / 200);
  }
}
