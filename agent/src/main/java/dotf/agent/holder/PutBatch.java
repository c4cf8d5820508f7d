package dotf.agent.holder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.OpenFile;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some blocks on their way into a directory: written under temporary names, all synced, all
 * renamed, then the directories synced. A block's name says what its bytes are, so renaming over
 * what somebody else put there meanwhile loses nothing; network filesystems know no rename that
 * refuses to.
 */
final class PutBatch implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(PutBatch.class);

  private final Directory root;
  private final NodeId holder;
  private final Runnable step;
  private final Map<String, Directory> fans = new TreeMap<>();
  private final Map<BlockAddress, OpenFile> written = new LinkedHashMap<>();
  private final long room;
  private long bytes;
  private boolean fanMade;

  /**
   * @param holder makes the temporary names, so that devices that share a directory do not meet
   * @param room bytes that may be written
   * @param step called before whatever waits for the disk
   */
  PutBatch(Directory root, NodeId holder, long room, Runnable step) {
    this.root = root;
    this.holder = holder;
    this.room = room;
    this.step = step;
  }

  /** Sees to it that the block has good bytes here, under its own or a temporary name. */
  void add(BlockAddress block, BlockSource source) throws IOException {
    step.run();
    Directory fan = fan(BlockFiles.fan(block));
    if (!isGood(fan, block)) {
      write(fan, source.read(block));
    }
  }

  /**
   * Has everything on the disk under its own name.
   *
   * @return how many bytes were written
   */
  long finish() throws IOException {
    for (OpenFile file : written.values()) {
      step.run();
      file.sync();
    }
    step.run();
    for (BlockAddress block : written.keySet()) {
      fan(BlockFiles.fan(block)).replace(temporary(block), block.toString());
    }
    for (Directory fan : fans.values()) {
      step.run();
      fan.sync();
    }
    if (fanMade) {
      root.sync();
    }
    return bytes;
  }

  private Directory fan(String name) throws IOException {
    Directory known = fans.get(name);
    if (known != null) {
      return known;
    }
    Directory fan;
    try {
      fan = root.openDirectory(name);
    } catch (NoSuchFileException e) {
      root.makeDirectory(name, 0700);
      fanMade = true;
      fan = root.openDirectory(name);
    }
    fans.put(name, fan);
    return fan;
  }

  /** What a copying program put here may be in the kernel's memory only: so it is synced too. */
  private static boolean isGood(Directory fan, BlockAddress block) throws IOException {
    if (fan.stat(block.toString()) == null) {
      return false;
    }
    try (OpenFile file = fan.openRead(block.toString())) {
      file.sync();
      SealedBlock _ = BlockFiles.read(file, block, true);
      return true;
    } catch (BlockCorruptException e) {
      LOG.warn("{} in {}; it is written anew", e.getMessage(), fan);
      return false;
    }
  }

  private void write(Directory fan, SealedBlock block) throws IOException {
    if (bytes + block.size() > room) {
      throw new DiskFullException(root.toString(), "no room above the reserve");
    }
    String name = temporary(block.address());
    fan.unlink(name);
    OpenFile file = fan.create(name, 0600);
    written.put(block.address(), file);
    file.write(block.bytes(), 0);
    bytes += block.size();
  }

  private String temporary(BlockAddress block) {
    return Directory.TEMPORARY_PREFIX + holder.brief() + "-" + block;
  }

  /** Temporary names that are left go. */
  @Override
  public void close() throws IOException {
    for (Map.Entry<BlockAddress, OpenFile> entry : written.entrySet()) {
      entry.getValue().close();
      try {
        fan(BlockFiles.fan(entry.getKey())).unlink(temporary(entry.getKey()));
      } catch (IOException e) {
        LOG.info("a temporary file stays in {}: {}", root, e.getMessage());
      }
    }
    for (Directory fan : fans.values()) {
      fan.close();
    }
  }
}
