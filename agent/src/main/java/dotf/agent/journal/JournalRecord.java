package dotf.agent.journal;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One entry of the journal; the state of a device is the fold of all of them, in order. */
public sealed interface JournalRecord {
  /** The folder that it is about, or null. */
  default @Nullable FolderId folder() {
    return switch (this) {
      case FolderAdded added -> added.id();
      case FolderFound found -> found.id();
      case FolderRemoved removed -> removed.id();
      case FolderLeft left -> left.id();
      case FolderMaterialised materialised -> materialised.id();
      case FileStored stored -> stored.key().folder();
      case FileRenamed renamed -> renamed.to().folder();
      case FileDeleted deleted -> deleted.key().folder();
      case Former former -> former.key().folder();
      case FileRecalled recalled -> recalled.key().folder();
      case Absorbed absorbed -> null;
      case Sealed sealed -> null;
    };
  }

  /** A folder is watched; a second one for the same id changes its path or rule. */
  record FolderAdded(FolderId id, String path, boolean keep) implements JournalRecord {}

  /**
   * A folder of a lost device, taken over from its journal; it waits for the user to say where it
   * lives now, which {@link FolderAdded} does.
   */
  record FolderFound(FolderId id, String path, boolean keep) implements JournalRecord {}

  /** A folder is no longer watched. */
  record FolderRemoved(FolderId id) implements JournalRecord {}

  /**
   * A folder is no longer watched, and has stubs: its files stay known, so that the blocks of each
   * stay as well. {@link FolderAdded} takes it up again.
   */
  record FolderLeft(FolderId id) implements JournalRecord {}

  /**
   * Every file of the folder has its name on this device's disk. Only from here on can absence mean
   * deletion.
   */
  record FolderMaterialised(FolderId id) implements JournalRecord {}

  /** A file's present version, or its first. */
  record FileStored(FileKey key, FileVersion version) implements JournalRecord {}

  /** A file has a new name in the same folder or another; what had that name before is gone. */
  record FileRenamed(FileKey from, FileKey to) implements JournalRecord {}

  /** The user deleted a file; it stays in the trash from {@code at} on. */
  record FileDeleted(FileKey key, Instant at) implements JournalRecord {}

  /** A version that a file no longer has, and that can be taken back. */
  sealed interface Former extends JournalRecord permits FileTrashed, FileReplaced {
    FileKey key();

    /** The version that it had. */
    FileVersion version();

    /** When it lost it. */
    Instant at();
  }

  /** A deleted file, in snapshots. */
  record FileTrashed(FileKey key, FileVersion version, Instant at) implements Former {}

  /** The version before; what {@link FileStored} names next took its place. */
  record FileReplaced(FileKey key, FileVersion version, Instant at) implements Former {}

  /** What a file lost at {@code at} is no longer in the trash, nor among the versions replaced. */
  record FileRecalled(FileKey key, Instant at) implements JournalRecord {}

  /**
   * The journal of another device, up to a batch, is contained in this one.
   *
   * @param device its NodeId, 32 bytes
   * @param sequence its last batch that was taken over
   */
  record Absorbed(NodeId device, long sequence) implements JournalRecord {}

  /**
   * The oldest records that were not yet in a batch are now. Only in the local log.
   *
   * @param sequence the batch's number, from 1
   * @param batch its address
   * @param chain the hash chain after the last of these records
   * @param records how many they are
   */
  record Sealed(long sequence, BlockAddress batch, Chain chain, int records)
      implements JournalRecord {}
}
