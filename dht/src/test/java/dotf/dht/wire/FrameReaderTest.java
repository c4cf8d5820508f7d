package dotf.dht.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.dht.wire.proto.Ping;
import dotf.fixtures.Seed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private final FrameReader reader = new FrameReader();
  private final List<Frame> frames = new ArrayList<>();

  @Test
  void header_ofPing_isTheSpecifiedBytes() {
    Frame ping = Frame.of(FrameType.PING, 7, Ping.newBuilder().setToken(1).build());

    assertThat(HexFormat.of().formatHex(bytes(ping)))
        .isEqualTo("00000012" + "04" + "0000000000000007" + "090100000000000000");
  }

  @Test
  void feed_anySplit_givesTheSameFrames() throws MalformedFrameException {
    Random random = Seed.random("frames");
    List<Frame> sent = new ArrayList<>();
    var stream = ByteBuffer.allocate(4 << 20);
    for (int i = 0; i < 200; i++) {
      byte[] body = new byte[random.nextInt(20) == 0 ? Frame.BODY_MAX : random.nextInt(300)];
      random.nextBytes(body);
      Frame frame = new Frame(random.nextInt(256), random.nextLong(), ByteBuffer.wrap(body));
      sent.add(frame);
      stream.put(bytes(frame));
    }
    stream.flip();
    while (stream.hasRemaining()) {
      int count = Math.min(stream.remaining(), 1 + random.nextInt(random.nextBoolean() ? 5 : 9000));
      reader.feed(stream.slice(stream.position(), count), frames::add);
      stream.position(stream.position() + count);
    }

    assertThat(frames).isEqualTo(sent);
    assertThat(reader.partial()).isFalse();
    assertThat(reader.frames()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 64 * 1024 + 10, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
  void feed_impossibleLength_isRefusedFromItsFourBytes(int length) {
    ByteBuffer four = ByteBuffer.allocate(4).putInt(length).flip();

    assertThatExceptionOfType(MalformedFrameException.class)
        .isThrownBy(() -> reader.feed(four, frames::add));
  }

  @Test
  void feed_garbage_eitherFramesOrRefusal() {
    Random random = Seed.random("garbage");
    for (int run = 0; run < 2000; run++) {
      byte[] garbage = new byte[random.nextInt(400)];
      random.nextBytes(garbage);
      try {
        new FrameReader().feed(ByteBuffer.wrap(garbage), frames::add);
      } catch (MalformedFrameException expected) {
        assertThat(expected).hasMessageContaining("broke the protocol");
      }
    }
  }

  @Test
  void partial_afterHalfAFrame_isTrue() throws MalformedFrameException {
    byte[] ping = bytes(Frame.of(FrameType.PING, 0, Ping.getDefaultInstance()));

    reader.feed(ByteBuffer.wrap(ping, 0, ping.length - 1), frames::add);

    assertThat(reader.partial()).isTrue();
    assertThat(frames).isEmpty();
  }

  @Test
  void type_unknownCode_isNull() {
    assertThat(new Frame(250, 0, ByteBuffer.allocate(0)).type()).isNull();
    assertThat(FrameType.of(FrameType.DATA.code())).isEqualTo(FrameType.DATA);
  }

  private static byte[] bytes(Frame frame) {
    byte[] bytes = new byte[frame.size()];
    ByteBuffer.wrap(bytes).put(frame.header()).put(frame.body());
    return bytes;
  }
}
