package dotf.chunker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Golden;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CutPointsTest {
  private static final CutPoints CUTS = new CutPoints(keys(0));

  private static VaultKeys keys(int fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) fill);
    return VaultKeys.derive(VaultSecret.of(secret));
  }

  /** The positions of all cuts, the end included. */
  private static List<Integer> cuts(CutPoints points, byte[] content) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 0; at < content.length; ) {
      at += points.next(content, at, content.length - at);
      cuts.add(at);
    }
    return cuts;
  }

  @Test
  void next_theGoldenVectors() {
    String text =
        "noise 1 8388608\n"
            + cuts(CUTS, Payloads.noise(1, 8 << 20))
            + "\ntext 2 8388608\n"
            + cuts(CUTS, Payloads.text(2, 8 << 20))
            + "\n";
    Golden.matches("cuts-1.txt", text);
  }

  @Test
  void next_anyContent_staysWithinTheBoundsAndNearTheMean() {
    for (byte[] content : List.of(Payloads.noise(3, 24 << 20), Payloads.text(4, 8 << 20))) {
      List<Integer> cuts = cuts(CUTS, content);
      int before = 0;
      for (int cut : cuts.subList(0, cuts.size() - 1)) {
        assertThat(cut - before).isBetween(CutPoints.BYTES_MIN, CutPoints.BYTES_MAX);
        before = cut;
      }
      assertThat(content.length / cuts.size()).isBetween(420 << 10, 620 << 10);
    }
  }

  @Test
  void next_whereTheChunkLiesInTheArrayAndWhatSurroundsIt_doesNotMatter() {
    Random random = Seed.random("surroundings");
    byte[] chunk = Payloads.noise(random.nextLong(), CutPoints.BYTES_MAX);
    int expected = CUTS.next(chunk, 0, chunk.length);
    for (int round = 0; round < 5; round++) {
      byte[] around = Payloads.noise(random.nextLong(), 2 * chunk.length);
      int offset = random.nextInt(chunk.length);
      System.arraycopy(chunk, 0, around, offset, chunk.length);

      assertThat(CUTS.next(around, offset, around.length - offset)).isEqualTo(expected);
    }
  }

  @Test
  void next_constantContent_isCutAtTheMaximumOrRegularly() {
    List<Integer> cuts = cuts(CUTS, new byte[5 << 20]);

    assertThat(cuts.subList(0, cuts.size() - 1).stream().map(cut -> cut % cuts.getFirst()))
        .containsOnly(0);
  }

  @Test
  void next_aByteInsertedAnywhere_changesOnlyNearbyChunks() {
    Random random = Seed.random("insertions");
    for (int round = 0; round < 4; round++) {
      byte[] content = Payloads.noise(random.nextLong(), 12 << 20);
      int position = random.nextInt(content.length);
      byte[] edited = Payloads.insert(content, position, new byte[] {42});

      // Cuts before the insertion stay; after it, all but few are the same cuts one byte later.
      Set<Integer> before =
          cuts(CUTS, content).stream()
              .map(cut -> cut > position ? cut + 1 : cut)
              .collect(Collectors.toSet());
      Set<Integer> changed = new HashSet<>(cuts(CUTS, edited));
      changed.removeAll(before);
      assertThat(changed).hasSizeLessThanOrEqualTo(6);
      assertThat(changed).allMatch(cut -> cut > position && cut < position + (6 << 20));
    }
  }

  @Test
  void next_anotherVault_cutsElsewhere() {
    byte[] content = Payloads.noise(5, 8 << 20);
    Set<Integer> common = new HashSet<>(cuts(CUTS, content));
    common.retainAll(cuts(new CutPoints(keys(1)), content));

    assertThat(common).containsExactly(content.length);
  }

  @Test
  void next_shortRests_areOneChunk() {
    for (int length : new int[] {0, 1, 64, CutPoints.BYTES_MIN}) {
      assertThat(CUTS.next(new byte[length], 0, length)).isEqualTo(length);
    }
  }
}
