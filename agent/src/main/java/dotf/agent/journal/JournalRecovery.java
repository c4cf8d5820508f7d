package dotf.agent.journal;

import dotf.chunker.Checkpoint;
import dotf.chunker.FileAssembler;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSource;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.ManifestReader;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a vault's state from the heads that its members keep: per device back to its last
 * snapshot, then forward, every signature and the whole hash chain checked.
 */
public final class JournalRecovery {
  /** Far more than lie between two snapshots: a longer way back is no journal of ours. */
  private static final int BATCHES_MAX = 100_000;

  private final BlockCodec codec;
  private final ManifestReader manifests;
  private final FileAssembler assembler;
  private final BlockSource source;
  private final Directory scratch;

  /** {@code scratch} takes a snapshot while it is read, in a file without a name. */
  public JournalRecovery(
      BlockCodec codec,
      ManifestReader manifests,
      FileAssembler assembler,
      BlockSource source,
      Directory scratch) {
    this.codec = codec;
    this.manifests = manifests;
    this.assembler = assembler;
    this.source = source;
    this.scratch = scratch;
  }

  /**
   * Reads the journals that these heads lead to and takes them over into an empty one. Of a device
   * the highest sequence counts; a device whose journal is contained in another's is left out.
   *
   * @return how many files were found
   * @throws IOException when a block is missing or does not fit: nothing was taken over then
   */
  public int recover(Collection<JournalHead> heads, Journal into) throws IOException {
    Map<NodeId, JournalHead> newest = new HashMap<>();
    for (JournalHead head : heads) {
      newest.merge(head.device(), head, (a, b) -> a.sequence() >= b.sequence() ? a : b);
    }
    Map<NodeId, JournalState> states = new HashMap<>();
    Map<NodeId, Long> sequences = new HashMap<>();
    for (JournalHead head : newest.values()) {
      states.put(head.device(), read(head));
      sequences.put(head.device(), head.sequence());
    }
    JournalState all = new JournalState();
    states.forEach(
        (device, state) -> {
          long sequence = sequences.getOrDefault(device, 0L);
          if (states.values().stream().allMatch(other -> other.absorbed(device) < sequence)) {
            all.merge(state);
            all.apply(new JournalRecord.Absorbed(device, sequence));
          }
        });
    into.absorb(all);
    return all.size();
  }

  private JournalState read(JournalHead head) throws IOException {
    Deque<BlockAddress> forward = new ArrayDeque<>();
    JournalBatch first = null;
    BlockAddress at = head.address();
    long expected = head.sequence();
    while (at != null) {
      first = batch(at, head.device());
      if (first.sequence() != expected-- || forward.size() > BATCHES_MAX) {
        throw new IOException("the batches of " + head.device().brief() + " are not in sequence");
      }
      forward.push(at);
      at = first.previous();
    }
    JournalState state = new JournalState();
    Chain chain = Chain.START;
    if (first != null && first.snapshot() != null) {
      chain = readSnapshot(first.snapshot(), state);
    }
    for (BlockAddress address : forward) {
      JournalBatch batch = batch(address, head.device());
      for (byte[] record : batch.records()) {
        chain = apply(record, state, chain);
      }
      if (!chain.equals(batch.chain())) {
        throw new IOException("the hash chain of the journal breaks at batch " + batch.sequence());
      }
    }
    return state;
  }

  private Chain readSnapshot(BlockAddress address, JournalState into) throws IOException {
    Manifest manifest = manifests.read(address, source).manifest();
    try (OpenFile file = scratch.createUnnamed(0600)) {
      assembler.assemble(manifest, source, file::write, Checkpoint.NONE);
      SnapshotReader reader = new SnapshotReader(file::read);
      Chain chain = Chain.START;
      for (byte @Nullable [] record = reader.next(); record != null; record = reader.next()) {
        chain = apply(record, into, chain);
      }
      return chain;
    }
  }

  private static Chain apply(byte[] record, JournalState state, Chain chain) throws IOException {
    state.apply(JournalRecordCodec.decode(ByteBuffer.wrap(record)));
    return chain.then(record);
  }

  private JournalBatch batch(BlockAddress address, NodeId device) throws IOException {
    return JournalBatch.decode(codec.open(source.read(address), BlockKind.JOURNAL), device);
  }
}
