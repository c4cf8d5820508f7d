package dotf.agent.journal;

import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.Checkpoint;
import dotf.chunker.FileSplitter;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.manifest.VersionVector;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.Signer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Seals a journal's records in batches into the block store, and now and then a snapshot of the
 * whole tree, after which the local log begins anew. One caller at a time.
 *
 * <p>Order: blocks durable in the store, then the log's note of them, then the head; so a crash in
 * between at worst seals the same records again under the same number.
 */
public final class JournalPublisher {
  /** A recovery reads at most so many batches behind a snapshot. */
  static final int BATCHES_PER_SNAPSHOT = 64;

  private static final int SNAPSHOT_MODE = 0600;
  private static final String SNAPSHOT_NAME = "journal";

  private final Journal journal;
  private final Signer device;
  private final BlockCodec codec;
  private final FileSplitter splitter;
  private final BlockSink store;
  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastSnapshot;

  public JournalPublisher(
      Journal journal,
      Signer device,
      BlockCodec codec,
      FileSplitter splitter,
      BlockSink store,
      InstantSource clock,
      RandomGenerator random) {
    this.journal = journal;
    this.device = device;
    this.codec = codec;
    this.splitter = splitter;
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Seals everything that is in no batch yet.
   *
   * @return the device's head now, to be put at every member; null while nothing was ever written
   */
  public @Nullable JournalHead publish() throws IOException {
    while (journal.unsealedBytes() > 0) {
      List<byte[]> records = journal.unsealed(JournalBatch.RECORD_BYTES_MAX);
      Sealed last = journal.lastSealed();
      long sequence = last == null ? 1 : last.sequence() + 1;
      if (sequence - lastSnapshot > BATCHES_PER_SNAPSHOT) {
        snapshot(sequence);
        lastSnapshot = sequence;
      } else {
        batch(sequence, last, records);
      }
    }
    return head();
  }

  /** The device's head as it is in the log, or null. */
  public @Nullable JournalHead head() {
    Sealed last = journal.lastSealed();
    return last == null
        ? null
        : new JournalHead(NodeId.ofKey(device.key().bytes()), last.sequence(), last.batch());
  }

  private void batch(long sequence, @Nullable Sealed last, List<byte[]> records)
      throws IOException {
    Chain chain = last == null ? Chain.START : last.chain();
    for (byte[] record : records) {
      chain = chain.then(record);
    }
    BlockAddress previous = last == null ? null : last.batch();
    BlockAddress address =
        seal(new JournalBatch(device.key().bytes(), sequence, previous, null, chain, records));
    journal.sealed(new Sealed(sequence, address, chain, records.size()));
  }

  private void snapshot(long sequence) throws IOException {
    try (JournalSnapshot snapshot = journal.snapshot()) {
      FileMetadata metadata =
          FileMetadata.of(
              FileId.random(random),
              VersionVector.NONE,
              null,
              clock.instant(),
              SNAPSHOT_MODE,
              Map.of(),
              SNAPSHOT_NAME);
      StoredFile stored = splitter.split(snapshot.file()::read, metadata, store, Checkpoint.NONE);
      BlockAddress address =
          seal(
              new JournalBatch(
                  device.key().bytes(),
                  sequence,
                  null,
                  stored.address(),
                  snapshot.chain(),
                  List.of()));
      journal.compact(snapshot, sequence, address);
    }
  }

  private BlockAddress seal(JournalBatch batch) throws IOException {
    SealedBlock block = codec.seal(BlockKind.JOURNAL, batch.encode(device));
    store.put(block, null);
    store.commit();
    return block.address();
  }
}
