package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OpenLedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration EXPIRY = Duration.ofSeconds(5);
  private final OpenLedger ledger = new OpenLedger(EXPIRY);

  @Test
  void consume_ofAnUnannouncedOpen_isAUsers() {
    ledger.expect("a", NOW);
    assertThat(ledger.consume("b", NOW)).isFalse();
  }

  @Test
  void consume_countsAnnouncements() {
    ledger.expect("a", NOW);
    ledger.expect("a", NOW);
    assertThat(ledger.consume("a", NOW)).isTrue();
    assertThat(ledger.consume("a", NOW)).isTrue();
    assertThat(ledger.consume("a", NOW)).isFalse();
  }

  @Test
  void consume_afterTheExpiry_isAUsers() {
    ledger.expect("a", NOW);
    ledger.expect("b", NOW);
    assertThat(ledger.consume("a", NOW.plus(EXPIRY))).isTrue();
    assertThat(ledger.consume("b", NOW.plus(EXPIRY).plusNanos(1))).isFalse();
  }

  @Test
  void consume_passesOverExpiredAnnouncements() {
    ledger.expect("a", NOW);
    ledger.expect("a", NOW.plusSeconds(8));
    assertThat(ledger.consume("a", NOW.plusSeconds(9))).isTrue();
    assertThat(ledger.consume("a", NOW.plusSeconds(9))).isFalse();
  }

  @Test
  void consume_afterTheClockWentBack_isAUsers() {
    ledger.expect("a", NOW);
    assertThat(ledger.consume("a", NOW.minusSeconds(3600))).isFalse();
  }

  @Test
  void expect_pastTheLimit_forgetsTheOldest() {
    ledger.expect("first", NOW);
    for (int i = 0; i < OpenLedger.ANNOUNCED_MAX; i++) {
      ledger.expect("p" + i, NOW);
    }
    assertThat(ledger.consume("first", NOW)).isFalse();
    assertThat(ledger.consume("p0", NOW)).isTrue();
    assertThat(ledger.consume("p" + (OpenLedger.ANNOUNCED_MAX - 1), NOW)).isTrue();
  }

  @Test
  void clear_forgetsAll() {
    ledger.expect("a", NOW);
    ledger.clear();
    assertThat(ledger.consume("a", NOW)).isFalse();
  }
}
