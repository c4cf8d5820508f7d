package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.Hash;
import dotf.chunker.key.KeyedAead;
import dotf.chunker.key.VaultKeys;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Metadata as bytes, in manifests and stubs: the layout is in the module's README. Numbers are
 * big-endian. The name is sealed under {@code k_name}, so that a manifest can be shared without it.
 * Safe for use by many threads.
 */
public final class MetadataCodec {
  private static final byte[] NAME_LABEL = "dotf-name/1".getBytes(StandardCharsets.US_ASCII);
  private static final int MODE_MAX = 07777;

  private final KeyedAead names;

  public MetadataCodec(VaultKeys keys) {
    names = new KeyedAead(keys.nameKey());
  }

  /**
   * The metadata as bytes, other ones each time (the name's sealing is random).
   *
   * @throws IOException when the name or the attributes are longer than dotf keeps
   */
  public byte[] encode(FileMetadata metadata) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(metadata.fileId().bytes());
    Instant modified = metadata.modified();
    out.writeLong(modified.getEpochSecond());
    out.writeInt(modified.getNano());
    out.writeShort(metadata.mode() & MODE_MAX);
    BlockAddress parent = metadata.parent();
    out.writeBoolean(parent != null);
    if (parent != null) {
      out.write(parent.bytes());
    }
    SortedMap<Hash, Long> changes = metadata.version().changes();
    out.writeShort(changes.size());
    for (Map.Entry<Hash, Long> change : changes.entrySet()) {
      out.write(change.getKey().bytes());
      out.writeLong(change.getValue());
    }
    writeName(out, metadata);
    writeAttributes(out, metadata);
    return bytes.toByteArray();
  }

  private void writeName(DataOutputStream out, FileMetadata metadata) throws IOException {
    byte[] name = utf8(metadata.name());
    if (name.length == 0 || name.length > FileMetadata.NAME_BYTES_MAX) {
      throw new IOException("a file name of " + name.length + " bytes cannot be kept");
    }
    byte[] sealed = names.seal(name, nameContext(metadata.fileId()));
    out.writeShort(sealed.length);
    out.write(sealed);
  }

  private static void writeAttributes(DataOutputStream out, FileMetadata metadata)
      throws IOException {
    long total = 0;
    out.writeShort(metadata.attributes().size());
    for (Map.Entry<String, byte[]> attribute : metadata.attributes().entrySet()) {
      byte[] name = utf8(attribute.getKey());
      byte[] value = attribute.getValue();
      total += name.length + value.length;
      if (name.length > 0xffff || total > FileMetadata.ATTRIBUTE_BYTES_MAX) {
        throw new IOException(
            metadata.name() + " has over 512 KiB of extended attributes, more than dotf keeps");
      }
      out.writeShort(name.length);
      out.write(name);
      out.writeInt(value.length);
      out.write(value);
    }
  }

  /**
   * Reads what {@link #encode} wrote, from {@code in}'s position on.
   *
   * @throws FormatException when the bytes are anything else
   */
  public FileMetadata decode(ByteBuffer in) throws FormatException {
    try {
      FileId fileId = FileId.read(in);
      Instant modified = readInstant(in);
      int mode = Short.toUnsignedInt(in.getShort());
      if (mode > MODE_MAX) {
        throw new FormatException("its mode is impossible");
      }
      BlockAddress parent = readFlag(in) ? BlockAddress.read(in) : null;
      VersionVector version = readVersion(in);
      String name = readName(in, fileId);
      return new FileMetadata(fileId, version, parent, modified, mode, readAttributes(in), name);
    } catch (BufferUnderflowException e) {
      throw new FormatException("it is cut short");
    }
  }

  private static Instant readInstant(ByteBuffer in) throws FormatException {
    long seconds = in.getLong();
    int nanos = in.getInt();
    try {
      if (nanos >= 0 && nanos < 1_000_000_000) {
        return Instant.ofEpochSecond(seconds, nanos);
      }
    } catch (DateTimeException e) {
      // The year is beyond a thousand million: told like any other time that is none.
    }
    throw new FormatException("its time is impossible");
  }

  private static boolean readFlag(ByteBuffer in) throws FormatException {
    int flag = in.get();
    if ((flag & ~1) != 0) {
      throw new FormatException("a flag is neither 0 nor 1");
    }
    return flag == 1;
  }

  private static VersionVector readVersion(ByteBuffer in) throws FormatException {
    SortedMap<Hash, Long> changes = new TreeMap<>();
    int count = Short.toUnsignedInt(in.getShort());
    for (int i = 0; i < count; i++) {
      Hash device = Hash.read(in);
      requireAscending(changes, device);
      changes.put(device, in.getLong());
    }
    try {
      return new VersionVector(changes);
    } catch (IllegalArgumentException e) {
      throw new FormatException("its version vector is none");
    }
  }

  private String readName(ByteBuffer in, FileId fileId) throws FormatException {
    byte[] sealed = take(in, Short.toUnsignedInt(in.getShort()));
    try {
      String name = text(names.open(sealed, nameContext(fileId)));
      if (!name.isEmpty() && sealed.length <= FileMetadata.NAME_BYTES_MAX + KeyedAead.OVERHEAD) {
        return name;
      }
    } catch (GeneralSecurityException e) {
      // Told below: a name that does not open and one that is empty are the same to the reader.
    }
    throw new FormatException("its name does not open");
  }

  private static SortedMap<String, byte[]> readAttributes(ByteBuffer in) throws FormatException {
    SortedMap<String, byte[]> attributes = new TreeMap<>();
    long total = 0;
    int count = Short.toUnsignedInt(in.getShort());
    for (int i = 0; i < count; i++) {
      byte[] name = take(in, Short.toUnsignedInt(in.getShort()));
      byte[] value = take(in, in.getInt());
      total += name.length + value.length;
      requireAscending(attributes, text(name));
      attributes.put(text(name), value);
    }
    if (total > FileMetadata.ATTRIBUTE_BYTES_MAX) {
      throw new FormatException("its attributes are too long");
    }
    return attributes;
  }

  private static <K extends Comparable<K>> void requireAscending(SortedMap<K, ?> map, K key)
      throws FormatException {
    if (!map.isEmpty() && map.lastKey().compareTo(key) >= 0) {
      throw new FormatException("its entries are out of order");
    }
  }

  private static byte[] take(ByteBuffer in, int length) throws FormatException {
    if (length < 0 || length > in.remaining()) {
      throw new FormatException("it is cut short");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] nameContext(FileId fileId) {
    return ByteBuffer.allocate(NAME_LABEL.length + FileId.BYTES)
        .put(NAME_LABEL)
        .put(fileId.bytes())
        .array();
  }

  private static byte[] utf8(String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  private static String text(byte[] utf8) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException("a text in it is not UTF-8");
    }
  }
}
