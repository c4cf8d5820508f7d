package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.dht.store.Held.Place;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.Serializer;
import org.mapdb.serializer.GroupSerializerObjectArray;

/**
 * Finds blocks of sealed segments quickly: the only user of MapDB here. A cache of the segments'
 * footers, never the truth. MapDB does not survive being killed while it writes (measured: wrong
 * answers, and some that never come), so a file is made in one go from sorted keys, synced, and
 * only read from then on. Look-ups run on a thread of their own with a limit; whatever goes wrong
 * there is a {@link BrokenException}, after which the footers are asked instead.
 *
 * <p>Two trees, {@code address -> place and claims} and {@code chunk id -> address}. Made from
 * sorted keys they cost 1 µs an entry, by inserting 15 µs; mapped into memory a look-up takes 13
 * µs, through a channel 40 µs.
 */
final class BlockIndex implements Closeable {
  private static final long LOOKUP_SECONDS = 5;
  private static final long OPEN_SECONDS = 60;
  private static final int PLACE_BYTES = 16;
  private static final int CLAIM_BYTES = Id.BYTES + Long.BYTES;
  private static final FixedBytes KEY = new FixedBytes(32);

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("dotf-index-read").factory());
  private final Trees trees;

  private record Trees(DB db, BTreeMap<byte[], byte[]> blocks, BTreeMap<byte[], byte[]> chunks) {}

  /** The index cannot be used any more. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Opens a finished file for reading. */
  BlockIndex(Path file) throws BrokenException, InterruptedIOException {
    try {
      trees =
          limited(
              OPEN_SECONDS,
              () -> {
                DB db = DBMaker.fileDB(file.toFile()).fileMmapEnable().readOnly().make();
                return new Trees(
                    db,
                    db.treeMap("blocks", KEY, Serializer.BYTE_ARRAY).open(),
                    db.treeMap("chunks", KEY, KEY).open());
              });
    } catch (BrokenException | InterruptedIOException e) {
      thread.shutdown();
      throw e;
    }
  }

  /**
   * Makes a file that is not there yet; it is not synced.
   *
   * @param stopped whether to give up, with an exception
   */
  static void build(Path file, SortedFacts facts, BooleanSupplier stopped) throws IOException {
    try (DB db = DBMaker.fileDB(file.toFile()).fileMmapEnable().fileMmapPreclearDisable().make()) {
      var blocks = db.treeMap("blocks", KEY, Serializer.BYTE_ARRAY).createFromSink();
      facts.blocks(
          block -> {
            giveUpIf(stopped);
            blocks.put(block.address().bytes(), encode(block.held()));
          });
      var chunks = db.treeMap("chunks", KEY, KEY).createFromSink();
      facts.chunks(
          (id, address) -> {
            giveUpIf(stopped);
            chunks.put(id.bytes(), address.bytes());
          });
      blocks.create();
      chunks.create();
    }
  }

  private static void giveUpIf(BooleanSupplier stopped) throws InterruptedIOException {
    if (stopped.getAsBoolean()) {
      throw new InterruptedIOException("the store is being closed");
    }
  }

  /** What the indexed segments say of an address, or null. */
  @Nullable Held find(BlockAddress address) throws BrokenException, InterruptedIOException {
    byte[] found = limited(LOOKUP_SECONDS, () -> trees.blocks.get(address.bytes()));
    return found == null ? null : decode(found);
  }

  /** The address of the own block with this chunk id, or null. */
  @Nullable BlockAddress find(Id chunk) throws BrokenException, InterruptedIOException {
    byte[] found = limited(LOOKUP_SECONDS, () -> trees.chunks.get(chunk.bytes()));
    return found == null ? null : BlockAddress.of(found);
  }

  /** Ends after the look-up that is under way; later ones are told that it is broken. */
  @Override
  public void close() {
    thread.execute(() -> trees.db.close());
    thread.shutdown();
  }

  private <T> T limited(long seconds, Callable<T> call)
      throws BrokenException, InterruptedIOException {
    try {
      return thread.submit(call).get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new BrokenException("it failed", e.getCause());
    } catch (TimeoutException e) {
      throw new BrokenException("it did not answer within " + seconds + " s", e);
    } catch (RejectedExecutionException e) {
      throw new BrokenException("it is closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking up a block");
    }
  }

  /**
   * {@code segment 4 | offset 4 | length 4 | claims 4}, then each claim: {@code id 32 | until 8}.
   */
  private static byte[] encode(Held held) {
    Place place = held.place() == null ? new Place(0, 0, 0) : held.place();
    ByteBuffer to = ByteBuffer.allocate(PLACE_BYTES + held.claims().size() * CLAIM_BYTES);
    to.putInt(place.segment()).putInt(place.offset()).putInt(place.length());
    to.putInt(held.claims().size());
    held.claims()
        .forEach(
            (id, until) -> {
              id.write(to);
              to.putLong(until);
            });
    return to.array();
  }

  private static Held decode(byte[] bytes) throws BrokenException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    if (bytes.length < PLACE_BYTES
        || bytes.length != PLACE_BYTES + (long) from.getInt(PLACE_BYTES - 4) * CLAIM_BYTES) {
      throw new BrokenException("it holds a value that is none", null);
    }
    Place place = new Place(from.getInt(), from.getInt(), from.getInt());
    int count = from.getInt();
    Map<Id, Long> claims = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      claims.put(Id.read(from), from.getLong());
    }
    return new Held(place.segment() == 0 ? null : place, claims);
  }

  /** Keys of one length, ordered as unsigned bytes. */
  private static final class FixedBytes extends GroupSerializerObjectArray<byte[]> {
    final int length;

    FixedBytes(int length) {
      this.length = length;
    }

    @Override
    public void serialize(DataOutput2 out, byte[] value) throws IOException {
      out.write(value);
    }

    @Override
    public byte[] deserialize(DataInput2 in, int available) throws IOException {
      byte[] value = new byte[length];
      in.readFully(value);
      return value;
    }

    @Override
    public int compare(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b);
    }

    @Override
    public boolean equals(byte[] a, byte[] b) {
      return Arrays.equals(a, b);
    }

    @Override
    public int hashCode(byte[] value, int seed) {
      return seed + Arrays.hashCode(value);
    }

    @Override
    public int fixedSize() {
      return length;
    }
  }
}
