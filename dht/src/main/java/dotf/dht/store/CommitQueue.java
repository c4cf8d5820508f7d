package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.dht.store.Batch.Item;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where putters leave records and the committer finds them. At most two batches exist: the open one
 * and the one being written. A batch is handed over when somebody waits for it, when it is half
 * full, or when its first record is 5 ms old; so that one sync serves everybody who came meanwhile.
 */
final class CommitQueue {
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LIMIT_SECONDS = 120;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<BlockAddress, Batch> ownByAddress = new HashMap<>();
  private final Map<Id, Pending> ownByChunk = new HashMap<>();
  private final Map<BlockAddress, Batch> ending = new HashMap<>();
  private Batch open = new Batch();
  private @Nullable Batch written;
  private boolean wanted;
  private boolean closed;

  /** A block on its way to the disk. */
  record Pending(BlockAddress address, Batch batch) {}

  /**
   * Adds a record to the open batch, waiting while that is full; the batch that will make it
   * durable. An own block that is on its way already is not added again.
   */
  Batch add(Item item) throws IOException {
    Entry entry = item.entry();
    lock.lock();
    try {
      awaitRoom();
      Batch pending = entry.type() == Entry.Type.OWN ? ownByAddress.get(entry.address()) : null;
      if (pending != null) {
        return pending;
      }
      boolean first = open.items().isEmpty();
      open.add(item);
      if (entry.type() == Entry.Type.OWN) {
        ending.remove(entry.address());
        ownByAddress.put(entry.address(), open);
        if (Footer.hasChunk(entry)) {
          ownByChunk.put(entry.id(), new Pending(entry.address(), open));
        }
      } else if (item.isTombstone() && entry.claimant().equals(Id.NONE)) {
        ending.put(entry.address(), open);
        if (ownByAddress.remove(entry.address()) != null) {
          ownByChunk.values().removeIf(one -> one.address.equals(entry.address()));
        }
      }
      if (first || open.worthWriting()) {
        changed.signalAll();
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() throws IOException {
    long left = TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    try {
      while (open.full() && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the store");
    }
    if (closed) {
      throw new IOException("The store is closed.");
    }
    if (open.full()) {
      throw new IOException(
          "The disk under the store has not answered for "
              + LIMIT_SECONDS
              + " s; try again later.");
    }
  }

  /** The own block with this chunk id that is on its way, or null. */
  @Nullable Pending find(Id chunk) {
    lock.lock();
    try {
      return ownByChunk.get(chunk);
    } finally {
      lock.unlock();
    }
  }

  /** The batch that an own block is on its way in, or null. */
  @Nullable Batch find(BlockAddress address) {
    lock.lock();
    try {
      return ownByAddress.get(address);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the end of an own block's claim is on its way, and no new claim behind it. */
  boolean isEnding(BlockAddress address) {
    lock.lock();
    try {
      return ending.containsKey(address);
    } finally {
      lock.unlock();
    }
  }

  /** Every batch that is not durable yet; somebody waits for them now. */
  List<Batch> unwritten() {
    lock.lock();
    try {
      List<Batch> batches = new ArrayList<>();
      if (written != null) {
        batches.add(written);
      }
      if (!open.items().isEmpty()) {
        batches.add(open);
        wanted = true;
        changed.signalAll();
      }
      return batches;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes on their way to the disk: of all records, and of hosted blocks. */
  long[] bytes() {
    lock.lock();
    try {
      Batch other = written == null ? new Batch() : written;
      return new long[] {open.bytes() + other.bytes(), open.hostedBytes() + other.hostedBytes()};
    } finally {
      lock.unlock();
    }
  }

  /** For the committer: the next batch, or null when the queue is closed and empty. */
  @Nullable Batch next() {
    lock.lock();
    try {
      while (open.items().isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      if (open.items().isEmpty()) {
        return null;
      }
      linger();
      wanted = false;
      written = open;
      open = new Batch();
      changed.signalAll();
      return written;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody interrupts the committer; if somebody did, its batch would only go sooner. */
  private void linger() {
    long left = LINGER_NANOS;
    try {
      while (!wanted && !closed && !open.worthWriting() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      wanted = true;
    }
  }

  /** For the committer: the batch is durable and known, or has failed. */
  void finished(Batch batch) {
    lock.lock();
    try {
      written = null;
      ownByAddress.values().removeIf(batch::equals);
      ending.values().removeIf(batch::equals);
      ownByChunk.values().removeIf(pending -> pending.batch == batch);
    } finally {
      lock.unlock();
    }
  }

  /** No more records are taken; what is queued is still written. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
