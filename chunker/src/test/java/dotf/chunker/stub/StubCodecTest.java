package dotf.chunker.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.Vault;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.Hash;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.manifest.VersionVector;
import dotf.fixtures.Golden;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StubCodecTest {
  private static final BlockAddress ADDRESS = new BlockAddress(new Hash(1, 2, 3, 4));

  private final StubCodec codec = new StubCodec(Vault.KEYS);

  private static StoredFile file(FileMetadata metadata, Content content) {
    Digest digest = new Digest(new Hash(5, 6, 7, 8));
    return new StoredFile(new Manifest(metadata, content.size(), digest, content), ADDRESS);
  }

  private static FileMetadata named(String name, Map<String, byte[]> attributes) {
    return FileMetadata.of(
        new FileId(1, 2),
        VersionVector.NONE.next(new Hash(9, 9, 9, 9)),
        ADDRESS,
        Instant.parse("2026-08-03T14:11:12.5Z"),
        0644,
        attributes,
        name);
  }

  private static Content chunks(int count) {
    List<Content.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Hash hash = new Hash(i, 1, 1, 1);
      chunks.add(new Content.Chunk(new ChunkId(hash), new BlockAddress(hash), 500_000 + i));
    }
    return new Content.Chunks(chunks);
  }

  private static Content inline(String text) {
    return new Content.Inline(StandardCharsets.UTF_8.encode(text));
  }

  private byte[] encode(StoredFile file) throws IOException {
    return codec.encode(Stub.of(file));
  }

  private StubReading read(byte[] bytes) {
    return codec.read(ByteBuffer.wrap(bytes));
  }

  private String reason(byte[] bytes) {
    assertThat(read(bytes)).isInstanceOf(StubReading.Damaged.class);
    return ((StubReading.Damaged) read(bytes)).reason();
  }

  @Test
  void read_whatEncodeWrote_isTheSameStub() throws IOException {
    for (Content content :
        List.of(inline(""), inline("few words"), chunks(0), chunks(1), chunks(256))) {
      StoredFile file = file(Vault.METADATA, content);
      Stub stub = Stub.of(file);

      assertThat(read(codec.encode(stub))).isEqualTo(new StubReading.Authentic(stub));
      assertThat(stub.toManifest()).isEqualTo(file.manifest());
    }
  }

  @Test
  void read_aFileOfMoreBlocksThanAStubNames_leavesThemToTheManifest() throws IOException {
    Content lists = new Content.Lists(2, List.of(new Content.Part(ADDRESS, Long.MAX_VALUE)));
    for (Content content : List.of(chunks(257), lists)) {
      Stub stub = Stub.of(file(Vault.METADATA, content));
      byte[] bytes = codec.encode(stub);

      assertThat(read(bytes)).isEqualTo(new StubReading.Authentic(stub));
      assertThat(stub.toManifest()).isNull();
      assertThat(stub.level()).isEqualTo(content.level());
      assertThat(bytes).hasSizeLessThan(2000);
    }
  }

  @Test
  void encode_theTextForPeopleAndTheHashManifest_areTheGoldenOnes() throws IOException {
    String text = new String(encode(file(Vault.METADATA, chunks(2))), StandardCharsets.UTF_8);

    Golden.matches("stub-text-1.txt", text.substring(0, text.indexOf("sealed ")));
  }

  @Test
  void read_theGoldenStub_isAuthentic() throws IOException {
    byte[] golden = Golden.bytes("stub-1.hex");

    assertThat(read(golden))
        .isEqualTo(new StubReading.Authentic(Stub.of(file(Vault.METADATA, chunks(2)))));
  }

  @Test
  void encode_theSizes_areShownInUnits() {
    Map<Long, String> shown =
        Map.of(
            1023L,
            "size 1023 B (1023)",
            1024L,
            "size 1.0 kB (1024)",
            4294967296L,
            "size 4.0 GB (4294967296)",
            Long.MAX_VALUE,
            "size 8.0 EB (9223372036854775807)");
    shown.forEach((size, text) -> assertThat(StubText.of("a", size, Instant.EPOCH)).contains(text));
  }

  @Test
  void encode_timesBeyondAnyCalendar_areShownAsSeconds() {
    for (Instant time :
        List.of(Instant.MAX, Instant.MIN, Instant.parse("+10000-01-01T00:00:00Z"))) {
      assertThat(StubText.of("a", 1, time)).contains("modified @");
    }
    assertThat(StubText.of("a", 1, Instant.parse("1969-12-31T23:59:59Z")))
        .contains("modified 1969-12-31 23:59 UTC");
  }

  @Test
  void encode_hostileNames_forgeNothingAndComeBack() throws IOException {
    String vaultLine = "vault " + "0".repeat(32);
    List<String> names =
        List.of(
            "a\n" + vaultLine + "\n\nmanifest x 0\nsealed AAAA",
            "\u001b[2J\u001b[31mred",
            "\u0085" + vaultLine + "\u0085",
            "Å" + vaultLine + "Å" + vaultLine,
            "\u2028" + vaultLine + "\u2029",
            "\r\n" + vaultLine + "\r",
            "gnp.\u202etxt.exe",
            "\"; rm -rf ~; $(reboot) `reboot` \\",
            "%41 percent",
            "sealed AAAA",
            "nul\0in it",
            "\u00ad\u200b\ufeff\ue000\uffff",
            "𝔘nicode 日本語 ünd 🙂",
            "…".repeat(85));
    for (String name : names) {
      Stub stub = Stub.of(file(named(name, Map.of()), chunks(1)));
      byte[] bytes = codec.encode(stub);
      String text = new String(bytes, StandardCharsets.UTF_8);

      assertThat(read(bytes)).isEqualTo(new StubReading.Authentic(stub));
      assertThat(text.lines().count()).as(name).isEqualTo(10);
      assertThat(text.codePoints().filter(point -> point != '\n'))
          .noneMatch(Character::isISOControl)
          .noneMatch(point -> Character.getType(point) == Character.FORMAT);
      assertThat(text.lines().toList().get(2).chars().filter(c -> c == '"').count()).isEqualTo(2);
    }
    assertThat(StubText.escape("日本 a%b\n")).isEqualTo("日本 a%25b%0A");
  }

  @Test
  void encode_theMostBlocksNameAndAttributes_fit() throws IOException {
    Map<String, byte[]> attributes = Map.of("user.a", new byte[Stub.ATTRIBUTE_BYTES_MAX - 6]);
    StoredFile file = file(named("\n".repeat(255), attributes), chunks(256));

    byte[] bytes = encode(file);

    assertThat(bytes).hasSizeLessThanOrEqualTo(Stub.BYTES_MAX);
    assertThat(read(bytes)).isEqualTo(new StubReading.Authentic(Stub.of(file)));
  }

  @Test
  void of_longAttributes_areLeftToTheManifestAndThisIsSaid() throws IOException {
    Map<String, byte[]> attributes = Map.of("user.a", new byte[Stub.ATTRIBUTE_BYTES_MAX]);
    Stub stub = Stub.of(file(named("a", attributes), chunks(1)));

    assertThat(stub.complete()).isFalse();
    assertThat(stub.metadata().attributes()).isEmpty();
    assertThat(read(codec.encode(stub))).isEqualTo(new StubReading.Authentic(stub));
  }

  @Test
  void encode_aVersionOfTooManyDevices_isRefused() {
    VersionVector version = VersionVector.NONE;
    for (int i = 0; i < VersionVector.DEVICES_MAX; i++) {
      version = version.next(new Hash(i, 0, 0, 0));
    }
    FileMetadata metadata =
        FileMetadata.of(new FileId(1, 2), version, null, Instant.EPOCH, 0, Map.of(), "shared.txt");

    assertThatThrownBy(() -> encode(file(metadata, chunks(256))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("shared.txt");
  }

  @Test
  void read_aFlippedBitAnywhere_isNeverAuthentic() throws IOException {
    byte[] bytes = encode(file(Vault.METADATA, chunks(2)));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(read(flipped)).isNotInstanceOf(StubReading.Authentic.class);
    }
  }

  @Test
  void read_aCutAnywhere_isDamagedOrNoStub() throws IOException {
    byte[] bytes = encode(file(Vault.METADATA, inline("few words")));
    for (int length = 0; length < bytes.length; length++) {
      assertThat(read(Arrays.copyOf(bytes, length)))
          .isInstanceOf(length < 10 ? StubReading.NotAStub.class : StubReading.Damaged.class);
    }
  }

  @Test
  void read_aBlockLineThatWasRemovedOrSwapped_isDamaged() throws IOException {
    String text = new String(encode(file(Vault.METADATA, chunks(2))), StandardCharsets.US_ASCII);
    List<String> lines = new ArrayList<>(text.lines().toList());
    Collections.swap(lines, 8, 9);
    String swapped = String.join("\n", lines) + "\n";
    lines.remove(8);
    String removed = String.join("\n", lines) + "\n";

    for (String changed : List.of(swapped, removed)) {
      assertThat(reason(changed.getBytes(StandardCharsets.US_ASCII))).contains("edited");
    }
  }

  @Test
  void read_lineEndsChanged_saysSo() throws IOException {
    String text = new String(encode(file(Vault.METADATA, chunks(1))), StandardCharsets.US_ASCII);

    assertThat(reason(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII)))
        .contains("CRLF");
  }

  @Test
  void read_somethingAppended_isDamaged() throws IOException {
    byte[] bytes = encode(file(Vault.METADATA, chunks(1)));

    assertThat(reason(Arrays.copyOf(bytes, bytes.length + 1))).isNotBlank();
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    assertThat(reason(line)).isNotBlank();
    assertThat(reason(Arrays.copyOf(bytes, Stub.BYTES_MAX + 1))).contains("longer");
  }

  @Test
  void read_aNewerFormat_asksForAnUpdate() throws IOException {
    String text = new String(encode(file(Vault.METADATA, chunks(1))), StandardCharsets.US_ASCII);

    assertThat(
            reason(text.replace("dotf-stub 1", "dotf-stub 12").getBytes(StandardCharsets.US_ASCII)))
        .contains("format 12")
        .contains("update dotf");
  }

  @Test
  void read_anotherVaultsStub_isForeign() throws IOException {
    byte[] secret = new byte[32];
    secret[0] = 1;
    VaultKeys other = VaultKeys.derive(VaultSecret.of(secret));
    byte[] bytes = new StubCodec(other).encode(Stub.of(file(Vault.METADATA, chunks(1))));

    assertThat(read(bytes)).isEqualTo(new StubReading.Foreign(other.vaultId()));
  }

  @Test
  void read_anotherVaultsStubUnderOurVaultsName_isDamaged() throws IOException {
    byte[] secret = new byte[32];
    secret[0] = 1;
    VaultKeys other = VaultKeys.derive(VaultSecret.of(secret));
    String text =
        new String(
            new StubCodec(other).encode(Stub.of(file(Vault.METADATA, chunks(1)))),
            StandardCharsets.US_ASCII);
    String forged =
        text.replace(other.vaultId().toString(), Vault.KEYS.vaultId().toString())
            .replace(" 500000\n", " 9223372036854775807\n");

    assertThat(reason(forged.getBytes(StandardCharsets.US_ASCII))).contains("edited");
  }

  @Test
  void read_ordinaryFiles_areNoStubs() {
    for (String content : List.of("", "      program hello\n", "dotf-stubs", "DOTF-STUB 1", "\n")) {
      assertThat(read(content.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(StubReading.NotAStub.class);
    }
  }

  @Test
  void read_hostileStubs_haveAReasonAndNoTrace() throws IOException {
    Random random = Seed.random("hostile stubs");
    byte[] bytes = encode(file(Vault.METADATA, chunks(3)));
    List<String> fragments =
        List.of("\n", "vault ", "sealed ", "block ", "\0", "=", "9223372036854775807", "\u0085");
    for (int i = 0; i < 1500; i++) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      for (int edit = 0; edit <= random.nextInt(4); edit++) {
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + random.nextInt(80));
        text =
            text.substring(0, from)
                + fragments.get(random.nextInt(fragments.size()))
                + text.substring(random.nextBoolean() ? from : to);
      }
      byte[] edited = text.getBytes(StandardCharsets.ISO_8859_1);
      if (Arrays.equals(edited, bytes)) {
        continue; // an edit may put back what it took away
      }
      StubReading reading = read(edited);
      assertThat(reading).isNotInstanceOf(StubReading.Authentic.class);
      if (reading instanceof StubReading.Damaged(String reason)) {
        assertThat(reason).isNotBlank();
      }
    }
  }
}
