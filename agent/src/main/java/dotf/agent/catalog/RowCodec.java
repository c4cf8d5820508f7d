package dotf.agent.catalog;

import dotf.chunker.block.BlockAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rows as the cache keeps them; the layout may change with any release. */
final class RowCodec {
  private static final int FIXED_BYTES = 256;

  private RowCodec() {}

  static byte[] encode(Row row) {
    byte[] detail = row.detail().getBytes(StandardCharsets.UTF_8);
    ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + detail.length);
    int flags =
        flag(row.file() != null, 1)
            | flag(row.stub() != null, 2)
            | flag(row.bare(), 4)
            | flag(row.hash() != null, 8)
            | flag(row.stored(), 16)
            | flag(row.proved() != null, 32);
    to.put((byte) flags).put((byte) row.state().code()).put((byte) row.reason().code());
    to.putInt(detail.length).put(detail);
    to.putLong(row.size()).putInt(row.blocks()).putInt(row.copies());
    put(to, row.file());
    put(to, row.stub());
    if (row.hash() != null) {
      to.put(row.hash().bytes());
    }
    put(to, row.proved());
    byte[] bytes = new byte[to.flip().remaining()];
    to.get(bytes);
    return bytes;
  }

  static Row decode(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int flags = from.get();
    FileState state = FileState.of(from.get());
    Reason reason = Reason.of(from.get());
    byte[] detail = new byte[from.getInt()];
    from.get(detail);
    long size = from.getLong();
    int blocks = from.getInt();
    int copies = from.getInt();
    Seen file = (flags & 1) != 0 ? seen(from) : null;
    Seen stub = (flags & 2) != 0 ? seen(from) : null;
    BlockAddress hash = (flags & 8) != 0 ? BlockAddress.read(from) : null;
    Instant proved = (flags & 32) != 0 ? instant(from) : null;
    String words = new String(detail, StandardCharsets.UTF_8);
    boolean bare = (flags & 4) != 0;
    boolean stored = (flags & 16) != 0;
    return new Row(
        state, reason, words, size, file, stub, bare, hash, stored, blocks, copies, proved);
  }

  private static Seen seen(ByteBuffer from) {
    return new Seen(from.getLong(), from.getLong(), from.getLong(), instant(from), instant(from));
  }

  private static Instant instant(ByteBuffer from) {
    return Instant.ofEpochSecond(from.getLong(), from.getInt());
  }

  private static int flag(boolean set, int bit) {
    return set ? bit : 0;
  }

  private static void put(ByteBuffer to, @Nullable Seen seen) {
    if (seen != null) {
      to.putLong(seen.device()).putLong(seen.inode()).putLong(seen.size());
      put(to, seen.modified());
      put(to, seen.changed());
    }
  }

  private static void put(ByteBuffer to, @Nullable Instant instant) {
    if (instant != null) {
      to.putLong(instant.getEpochSecond()).putInt(instant.getNano());
    }
  }
}
