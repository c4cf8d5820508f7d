package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What one record says, and where it lies in its segment. Written twice: in the record's header,
 * and in the footer of a sealed segment.
 *
 * @param id an own block's chunk id, the owner of a hosted block or lease, or whose claim a
 *     tombstone ends
 * @param until milliseconds since 1970 for a hosted block or lease, else 0
 * @param length of the payload: the sealed block, or 0 for a lease or tombstone
 * @param offset of the record's header in the segment
 */
record Entry(Type type, BlockAddress address, Id id, long until, int length, int offset) {
  /** {@code type 1 | reserved 3 | length 4 | commit 8 | until 8 | address 32 | id 32 | CRC 4}. */
  static final int HEADER_BYTES = 92;

  /** The payload's CRC-32C. */
  static final int TRAILER_BYTES = 4;

  /** {@code type 1 | reserved 3 | length 4 | until 8 | address 32 | id 32 | offset 4}. */
  static final int FOOTER_BYTES = 84;

  /** What a record is; zero is none, so that a tail of zeros is never a record. */
  enum Type {
    OWN(1),
    HOSTED(2),
    LEASE(3),
    TOMBSTONE(4);

    final int code;

    Type(int code) {
      this.code = code;
    }

    boolean carriesBlock() {
      return this == OWN || this == HOSTED;
    }

    boolean leases() {
      return this == HOSTED || this == LEASE;
    }

    static @Nullable Type of(int code) {
      return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }
  }

  /** A record's header as read: the entry, and the commit that wrote it. */
  record Header(Entry entry, long commit) {}

  /** Bytes that a record with this payload takes. */
  static int recordBytes(int payload) {
    return HEADER_BYTES + payload + TRAILER_BYTES;
  }

  int recordBytes() {
    return recordBytes(length);
  }

  /** Where the payload begins. */
  long payloadOffset() {
    return (long) offset + HEADER_BYTES;
  }

  /** Where the next record begins. */
  long end() {
    return (long) offset + recordBytes();
  }

  /** Whose claim it makes or ends: the owner of a lease, or {@link Id#NONE} for this vault. */
  Id claimant() {
    return type == Type.OWN ? Id.NONE : id;
  }

  /** Where the block that it carries lies, when the record is in this segment. */
  Held.Place in(int segment) {
    return new Held.Place(segment, offset, length);
  }

  Entry at(int newOffset) {
    return new Entry(type, address, id, until, length, newOffset);
  }

  void writeHeader(ByteBuffer to, long commit) {
    int start = to.position();
    to.putInt(type.code << 24).putInt(length).putLong(commit).putLong(until);
    to.put(address.bytes());
    id.write(to);
    to.putInt(crc(to.duplicate().flip().position(start)));
  }

  /** The header in the next 92 bytes, or null when they are not one. */
  static @Nullable Header readHeader(ByteBuffer from, int offset) {
    ByteBuffer head = from.slice(from.position(), HEADER_BYTES);
    from.position(from.position() + HEADER_BYTES);
    Type type = typeOf(head.getInt(0), head.getInt(4));
    if (type == null || crc(head.slice(0, HEADER_BYTES - 4)) != head.getInt(HEADER_BYTES - 4)) {
      return null;
    }
    int length = head.getInt(4);
    long commit = head.getLong(8);
    long until = head.getLong(16);
    head.position(24);
    Entry entry = new Entry(type, BlockAddress.read(head), Id.read(head), until, length, offset);
    return new Header(entry, commit);
  }

  void writeFooter(ByteBuffer to) {
    to.putInt(type.code << 24).putInt(length).putLong(until).put(address.bytes());
    id.write(to);
    to.putInt(offset);
  }

  /** The next entry of a footer, or null when it cannot be one. */
  static @Nullable Entry readFooter(ByteBuffer from) {
    ByteBuffer bytes = from.slice(from.position(), FOOTER_BYTES);
    from.position(from.position() + FOOTER_BYTES);
    Type type = typeOf(bytes.getInt(0), bytes.getInt(4));
    if (type == null) {
      return null;
    }
    int length = bytes.getInt(4);
    long until = bytes.getLong(8);
    bytes.position(16);
    return new Entry(
        type, BlockAddress.read(bytes), Id.read(bytes), until, length, bytes.getInt(80));
  }

  /** A quick look at the next eight bytes: whether they could begin a record. */
  static boolean couldBegin(ByteBuffer bytes) {
    return typeOf(bytes.getInt(bytes.position()), bytes.getInt(bytes.position() + 4)) != null;
  }

  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** The type when type, reserved bytes and length can be a record's, else null. */
  private static @Nullable Type typeOf(int word, int length) {
    Type type = (word & 0xffffff) == 0 ? Type.of(word >>> 24) : null;
    boolean fits =
        type != null
            && (type.carriesBlock() ? length > 0 && length <= SealedBlock.BYTES_MAX : length == 0);
    return fits ? type : null;
  }
}
