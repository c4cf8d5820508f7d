package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dotf.fixtures.Seed;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigTest {
  @Test
  void defaults_areThoseOfTheContract() {
    Config config = Config.defaults();

    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.settle()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.linger()).isEqualTo(Duration.ofHours(24));
    assertThat(config.copies()).isEqualTo(2);
    assertThat(config.stubMin()).isEqualTo(4096);
    assertThat(config.storeLimit()).isEqualTo(Long.MAX_VALUE);
    assertThat(config.quarantine()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.trash()).isEqualTo(Duration.ofDays(30));
    assertThat(config.portableWatcher()).isFalse();
    assertThat(config.contradictions()).isEmpty();
  }

  @Test
  void offer_auto_isATenthOfWhatIsFreeButAtMost20GB() {
    Config config = Config.defaults();

    assertThat(config.offer(50_000_000_000L)).isEqualTo(5_000_000_000L);
    assertThat(config.offer(Long.MAX_VALUE)).isEqualTo(20_000_000_000L);
    assertThat(config.offer(0)).isZero();
    assertThat(config.with(Setting.OFFER, "3GiB").offer(10)).isEqualTo(3L << 30);
  }

  @Test
  void reserve_auto_isTheLargerOfFivePercentAndOneGiB() {
    assertThat(Config.defaults().reserve(1L << 30)).isEqualTo(1L << 30);
    assertThat(Config.defaults().reserve(1L << 40)).isEqualTo((1L << 40) / 20);
  }

  @ParameterizedTest
  @CsvSource({
    "stub.min, 4096, 4KiB",
    "stub.min, 4 KiB, 4KiB",
    "stub.min, 0, 0B",
    "stub.min, 1KB, 1kB",
    "offer, 20000000000, 20GB",
    "offer, 1000000B, 1MB",
    "offer, 1025B, 1025B",
    "settle, 90s, 90s",
    "settle, 120s, 2m",
    "settle, 1500ms, 1500ms",
    "settle, 0s, 0s",
    "linger, 48h, 2d",
    "store.path, /mnt/big disk, /mnt/big disk",
  })
  void with_aValueAsAUserWritesIt_isKeptInItsShortestForm(String key, String value, String kept) {
    Setting setting = Setting.named(key).orElseThrow();
    assertThat(Config.defaults().with(setting, value).text(setting)).isEqualTo(kept);
  }

  @ParameterizedTest
  @CsvSource({
    "port, 65536",
    "port, -1",
    "port, eighty",
    "port, 99999999999",
    "settle, 10",
    "settle, 10 parsecs",
    "settle, 2h",
    "settle, -1s",
    "copies, 64",
    "stub.min, 2TiB",
    "stub.min, 9999999999TB",
    "offer, much",
    "reserve, none",
    "quarantine, 0s",
    "store.path, here",
    "watcher, fanotify",
  })
  void with_aValueOutOfRange_isRefusedAndSaysWhatOneLooksLike(String key, String value) {
    Setting setting = Setting.named(key).orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Config.defaults().with(setting, value))
        .withMessageContaining(setting.described());
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void standard_isWrittenInItsShortestForm(Setting setting) {
    assertThat(Config.defaults().text(setting))
        .isEqualTo(
            setting == Setting.LINGER
                ? "1d"
                : setting == Setting.QUARANTINE ? "1m" : setting.standard());
  }

  @Test
  void text_anySizeOrTime_readsBackAsTheSame() {
    RandomGenerator random = Seed.random("sizes and times");
    for (int i = 0; i < 2_000; i++) {
      Config config =
          Config.defaults()
              .with(Setting.OFFER, (random.nextLong(1L << 59) >> random.nextInt(59)) + "B")
              .with(Setting.LINGER, random.nextInt(86_400_000) + "ms");
      Config again =
          Config.defaults()
              .with(Setting.OFFER, config.text(Setting.OFFER))
              .with(Setting.LINGER, config.text(Setting.LINGER));
      assertThat(again).isEqualTo(config);
    }
  }

  @Test
  void contradictions_trashShorterThanQuarantine_isOne() {
    Config config = Config.defaults().with(Setting.TRASH, "1h").with(Setting.QUARANTINE, "2h");
    assertThat(config.contradictions()).singleElement().asString().contains("trash (1h)");
  }
}
