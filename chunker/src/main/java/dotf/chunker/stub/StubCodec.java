package dotf.chunker.stub;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.chunker.codec.CutPoints;
import dotf.chunker.key.KeyedAead;
import dotf.chunker.key.VaultId;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.FormatException;
import dotf.chunker.manifest.MetadataCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stubs as the bytes of a {@code .f} file; the format is in the module's README. Nothing of a stub
 * is believed, and none of its numbers is used, before its tag has been checked. Safe for use by
 * many threads.
 */
public final class StubCodec {
  private static final byte[] MAGIC = "dotf-stub ".getBytes(StandardCharsets.US_ASCII);
  // UNIX_LINES (d): else a 0x85 inside a UTF-8 name would end a line.
  private static final Pattern VAULT = Pattern.compile("(?md)^vault ([0-9a-f]{32})$");
  private static final String SEALED = "\nsealed ";
  private static final int FORM_INLINE = 0;
  private static final int FORM_CHUNKS = 1;
  private static final int FORM_ELSEWHERE = 2;

  private final VaultId vault;
  private final KeyedAead aead;
  private final MetadataCodec metadata;

  public StubCodec(VaultKeys keys) {
    vault = keys.vaultId();
    aead = new KeyedAead(keys.stubKey());
    metadata = new MetadataCodec(keys);
  }

