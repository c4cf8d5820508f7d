package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.dht.store.SegmentHeader.StoreId;
import dotf.dht.store.SegmentScan.Gap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a stop, clean or not, has left. Segments with a footer are taken by it; others are
 * scanned. Only the last segment's tail behind its last good record is cut; damage anywhere else is
 * kept and reported.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final String TEMPORARY = ".tmp";

  private final Directory directory;
  private final SegmentFiles files;
  private final List<Facts> sealed = new ArrayList<>();
  private List<Entry> active = List.of();
  private @Nullable OpenFile last;
  private long end;
  private long previous;
  private final DiskUse use = new DiskUse();
  private boolean takesTombstones = true;
  private long lastCommit;
  private @Nullable StoreId store;

  private Recovery(Directory directory, SegmentFiles files) {
    this.directory = directory;
    this.files = files;
  }

  /**
   * What was found.
   *
   * @param store null when there is no segment yet
   * @param active the records of the segment to go on with
   */
  record Found(
      @Nullable StoreId store, List<Facts> sealed, List<Entry> active, SegmentWriter.Start start) {}

  static Found run(Directory directory, SegmentFiles files) throws IOException {
    return new Recovery(directory, files).run();
  }

  private Found run() throws IOException {
    List<Integer> numbers = numbers();
    Map<Integer, SegmentHeader> headers = headers(numbers);
    for (int number : numbers) {
      boolean isLast = number == numbers.getLast();
      long size = size(number);
      Footer footer = Footer.open(files, number, size);
      if (footer != null && !footer.intact()) {
        LOG.warn("The footer of {} is damaged; its records are read instead.", name(number));
        takeSealed(scanned(number, footer.start()), size);
      } else if (footer != null) {
        lastCommit = Math.max(lastCommit, footer.lastCommit());
        takeSealed(footer, size);
      } else if (isLast) {
        takeActive(number, size, headers.get(number));
      } else {
        takeSealed(scanned(number, trusted(headers.get(number + 1), size)), size);
      }
    }
    if (!numbers.isEmpty()) {
      makeDurable(numbers.getLast());
    }
    return new Found(
        store,
        sealed,
        active,
        new SegmentWriter.Start(last, end, previous, lastCommit, takesTombstones, use));
  }

  /** The segments' numbers in order; temporary files go. */
  private List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Directory.Entry entry : directory.list()) {
      int number = SegmentHeader.numberOf(entry.name());
      if (number > 0) {
        numbers.add(number);
      } else if (entry.name().endsWith(TEMPORARY)) {
        directory.unlink(entry.name());
      }
    }
    numbers.sort(null);
    return numbers;
  }

  private Map<Integer, SegmentHeader> headers(List<Integer> numbers) throws IOException {
    Map<Integer, SegmentHeader> headers = new HashMap<>();
    for (int number : numbers) {
      SegmentHeader header = header(files, number);
      if (header == null) {
        LOG.error("The header of {} is damaged; its records are read all the same.", name(number));
        continue;
      }
      boolean foreign = store != null && !store.equals(header.store());
      if (foreign || header.number() != number) {
        throw new IOException(
            name(number)
                + " in the store's directory "
                + directory
                + " belongs to another store: move it away.");
      }
      store = header.store();
      headers.put(number, header);
    }
    if (!numbers.isEmpty() && store == null) {
      throw new IOException(
          "No segment in " + directory + " has a readable header: restore it from a copy.");
    }
    return headers;
  }

  static @Nullable SegmentHeader header(SegmentFiles files, int number) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(SegmentHeader.BYTES);
    int _ = files.read(number, file -> file.read(head, 0));
    return SegmentHeader.decode(head.flip(), name(number));
  }

  private long size(int number) throws IOException {
    return files.read(number, file -> file.stat().size());
  }

  /** How much of a segment without a footer the next segment's header says to believe. */
  private static long trusted(@Nullable SegmentHeader next, long size) {
    return next == null ? size : Math.min(size, next.previous());
  }

  private Facts scanned(int number, long limit) throws IOException {
    SegmentScan.Result result = files.read(number, file -> SegmentScan.sealed(file, limit));
    result.gaps().forEach(gap -> lost(number, gap));
    lastCommit = Math.max(lastCommit, result.lastCommit());
    Table table = new Table(number);
    result.entries().forEach(table::add);
    return table;
  }

  private void takeSealed(Facts facts, long size) throws IOException {
    sealed.add(facts);
    use.set(facts.segment(), files.read(facts.segment(), Reclaiming::bytes));
    previous = size;
  }

  private void takeActive(int number, long size, @Nullable SegmentHeader header)
      throws IOException {
    takesTombstones = header != null && header.version() == SegmentHeader.VERSION;
    SegmentScan.Result result = files.read(number, file -> SegmentScan.active(file, size));
    result.gaps().stream().filter(result::damaged).forEach(gap -> lost(number, gap));
    lastCommit = Math.max(lastCommit, result.lastCommit());
    active = result.entries();
    end = result.end();
    use.set(number, end);
    last = directory.openWrite(name(number));
    if (size > end) {
      LOG.debug("{} bytes behind the last record of {} are cut.", size - end, name(number));
      last.truncate(end);
    }
  }

  /**
   * After a crash, records may have been read that are in the kernel's memory only. They must be on
   * the disk before anybody relies on them.
   */
  private void makeDurable(int number) throws IOException {
    if (last != null) {
      last.sync();
    } else {
      try (OpenFile file = directory.openWrite(name(number))) {
        file.sync();
      }
    }
    directory.sync();
  }

  private static void lost(int number, Gap gap) {
    LOG.error(
        "Bytes {} to {} of {} are damaged; the blocks in them are fetched from holders when"
            + " needed.",
        gap.start(),
        gap.end(),
        name(number));
  }

  private static String name(int number) {
    return SegmentHeader.name(number);
  }
}
