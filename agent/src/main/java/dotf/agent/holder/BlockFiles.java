package dotf.agent.holder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.OpenFile;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks in one directory: {@code dotf-blocks/ab/<64 hex digits>}, sealed as they are. Nothing
 * stays open between two calls, so that the disk can be unmounted; every call opens the directory,
 * looks whether it is still the one that was added, and works relative to that. Calls wait for the
 * disk without a limit. Safe for use by many threads.
 */
final class BlockFiles {
  private static final Logger LOG = LoggerFactory.getLogger(BlockFiles.class);

  /** The subdirectory; what else is in the directory is none of our business. */
  static final String NAME = "dotf-blocks";

  /** Blocks that are written and synced together: at most 16 MiB. */
  private static final int PART = 16;

  private final Disk disk;
  private final Path path;
  private final StoreId store;
  private final NodeId holder;
  private final ToLongFunction<Disk.Space> room;
  private final ReentrantLock putting = new ReentrantLock();

  /**
   * What came of a put.
   *
   * @param blocks those that are on the disk now
   * @param bytes written for them
   * @param stopped why the others are not, or null when all are
   */
  record Placed(List<BlockAddress> blocks, long bytes, @Nullable IOException stopped) {}

  BlockFiles(Disk disk, Path path, StoreId store, NodeId holder, ToLongFunction<Disk.Space> room) {
    this.disk = disk;
    this.path = path;
    this.store = store;
    this.holder = holder;
    this.room = room;
  }

  /**
   * Makes {@code dotf-blocks} in a directory that is there, or takes up one that another device, or
   * an earlier life of this one, has made.
   *
   * @throws IOException when something else has that name, or the directory cannot be written to
   */
  static StoreMark prepare(Disk disk, Path path, StoreMark fresh) throws IOException {
    try (Directory top = disk.open(path)) {
      top.makeDirectory(NAME, 0700);
      try (Directory blocks = top.openDirectory(NAME)) {
        if (blocks.stat(StoreMark.NAME) == null) {
          if (blocks.list().stream()
              .anyMatch(entry -> !entry.name().startsWith(Directory.TEMPORARY_PREFIX))) {
            throw new IOException(
                blocks + " is not empty and has no mark of dotf; move it out of the way");
          }
          fresh.write(blocks);
        }
        StoreMark mark = StoreMark.read(blocks);
        top.sync();
        return mark;
      }
    }
  }

