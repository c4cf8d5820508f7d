package dotf.agent;

import dotf.agent.replica.Receipts;
import dotf.agent.replica.Replicator;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.StoredFile;
import dotf.dht.store.BlockStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts a file's copies: the minimum over its manifest and all its blocks. */
final class Copies {
  /** Addresses are handed on in slices, so that no file is too large. */
  private static final int SLICE = 1024;

  private final ManifestReader manifests;
  private final BlockSource source;
  private final Receipts receipts;
  private final Replicator replicator;
  private final BlockStore store;

  Copies(
      ManifestReader manifests,
      BlockSource source,
      Receipts receipts,
      Replicator replicator,
      BlockStore store) {
    this.manifests = manifests;
    this.source = source;
    this.receipts = receipts;
    this.replicator = replicator;
    this.store = store;
  }

  /**
   * How a file stands with its holders.
   *
   * @param blocks how many it has, manifest-level blocks counted
   * @param proved when a holder last signed for its manifest, or null
   * @param thin a block is not here, and with fewer holders than the settings ask for
   * @param lost a block is neither here nor with a holder that signed for it
   */
  record Count(int blocks, int copies, @Nullable Instant proved, boolean thin, boolean lost) {}

  /** Counts the copies of a version. */
  Count of(BlockAddress hash) throws IOException {
    return of(manifests.read(hash, source));
  }

  /** Counts the copies of a version whose manifest is at hand. */
  Count of(StoredFile file) throws IOException {
    int[] blocks = new int[1];
    int[] copies = {Integer.MAX_VALUE};
    boolean[] thin = new boolean[1];
    boolean[] lost = new boolean[1];
    manifests.blocks(
        file,
        source,
        address -> {
          blocks[0]++;
          int now = replicator.copies(address);
          copies[0] = Math.min(copies[0], now);
          if (!replicator.isSafe(address) && !store.contains(address)) {
            thin[0] = true;
            lost[0] |= now == 0;
          }
        });
    Instant proved = receipts.proved(file.address());
    Instant known = proved.equals(Instant.EPOCH) ? null : proved;
    return new Count(blocks[0], copies[0], known, thin[0], lost[0]);
  }

  /** Asks for copies of everything a file consists of. */
  void want(StoredFile file) throws IOException {
    List<BlockAddress> slice = new ArrayList<>(SLICE);
    manifests.blocks(
        file,
        source,
        address -> {
          slice.add(address);
          if (slice.size() == SLICE) {
            replicator.wanted(List.copyOf(slice));
            slice.clear();
          }
        });
    replicator.wanted(slice);
  }
}
