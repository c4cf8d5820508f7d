package dotf.agent.catalog;

import dotf.chunker.block.BlockAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one file.
 *
 * @param detail of the reason, in words; empty when there is nothing to add
 * @param size true size in bytes
 * @param file the file's own content as last looked at, null when it is not on the disk
 * @param stub its stub as last looked at, null when there is none
 * @param bare the stub stands under the file's own name, without {@code .f}
 * @param hash the manifest's address, null until the file is stored
 * @param stored the content on the disk is the version that {@code hash} names
 * @param blocks how many blocks the version has, manifest-level blocks counted
 * @param copies other holders that have all of it
 * @param proved when a holder last signed for it, or null
 */
public record Row(
    FileState state,
    Reason reason,
    String detail,
    long size,
    @Nullable Seen file,
    @Nullable Seen stub,
    boolean bare,
    @Nullable BlockAddress hash,
    boolean stored,
    int blocks,
    int copies,
    @Nullable Instant proved) {

  /** A file of which only its size is known. */
  public static Row unknown(long size) {
    return new Row(
        FileState.LOCAL, Reason.NONE, "", size, null, null, false, null, false, 0, 0, null);
  }

  /** The same file in another state. */
  public Row in(FileState newState, Reason newReason, String newDetail) {
    return new Row(
        newState, newReason, newDetail, size, file, stub, bare, hash, stored, blocks, copies,
        proved);
  }

  /** The same file in another state, for a reason that needs no detail. */
  public Row in(FileState newState, Reason newReason) {
    return in(newState, newReason, "");
  }

  /** The same file, its content on the disk as given, or not there. */
  public Row withFile(@Nullable Seen newFile, boolean nowStored) {
    long newSize = newFile == null ? size : newFile.size();
    return new Row(
        state, reason, detail, newSize, newFile, stub, bare, hash, nowStored, blocks, copies,
        proved);
  }

  /** The same file, its stub as given, or not there. */
  public Row withStub(@Nullable Seen newStub, boolean nowBare) {
    return new Row(
        state, reason, detail, size, file, newStub, nowBare, hash, stored, blocks, copies, proved);
  }

  /** The same file under a version; its copies are counted anew. */
  public Row withVersion(BlockAddress newHash, long newSize, int newBlocks) {
    boolean same = newHash.equals(hash);
    return new Row(
        state,
        reason,
        detail,
        newSize,
        file,
        stub,
        bare,
        newHash,
        stored,
        newBlocks,
        same ? copies : 0,
        same ? proved : null);
  }

  /** The same file with that many copies elsewhere. */
  public Row withCopies(int newBlocks, int newCopies, @Nullable Instant newProved) {
    return new Row(
        state, reason, detail, size, file, stub, bare, hash, stored, newBlocks, newCopies,
        newProved);
  }
}
