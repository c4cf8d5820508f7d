package dotf.agent.journal;

import dotf.agent.journal.JournalRecord.Absorbed;
import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileRecalled;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderFound;
import dotf.agent.journal.JournalRecord.FolderLeft;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.agent.journal.JournalRecord.FolderRemoved;
import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Journal records to bytes and back: a type byte, then the fields, big-endian (see the README). */
final class JournalRecordCodec {
  private static final int STRING_BYTES_MAX = 64 * 1024;

  private JournalRecordCodec() {}

  static byte[] encode(JournalRecord record) {
    return switch (record) {
      case FolderAdded(FolderId id, String path, boolean keep) -> folder(1, id, path, keep);
      case FolderFound(FolderId id, String path, boolean keep) -> folder(10, id, path, keep);
      case FolderRemoved(FolderId id) -> folder(2, id);
      case FolderLeft(FolderId id) -> folder(13, id);
      case FolderMaterialised(FolderId id) -> folder(3, id);
      case FileStored(FileKey key, FileVersion version) -> file(4, key, version, null);
      case FileRenamed(FileKey from, FileKey to) -> {
        byte[] old = utf8(from.path());
        byte[] fresh = utf8(to.path());
        ByteBuffer into = start(5, 2 * FolderId.BYTES + 8 + old.length + fresh.length);
        from.folder().write(into);
        put(into, old);
        to.folder().write(into);
        put(into, fresh);
        yield whole(into);
      }
      case FileDeleted(FileKey key, Instant at) -> file(6, key, at);
      case FileTrashed(FileKey key, FileVersion version, Instant at) -> file(7, key, version, at);
      case FileReplaced(FileKey key, FileVersion version, Instant at) -> file(11, key, version, at);
      case FileRecalled(FileKey key, Instant at) -> file(12, key, at);
      case Absorbed(NodeId device, long sequence) ->
          whole(start(8, NodeId.BYTES + 8).put(device.bytes()).putLong(sequence));
      case Sealed(long sequence, BlockAddress batch, Chain chain, int records) -> {
        ByteBuffer to = start(9, 8 + BlockAddress.BYTES + Chain.BYTES + 4);
        to.putLong(sequence).put(batch.bytes());
        chain.write(to);
        yield whole(to.putInt(records));
      }
    };
  }

  /**
   * Reads exactly one record.
   *
   * @throws IOException when it is not one, or of a type that only a newer dotf knows
   */
  static JournalRecord decode(ByteBuffer from) throws IOException {
    try {
      JournalRecord record = read(from);
      if (from.hasRemaining()) {
        throw new IOException("a journal record is longer than its fields");
      }
      return record;
    } catch (BufferUnderflowException | DateTimeException e) {
      throw new IOException("a journal record is cut short or holds an impossible value", e);
    }
  }

  private static JournalRecord read(ByteBuffer from) throws IOException {
    int type = from.get();
    return switch (type) {
      case 1 -> new FolderAdded(FolderId.read(from), string(from), from.get() == 1);
      case 2 -> new FolderRemoved(FolderId.read(from));
      case 3 -> new FolderMaterialised(FolderId.read(from));
      case 4 -> new FileStored(key(from), version(from));
      case 5 -> new FileRenamed(key(from), key(from));
      case 6 -> new FileDeleted(key(from), instant(from));
      case 7 -> new FileTrashed(key(from), version(from), instant(from));
      case 8 -> new Absorbed(NodeId.of(take(from, NodeId.BYTES)), from.getLong());
      case 9 ->
          new Sealed(from.getLong(), BlockAddress.read(from), Chain.read(from), from.getInt());
      case 10 -> new FolderFound(FolderId.read(from), string(from), from.get() == 1);
      case 11 -> new FileReplaced(key(from), version(from), instant(from));
      case 12 -> new FileRecalled(key(from), instant(from));
      case 13 -> new FolderLeft(FolderId.read(from));
      default ->
          throw new IOException(
              "the journal holds a record of type "
                  + type
                  + ", which this version of dotf does not know; install the newer version again");
    };
  }

  private static byte[] folder(int type, FolderId id) {
    ByteBuffer to = start(type, FolderId.BYTES);
    id.write(to);
    return whole(to);
  }

  private static byte[] folder(int type, FolderId id, String path, boolean keep) {
    byte[] text = utf8(path);
    ByteBuffer to = start(type, FolderId.BYTES + 4 + text.length + 1);
    id.write(to);
    put(to, text).put((byte) (keep ? 1 : 0));
    return whole(to);
  }

  private static byte[] file(int type, FileKey key, Instant at) {
    byte[] text = utf8(key.path());
    ByteBuffer to = start(type, FolderId.BYTES + 4 + text.length + 12);
    key.folder().write(to);
    put(put(to, text), at);
    return whole(to);
  }

  private static byte[] file(int type, FileKey key, FileVersion version, @Nullable Instant at) {
    byte[] text = utf8(key.path());
    int versionBytes = BlockAddress.BYTES + FileId.BYTES + 8 + 8 + 12 + Digest.BYTES;
    ByteBuffer to =
        start(type, FolderId.BYTES + 4 + text.length + versionBytes + (at == null ? 0 : 12));
    key.folder().write(to);
    put(to, text);
    to.put(version.manifest().bytes()).put(version.fileId().bytes());
    to.putLong(version.number()).putLong(version.size());
    put(to, version.modified()).put(version.digest().bytes());
    if (at != null) {
      put(to, at);
    }
    return whole(to);
  }

  private static ByteBuffer start(int type, int bytes) {
    return ByteBuffer.allocate(1 + bytes).put((byte) type);
  }

  private static byte[] whole(ByteBuffer written) {
    byte[] bytes = new byte[written.position()];
    written.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer put(ByteBuffer to, byte[] text) {
    return to.putInt(text.length).put(text);
  }

  private static ByteBuffer put(ByteBuffer to, Instant instant) {
    return to.putLong(instant.getEpochSecond()).putInt(instant.getNano());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static FileKey key(ByteBuffer from) throws IOException {
    return new FileKey(FolderId.read(from), string(from));
  }

  private static FileVersion version(ByteBuffer from) {
    return new FileVersion(
        BlockAddress.read(from),
        FileId.read(from),
        from.getLong(),
        from.getLong(),
        instant(from),
        Digest.read(from));
  }

  private static Instant instant(ByteBuffer from) {
    return Instant.ofEpochSecond(from.getLong(), from.getInt());
  }

  private static String string(ByteBuffer from) throws IOException {
    int length = from.getInt();
    if (length < 0 || length > STRING_BYTES_MAX) {
      throw new IOException("a journal record states a path of " + length + " bytes");
    }
    return new String(take(from, length), StandardCharsets.UTF_8);
  }

  private static byte[] take(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
