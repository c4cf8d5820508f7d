package dotf.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileKeyTest {
  private static final int[] CODE_POINTS = {
    '/', 'a', 'z', 0xE9, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x1F600
  };

  @Test
  void order_isThatOfTheUtf8Bytes() {
    Random random = Seed.random("path order");
    FolderId folder = new FolderId(1, 2);
    for (int i = 0; i < 20_000; i++) {
      String one = path(random);
      String two = path(random);
      int expected =
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), two.getBytes(StandardCharsets.UTF_8));
      int order = new FileKey(folder, one).compareTo(new FileKey(folder, two));
      assertThat(Integer.signum(order)).as(one + " " + two).isEqualTo(Integer.signum(expected));
    }
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      path.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
    }
    return path.toString();
  }
}