  /** The mark of a directory; null when it holds no blocks. */
  static @Nullable StoreMark find(Disk disk, Path path) throws IOException {
    try (Directory top = disk.open(path);
        Directory blocks = top.openDirectory(NAME)) {
      return StoreMark.read(blocks);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The directory's filesystem, when it is there and the one that was added. */
  Volume look() throws IOException {
    open().close();
    return Volume.of(disk, path);
  }

  /**
   * Writes blocks that are not there, checks those that are, and has all of them on the disk before
   * it returns. A damaged file is replaced. Ends early when the disk is full or fails.
   *
   * @param step called between any two things that wait for the disk; may throw to end the work
   * @throws IOException when not one block is there
   */
  Placed put(List<BlockAddress> blocks, BlockSource source, Runnable step) throws IOException {
    putting.lock();
    try (Directory root = open()) {
      List<BlockAddress> placed = new ArrayList<>();
      long left = room.applyAsLong(disk.space(path));
      long bytes = 0;
      for (int from = 0; from < blocks.size(); from += PART) {
        List<BlockAddress> part = blocks.subList(from, Math.min(from + PART, blocks.size()));
        try (PutBatch batch = new PutBatch(root, holder, left - bytes, step)) {
          for (BlockAddress block : part) {
            batch.add(block, source);
          }
          bytes += batch.finish();
          placed.addAll(part);
        } catch (IOException e) {
          IOException said = said(e);
          if (placed.isEmpty()) {
            throw said;
          }
          return new Placed(placed, bytes, said);
        }
      }
      return new Placed(placed, bytes, null);
    } finally {
      putting.unlock();
    }
  }

  private IOException said(IOException e) {
    return e instanceof DiskFullException
        ? new IOException(path + " is full; make room there, or add another holder", e)
        : e;
  }

  /**
   * Reads one block.
   *
   * @throws BlockMissingException when the directory does not have it
   * @throws BlockCorruptException when what it has is not that block
   */
  SealedBlock read(BlockAddress block) throws IOException {
    try (Directory root = open()) {
      return read(root, block, false);
    }
  }

  /** As {@link HeadFiles#keep}. */
  void keepHead(HeadRecord head) throws IOException {
    try (Directory root = open()) {
      new HeadFiles(root).keep(head);
    }
  }

  /** As {@link HeadFiles#of}. */
  List<HeadRecord> heads(PublicKey vault) throws IOException {
    try (Directory root = open()) {
      return new HeadFiles(root).of(vault);
    }
  }

  /** Which of these blocks are there and, read from the disk, have their address. */
  Set<BlockAddress> audit(List<BlockAddress> blocks, Runnable step) throws IOException {
    Set<BlockAddress> good = new HashSet<>();
    try (Directory root = open()) {
      for (BlockAddress block : blocks) {
        step.run();
        try {
          good.add(read(root, block, true).address());
        } catch (BlockMissingException | BlockCorruptException e) {
          // A disk that was pulled out meanwhile says nothing about its blocks.
          open().close();
          LOG.warn("{} in {}", e.getMessage(), path);
        }
      }
      return good;
    }
  }

  /** Which of these blocks have a file there, whatever is in it. */
  Set<BlockAddress> present(List<BlockAddress> blocks, Runnable step) throws IOException {
    Set<BlockAddress> there = new HashSet<>();
    try (Directory root = open()) {
      for (BlockAddress block : blocks) {
        step.run();
        try (Directory fan = root.openDirectory(fan(block))) {
          if (fan.stat(block.toString()) != null) {
            there.add(block);
          }
        } catch (NoSuchFileException e) {
          // Nothing whose address begins so is there.
        }
      }
      return there;
    }
  }

  private static SealedBlock read(Directory root, BlockAddress block, boolean fromDisk)
      throws IOException {
    try (Directory fan = root.openDirectory(fan(block));
        OpenFile file = fan.openRead(block.toString())) {
      return read(file, block, fromDisk);
    } catch (NoSuchFileException e) {
      throw new BlockMissingException(block, "block " + block + " is not in " + root);
    }
  }

  /**
   * Reads a block's file.
   *
   * @param fromDisk past the cache; what the disk cannot read counts as damaged then
   */
  static SealedBlock read(OpenFile file, BlockAddress block, boolean fromDisk) throws IOException {
    long size = file.stat().size();
    if (size > SealedBlock.BYTES_MAX) {
      throw new BlockCorruptException(block, "block " + block + " is damaged: it is too long");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    if (fromDisk) {
      readFromDisk(file, bytes, block);
    } else {
      file.read(bytes, 0);
    }
    return SealedBlock.verified(block, bytes.flip());
  }

  private static void readFromDisk(OpenFile file, ByteBuffer bytes, BlockAddress block)
      throws IOException {
    try {
      file.dropCache();
      file.read(bytes, 0);
    } catch (IOException e) {
      throw new BlockCorruptException(block, "block " + block + " is damaged: " + text(e));
    }
  }

  /** The subdirectory of a block: the first two digits of its address. */
  static String fan(BlockAddress block) {
    return block.toString().substring(0, 2);
  }

  /** What happened, for people: the system's word for it, and the file only where that is all. */
  static String text(IOException e) {
    String reason = e instanceof FileSystemException file ? file.getReason() : null;
    return reason == null ? String.valueOf(e.getMessage()) : reason;
  }

  /** Opens the directory as it is now; the path may lead to an empty mount point any time. */
  private Directory open() throws IOException {
    try (Directory top = disk.open(path)) {
      Directory blocks = top.openDirectory(NAME);
      try {
        if (!StoreMark.read(blocks).store().equals(store)) {
          throw new IOException(
              path + " is another disk than the one that was added: its blocks have another id");
        }
        return blocks;
      } catch (IOException e) {
        blocks.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          Files.exists(path)
              ? path + " has no blocks of dotf in it (not mounted, or another disk)"
              : path + " is not there (unplugged or not mounted)",
          e);
    }
  }
}
