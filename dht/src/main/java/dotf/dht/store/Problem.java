package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import org.jspecify.annotations.Nullable;

/**
 * Something that {@code verify} found.
 *
 * @param segment the file's name
 * @param address the block concerned, when it is known
 * @param message what is wrong and what follows from it, for people
 */
public record Problem(Kind kind, String segment, @Nullable BlockAddress address, String message) {
  /** What kind of thing is wrong. */
  public enum Kind {
    /** A block's bytes are not what was written: fetch it from a holder. */
    BLOCK_DAMAGED,
    /** A segment's header or footer is damaged, or the file is missing. */
    SEGMENT_DAMAGED,
    /** Bytes in a segment are no record any more; which blocks they were is not known. */
    RECORDS_LOST,
    /** The index and the segments disagree; the next start makes the index anew. */
    INDEX_WRONG
  }
}
