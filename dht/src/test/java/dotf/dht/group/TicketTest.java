package dotf.dht.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.dht.identity.NodeId;
import dotf.fixtures.Golden;
import dotf.fixtures.Seed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {
  private final Random random = Seed.random("ticket");

  @Test
  void text_ofAKnownTicket_isTheGoldenLine() throws Exception {
    Golden.matches("ticket-1.txt", known().text() + "\n");
    assertThat(Ticket.parse(known().text())).isEqualTo(known());
  }

  @Test
  void parse_anyTicketsText_givesItBack() throws Exception {
    for (int i = 0; i < 200; i++) {
      Ticket ticket = arbitrary();
      String pasted = " " + ticket.text().toUpperCase(Locale.ROOT) + "\n";
      assertThat(Ticket.parse(pasted)).isEqualTo(ticket);
      assertThat(ticket.text()).matches("[a-z2-7]+");
    }
  }

  @Test
  void parse_anyCharacterChanged_isRefused() throws Exception {
    String text = known().text();
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'a' ? 'b' : 'a';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThatExceptionOfType(TicketException.class).isThrownBy(() -> Ticket.parse(changed));
    }
  }

  @Test
  void parse_cutAnywhere_isRefused() throws Exception {
    String text = known().text();
    for (int i = 0; i < text.length(); i++) {
      String cut = text.substring(0, i);
      assertThatExceptionOfType(TicketException.class).isThrownBy(() -> Ticket.parse(cut));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "x y z", "a\u0000b", "1", "aaaaaaaaaaaaaaaa", "ü"})
  void parse_whatIsNoTicket_saysSo(String text) {
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> Ticket.parse(text))
        .withMessageContaining("ticket");
  }

  @Test
  void parse_tooLong_isRefused() {
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> Ticket.parse("a".repeat(2000)));
  }

  @Test
  void expired_atItsSecond_isTrue() throws Exception {
    Ticket ticket = known();

    assertThat(ticket.expired(ticket.expiry())).isTrue();
    assertThat(ticket.expired(ticket.expiry().minusMillis(1))).isFalse();
  }

  @Test
  void toString_neverShowsTheToken() throws Exception {
    assertThat(known().toString()).doesNotContain("7777").hasSizeLessThan(80);
  }

  private static Ticket known() throws UnknownHostException {
    return Ticket.of(
        GroupId.of(filled(0x11, 32)),
        NodeId.of(filled(0x22, 32)),
        List.of(
            new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 8080),
            new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 8081)),
        filled(0x77, 16),
        3,
        Instant.parse("2026-11-22T12:00:00Z"));
  }

  private Ticket arbitrary() throws UnknownHostException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(16); i++) {
      InetAddress ip = InetAddress.getByAddress(bytes(random.nextBoolean() ? 4 : 16));
      addresses.add(new InetSocketAddress(ip, random.nextInt(65536)));
    }
    return Ticket.of(
        GroupId.of(bytes(32)),
        NodeId.of(bytes(32)),
        addresses,
        bytes(16),
        1 + random.nextInt(65535),
        Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] filled(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