  /**
   * A stub as bytes, at most {@link Stub#BYTES_MAX}; other ones each time (the sealing is random).
   *
   * @throws IOException when the name or the version vector is longer than a stub can hold
   */
  public byte[] encode(Stub stub) throws IOException {
    StringBuilder text = new StringBuilder(1024);
    text.append(StubText.of(stub.metadata().name(), stub.size(), stub.metadata().modified()));
    text.append("vault ").append(vault).append("\n\n");
    text.append("manifest ").append(stub.address()).append(' ').append(stub.level()).append('\n');
    if (stub.content() instanceof Content.Chunks(List<Content.Chunk> chunks)) {
      for (Content.Chunk chunk : chunks) {
        text.append("block ").append(chunk.address());
        text.append(' ').append(chunk.length()).append('\n');
      }
    }
    byte[] above = text.toString().getBytes(StandardCharsets.UTF_8);
    String sealed = Base64.getEncoder().encodeToString(aead.seal(secrets(stub), above));
    text.append("sealed ").append(sealed).append('\n');
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > Stub.BYTES_MAX) {
      throw new IOException(
          "the stub of " + stub.metadata().name() + " would be longer than 64 KiB");
    }
    return bytes;
  }

  private byte[] secrets(Stub stub) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(stub.size());
    out.write(stub.digest().bytes());
    out.writeBoolean(stub.complete());
    out.write(metadata.encode(stub.metadata()));
    switch (stub.content()) {
      case Content.Inline inline -> {
        out.writeByte(FORM_INLINE);
        byte[] content = new byte[inline.bytes().remaining()];
        inline.bytes().get(content);
        out.write(content);
      }
      case Content.Chunks(List<Content.Chunk> chunks) -> {
        out.writeByte(FORM_CHUNKS);
        for (Content.Chunk chunk : chunks) {
          out.write(chunk.id().bytes());
        }
      }
      case null, default -> out.writeByte(FORM_ELSEWHERE);
    }
    return bytes.toByteArray();
  }

  /** Whether content that begins with these bytes claims to be a stub, of whatever version. */
  public static boolean claimsToBeStub(ByteBuffer beginning) {
    return beginning.remaining() >= MAGIC.length
        && beginning.slice(beginning.position(), MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  /**
   * Reads a file that might be a stub; never throws for what it finds.
   *
   * @param bytes the whole file, or of a longer one at least {@link Stub#BYTES_MAX} + 1; stay
   *     unread
   */
  public StubReading read(ByteBuffer bytes) {
    if (!claimsToBeStub(bytes)) {
      return new StubReading.NotAStub();
    }
    if (bytes.remaining() > Stub.BYTES_MAX) {
      return new StubReading.Damaged("it is longer than a stub can be: something was appended");
    }
    byte[] file = new byte[bytes.remaining()];
    bytes.duplicate().get(file);
    // One char for each byte, so that positions in the text are positions in the file.
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Optional<String> wrongBeginning = beginning(text);
    if (wrongBeginning.isPresent()) {
      return new StubReading.Damaged(wrongBeginning.get());
    }
    Matcher vaultLine = VAULT.matcher(text);
    if (!vaultLine.find()) {
      return new StubReading.Damaged("it is cut short, or was edited: no line names its vault");
    }
    VaultId writtenBy = VaultId.parse(vaultLine.group(1));
    return writtenBy.equals(vault)
        ? open(file, text, vaultLine.end())
        : new StubReading.Foreign(writtenBy);
  }

  private static Optional<String> beginning(String text) {
    int end = text.indexOf('\n');
    String first = end < 0 ? text : text.substring(0, end);
    String version = first.substring(MAGIC.length).split("[^0-9]", 2)[0];
    if (end > 0 && first.endsWith("\r")) {
      return Optional.of("its line ends were changed to CRLF: copy it again without conversion");
    }
    if (!version.equals("1") && version.matches("[1-9][0-9]{0,8}")) {
      return Optional.of("it has format " + version + " and this dotf reads 1: update dotf");
    }
    return first.equals(StubText.FIRST_LINE)
        ? Optional.empty()
        : Optional.of("its first line was changed");
  }

  private StubReading open(byte[] file, String text, int from) {
    int sealedLine = text.indexOf(SEALED, from) + 1;
    if (sealedLine == 0 || file[file.length - 1] != '\n') {
      return new StubReading.Damaged("it is cut short");
    }
    ByteBuffer secrets;
    try {
      String base64 = text.substring(sealedLine + SEALED.length() - 1, text.length() - 1);
      byte[] sealed = Base64.getDecoder().decode(base64);
      if (!Base64.getEncoder().encodeToString(sealed).equals(base64)) {
        throw new GeneralSecurityException("not the encoding that was written");
      }
      secrets = ByteBuffer.wrap(aead.open(sealed, Arrays.copyOf(file, sealedLine)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return new StubReading.Damaged("it was edited, or a bit of it has changed");
    }
    try {
      return new StubReading.Authentic(
          parse(text.substring(from, sealedLine).lines().toList(), secrets));
    } catch (FormatException | BufferUnderflowException | IllegalArgumentException e) {
      return new StubReading.Damaged("this vault sealed it, yet dotf cannot read it: report this");
    }
  }

  /**
   * Reads what this vault has sealed.
   *
   * @param lines what follows the vault's line: two empty ends of line, manifest, blocks
   */
  private Stub parse(List<String> lines, ByteBuffer secrets) throws FormatException {
    String[] manifest = lines.get(2).split(" ", 3);
    long size = secrets.getLong();
    Digest digest = Digest.read(secrets);
    boolean complete = secrets.get() == 1;
    FileMetadata about = metadata.decode(secrets);
    Content content =
        switch (secrets.get()) {
          case FORM_INLINE -> new Content.Inline(secrets);
          case FORM_CHUNKS -> chunks(lines.subList(3, lines.size()), secrets);
          case FORM_ELSEWHERE -> null;
          default -> throw new IllegalArgumentException("no such form");
        };
    return new Stub(
        BlockAddress.parse(manifest[1]),
        Integer.parseInt(manifest[2]),
        about,
        size,
        digest,
        content,
        complete);
  }

  private static Content chunks(List<String> lines, ByteBuffer ids) {
    List<Content.Chunk> chunks = new ArrayList<>(lines.size());
    for (String line : lines) {
      String[] block = line.split(" ", 3);
      int length = Integer.parseInt(block[2]);
      if (length < 1 || length > CutPoints.BYTES_MAX) {
        throw new IllegalArgumentException("no chunk has " + length + " bytes");
      }
      chunks.add(new Content.Chunk(ChunkId.read(ids), BlockAddress.parse(block[1]), length));
    }
    if (ids.hasRemaining()) {
      throw new IllegalArgumentException("more chunks than blocks");
    }
    return new Content.Chunks(chunks);
  }
}
