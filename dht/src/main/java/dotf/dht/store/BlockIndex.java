package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.dht.store.Held.Place;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.serializer.GroupSerializerObjectArray;

/**
 * Finds blocks of sealed segments quickly: the only user of MapDB here. A cache of the segments'
 * footers, never the truth: after an unclean stop MapDB may answer wrongly or never (measured), so
 * then the file is made anew. Every call runs on one of its own threads, with a limit; whatever
 * goes wrong there is a {@link BrokenException}, after which the footers are asked instead.
 *
 * <p>Two trees, {@code address -> place and flags} and {@code chunk id -> address}, without a
 * write-ahead log, mapped into memory: a look-up takes 13 µs, through a channel 40 µs.
 */
final class BlockIndex {
  private static final long LOOKUP_SECONDS = 5;
  private static final long BUILD_SECONDS = 600;
  private static final long GROWTH_BYTES = 1 << 20;
  private static final int OWN = 1;
  private static final int HOSTED = 2;
  private static final FixedBytes KEY = new FixedBytes(32);
  private static final FixedBytes PLACE = new FixedBytes(16);

  private final Path file;
  private final ExecutorService readers = thread("dotf-index-read");
  private final ExecutorService writer = thread("dotf-index-write");
  private final Trees trees;

  private record Trees(DB db, BTreeMap<byte[], byte[]> blocks, BTreeMap<byte[], byte[]> chunks) {}

  /** The index cannot be used any more in this run. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private interface Opening {
    Trees open(DB db) throws IOException;
  }

  private BlockIndex(Path file, boolean fresh, Opening opening)
      throws BrokenException, InterruptedIOException {
    this.file = file;
    trees =
        limited(
            writer,
            BUILD_SECONDS,
            () -> {
              if (fresh) {
                Files.deleteIfExists(file);
              }
              return opening.open(
                  DBMaker.fileDB(file.toFile())
                      .fileMmapEnable()
                      .fileMmapPreclearDisable()
                      .allocateIncrement(GROWTH_BYTES)
                      .make());
            });
  }

  /** Opens the file that a clean stop left. */
  static BlockIndex open(Path file) throws BrokenException, InterruptedIOException {
    return new BlockIndex(
        file,
        false,
        db ->
            new Trees(
                db,
                db.treeMap("blocks", KEY, PLACE).open(),
                db.treeMap("chunks", KEY, KEY).open()));
  }

  /** Makes the file anew from what the sealed segments say, telling {@code seen} every block. */
  static BlockIndex build(Path file, SortedFacts facts, SortedFacts.BlockVisitor seen)
      throws BrokenException, InterruptedIOException {
    return new BlockIndex(
        file,
        true,
        db -> {
          var blocks = db.treeMap("blocks", KEY, PLACE).createFromSink();
          facts.blocks(
              block -> {
                blocks.put(block.address().bytes(), encode(block.held()));
                seen.visit(block);
              });
          var chunks = db.treeMap("chunks", KEY, KEY).createFromSink();
          facts.chunks((id, address) -> chunks.put(id.bytes(), address.bytes()));
          return new Trees(db, blocks.create(), chunks.create());
        });
  }

  /** What the indexed segments say of an address, or null. */
  @Nullable Held find(BlockAddress address) throws BrokenException, InterruptedIOException {
    byte[] found = limited(readers, LOOKUP_SECONDS, () -> trees.blocks.get(address.bytes()));
    return found == null ? null : decode(found);
  }

  /** The address of the own block with this chunk id, or null. */
  @Nullable BlockAddress find(Id chunk) throws BrokenException, InterruptedIOException {
    byte[] found = limited(readers, LOOKUP_SECONDS, () -> trees.chunks.get(chunk.bytes()));
    return found == null ? null : BlockAddress.of(found);
  }

  /** Adds a newly sealed segment in the background; then runs one of the two. */
  void add(Facts facts, Runnable done, Consumer<Throwable> failed) {
    writer.execute(
        () -> {
          try {
            addNow(facts);
            done.run();
          } catch (Throwable e) {
            failed.accept(e);
          }
        });
  }

  private void addNow(Facts facts) throws IOException {
    List<Entry> own = new ArrayList<>();
    facts.range(
        SortedFacts.FIRST,
        null,
        entry -> {
          byte[] key = entry.address().bytes();
          Held said = Held.of(entry, facts.segment());
          byte[] before = trees.blocks.put(key, encode(said));
          if (before != null) {
            trees.blocks.put(key, encode(decode(before).merge(said)));
          }
          if (Footer.hasChunk(entry)) {
            own.add(entry);
          }
        });
    own.sort(Comparator.comparing(Entry::id));
    for (Entry entry : own) {
      trees.chunks.put(entry.id().bytes(), entry.address().bytes());
    }
  }

  /** Waits for what is being added, closes the file and makes it durable. */
  void close() throws BrokenException, InterruptedIOException {
    limited(
        writer,
        BUILD_SECONDS,
        () -> {
          trees.db.close();
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
          }
          return true;
        });
    readers.shutdown();
    writer.shutdown();
  }

  private static <T> T limited(ExecutorService thread, long seconds, Callable<T> call)
      throws BrokenException, InterruptedIOException {
    try {
      return thread.submit(call).get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new BrokenException("it failed", e.getCause());
    } catch (TimeoutException e) {
      throw new BrokenException("it did not answer within " + seconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking up a block");
    }
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  private static byte[] encode(Held held) {
    Place place = held.place() == null ? new Place(0, 0, 0) : held.place();
    return ByteBuffer.allocate(PLACE.length)
        .putInt(place.segment())
        .putInt(place.offset())
        .putInt(place.length())
        .putInt((held.own() ? OWN : 0) | (held.hosted() ? HOSTED : 0))
        .array();
  }

  private static Held decode(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    Place place = new Place(from.getInt(), from.getInt(), from.getInt());
    int flags = from.getInt();
    return new Held(place.segment() == 0 ? null : place, (flags & OWN) != 0, (flags & HOSTED) != 0);
  }

  /** Keys and values of one length, ordered as unsigned bytes. */
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
