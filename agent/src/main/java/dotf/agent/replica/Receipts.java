package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which holders signed for which blocks. The truth is {@code journal/receipts}: one record per
 * receipt, the bytes as they were signed; in memory stands only a table of who holds what. Safe for
 * use by many threads.
 *
 * <p>Invariant: an address counts as held by a holder only from the moment its receipt is durable
 * here.
 */
public final class Receipts implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);
  private static final String FILE = "receipts";
  private static final int VERSION = 1;
  private static final int SLOTS_MAX = Long.SIZE;

  /** How a record begins that takes words back; a receipt's first byte is never 0. */
  private static final byte WITHDRAWN = 0;

  private final RecordLog log;
  private final BiPredicate<NodeId, StoreId> vouches;
  private final List<Signer> signers = new ArrayList<>();
  private final HolderTable table = new HolderTable();

  /** One store of one holder: what it signed counts as long as the holder still has that store. */
  private record Signer(NodeId holder, StoreId store) {}

  /**
   * Opens the receipts of this device.
   *
   * @param journal the directory {@code journal/}; stays open until after this is closed
   * @param vouches whether a holder still has the store with this id: {@link Holders#vouches}
   */
  public Receipts(Directory journal, BiPredicate<NodeId, StoreId> vouches) throws IOException {
    this.vouches = vouches;
    this.log = RecordLog.open(journal, FILE, VERSION, this::replay);
  }

  private void replay(ByteBuffer record) {
    if (record.hasRemaining() && record.get(record.position()) == WITHDRAWN) {
      record.get();
      replayWithdrawn(record);
      return;
    }
    byte[] signed = new byte[record.remaining()];
    record.get(signed);
    try {
      count(Receipt.decode(signed));
    } catch (IOException e) {
      LOG.warn("A receipt in journal/{} is not valid and counts for nothing.", FILE, e);
    }
  }

  private void replayWithdrawn(ByteBuffer record) {
    byte[] holder = new byte[NodeId.BYTES];
    record.get(holder);
    List<BlockAddress> addresses = new ArrayList<>();
    while (record.hasRemaining()) {
      addresses.add(BlockAddress.read(record));
    }
    forget(NodeId.of(holder), addresses);
  }

  /** Takes receipts down; they count when this returns, since they are then on the disk. */
  public void add(List<Receipt> receipts) throws IOException {
    if (receipts.isEmpty()) {
      return;
    }
    for (Receipt receipt : receipts) {
      log.append(receipt.encoded());
    }
    log.commit();
    for (Receipt receipt : receipts) {
      count(receipt);
    }
  }

  private synchronized void count(Receipt receipt) {
    int slot = slot(new Signer(receipt.holder(), receipt.store()));
    if (slot < 0) {
      LOG.warn(
          "More than {} stores have signed for blocks; {} is not counted.",
          SLOTS_MAX,
          receipt.holder());
      return;
    }
    int minute = (int) (receipt.time().getEpochSecond() / 60);
    for (BlockAddress address : receipt.addresses()) {
      table.add(address, slot, minute);
    }
  }

  /**
   * The slot of a store, a free one, or that of a store that no longer counts; -1 when all count.
   */
  private int slot(Signer signer) {
    int known = signers.indexOf(signer);
    if (known >= 0) {
      return known;
    }
    if (signers.size() < SLOTS_MAX) {
      signers.add(signer);
      return signers.size() - 1;
    }
    for (int i = 0; i < SLOTS_MAX; i++) {
      if (!vouches(signers.get(i))) {
        table.forget(i);
        signers.set(i, signer);
        return i;
      }
    }
    return -1;
  }

  private boolean vouches(Signer signer) {
    return vouches.test(signer.holder, signer.store);
  }

  /** The distinct holders whose word for this block counts now. */
  public synchronized List<NodeId> holders(BlockAddress address) {
    long slots = table.slots(address);
    List<NodeId> holders = new ArrayList<>(Long.bitCount(slots));
    for (int i = 0; i < signers.size(); i++) {
      Signer signer = signers.get(i);
      if ((slots & 1L << i) != 0 && vouches(signer) && !holders.contains(signer.holder)) {
        holders.add(signer.holder);
      }
    }
    return holders;
  }

  /**
   * When the newest receipt for this block was signed, to the minute; the epoch when there is none.
   */
  public synchronized Instant proved(BlockAddress address) {
    return Instant.ofEpochSecond(table.minute(address) * 60L);
  }

  /**
   * When the oldest receipt for this block was signed, to the minute, of holders that may count no
   * more also: no holder's word is older than this.
   */
  public synchronized Instant oldest(BlockAddress address) {
    return Instant.ofEpochSecond(table.oldest(address) * 60L);
  }

  /** How many of our blocks each holder has signed for, in a way that counts now. */
  public synchronized Map<NodeId, Long> blocksByHolder() {
    long[] counts = table.counts();
    Map<NodeId, Long> blocks = new HashMap<>();
    for (int i = 0; i < signers.size(); i++) {
      if (vouches(signers.get(i))) {
        blocks.merge(signers.get(i).holder, counts[i], Long::sum);
      }
    }
    return blocks;
  }

  /**
   * A holder turned out not to have a block that it signed for, or to have it damaged: its word for
   * it counts no more until it signs anew. Durable on return.
   */
  public void withdraw(NodeId holder, List<BlockAddress> addresses) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(1 + NodeId.BYTES + addresses.size() * BlockAddress.BYTES);
    record.put(WITHDRAWN).put(holder.bytes());
    addresses.forEach(address -> record.put(address.bytes()));
    forget(holder, addresses);
    log.append(record.array());
    log.commit();
  }

  private synchronized void forget(NodeId holder, List<BlockAddress> addresses) {
    for (int i = 0; i < signers.size(); i++) {
      if (signers.get(i).holder.equals(holder)) {
        for (BlockAddress address : addresses) {
          table.remove(address, i);
        }
      }
    }
  }

  /**
   * How many of the blocks that a holder signed for have fewer than {@code copies} other holders.
   */
  public synchronized long fewerWithout(NodeId holder, int copies) {
    long own = 0;
    long counting = 0;
    for (int i = 0; i < signers.size(); i++) {
      if (vouches(signers.get(i))) {
        counting |= 1L << i;
        own |= signers.get(i).holder.equals(holder) ? 1L << i : 0;
      }
    }
    long mine = own;
    long others = counting & ~own;
    return table.count(set -> (set & mine) != 0 && Long.bitCount(set & others) < copies);
  }

  /** How many blocks somebody signed for. */
  public synchronized int blocks() {
    return table.size();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
