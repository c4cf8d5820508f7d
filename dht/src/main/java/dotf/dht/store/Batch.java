package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Records that become durable together: one commit. */
final class Batch {
  static final int BYTES_MAX = 8 << 20;
  static final int ITEMS_MAX = 2048;

  /** A disk that takes longer than this for 8 MiB is not answering. */
  private static final long LIMIT_SECONDS = 120;

  private List<Item> items = new ArrayList<>();
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private long bytes;
  private long hostedBytes;
  private long landedBytes;
  private long landedHostedBytes;

  /**
   * One record to write.
   *
   * @param entry its offset is not known yet
   * @param payload the sealed block; empty for a lease or tombstone
   * @param crc of the payload
   */
  record Item(Entry entry, ByteBuffer payload, int crc) {
    static Item of(Entry.Type type, BlockAddress address, Id id, long until, ByteBuffer payload) {
      Entry entry = new Entry(type, address, id, until, payload.remaining(), 0);
      return new Item(entry, payload, Entry.crc(payload.duplicate()));
    }

    boolean isTombstone() {
      return entry.type() == Entry.Type.TOMBSTONE;
    }

    int recordBytes() {
      return entry.recordBytes();
    }
  }

  void add(Item item) {
    items.add(item);
    bytes += item.recordBytes();
    hostedBytes += hostedBytes(item);
  }

  private static long hostedBytes(Item item) {
    return item.entry.type() == Entry.Type.HOSTED ? item.entry.length() : 0;
  }

  /** These of its records are in the store's figures now; both change under {@link DiskUse}. */
  void landed(List<Item> run) {
    for (Item item : run) {
      landedBytes += item.recordBytes();
      landedHostedBytes += hostedBytes(item);
    }
  }

  List<Item> items() {
    return items;
  }

  /** Of records that are not in the store's figures. */
  long bytes() {
    return bytes - landedBytes;
  }

  /** Of others' blocks that are not in the store's figures. */
  long hostedBytes() {
    return hostedBytes - landedHostedBytes;
  }

  boolean full() {
    return bytes >= BYTES_MAX || items.size() >= ITEMS_MAX;
  }

  /** Large enough to be written although nobody waits for it. */
  boolean worthWriting() {
    return bytes >= BYTES_MAX / 2 || items.size() >= ITEMS_MAX / 2;
  }

  void succeed(long commit) {
    items = List.of();
    done.complete(commit);
  }

  void fail(Throwable cause) {
    items = List.of();
    done.completeExceptionally(cause);
  }

  boolean succeeded() {
    return done.isDone() && !done.isCompletedExceptionally();
  }

  boolean failed() {
    return done.isCompletedExceptionally();
  }

  /** Waits until the batch is durable; its commit number. */
  long await() throws IOException {
    try {
      return done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw again(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "The disk under the store has not answered for " + LIMIT_SECONDS + " s; try again later.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the disk");
    }
  }

  /** The failure as an exception of this thread's own, of the same type. */
  private static IOException again(@Nullable Throwable cause) {
    if (cause instanceof StoreFullException full) {
      return new StoreFullException(String.valueOf(full.getMessage()), full);
    }
    return new IOException(cause == null ? "unknown" : cause.getMessage(), cause);
  }
}
