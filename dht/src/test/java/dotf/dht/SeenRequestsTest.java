package dotf.dht;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SeenRequestsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private final SeenRequests seen = new SeenRequests();

  @Test
  void add_again_isNotNew() {
    assertThat(seen.add(request(1), NOW)).isTrue();
    assertThat(seen.add(request(1), NOW.plusSeconds(299))).isFalse();
    assertThat(seen.add(request(1), NOW.plusSeconds(301))).isTrue();
  }

  @Test
  void add_whenFull_takesNothingUntilTheOldestIsForgotten() {
    for (int i = 0; i < SeenRequests.REQUESTS_MAX; i++) {
      assertThat(seen.add(request(i), NOW)).isTrue();
    }
    assertThat(seen.add(request(-1), NOW)).isFalse();
    assertThat(seen.add(request(-1), NOW.plusSeconds(301))).isTrue();
  }

  private static ByteString request(int number) {
    return ByteString.copyFromUtf8(Integer.toString(number));
  }
}
