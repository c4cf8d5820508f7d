package dotf.chunker.disk;

import dotf.chunker.disk.Effect.Describe;
import dotf.chunker.disk.Effect.Rename;
import dotf.chunker.disk.Effect.Resize;
import dotf.chunker.disk.Effect.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can lose power. It promises no more than the calls do: what was not synced
 * may be on the medium or not, each write, each cut and each change of names for itself, a write
 * also by half; a file's sync keeps the file and not its name, and a rename between two directories
 * is kept for sure only when both are synced. Changes of one name keep their order. For small
 * files. Safe for use by many threads.
 */
public final class MemoryDisk implements Disk {
  static final int USER = 1000;
  static final long DEVICE = 77;
  private static final long TOTAL = 1L << 30;
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Effect> effects = new ArrayList<>();
  private final MemoryNode root;
  private long inodes;
  private long ticks;

  /** What becomes of an effect that was not synced. */
  public enum Fate {
    LOST,
    /** Half of a write; all of what cannot be torn. */
    TORN,
    KEPT
  }

  /** An empty disk. */
  public MemoryDisk() {
    root = new MemoryNode(++inodes, true, 0755, FIRST);
  }

  private MemoryDisk(MemoryNode root, long inodes, long ticks) {
    this.root = root;
    this.inodes = inodes;
    this.ticks = ticks;
  }

  /** Makes a directory and those above it, durably. */
  public synchronized void makeDirectories(Path path) {
    MemoryNode at = root;
    for (Path part : path.toAbsolutePath()) {
      MemoryNode parent = at;
      at = parent.live.names.computeIfAbsent(part.toString(), name -> newNode(true, 0755));
      parent.kept.names.putIfAbsent(part.toString(), at);
    }
  }

  @Override
  public synchronized Directory open(Path directory) throws IOException {
    MemoryNode at = root;
    for (Path part : directory.toAbsolutePath()) {
      MemoryNode next = at.live.names.get(part.toString());
      if (next == null) {
        throw missing(directory.toString(), "open the directory");
      }
      at = next;
    }
    if (!at.directory) {
      throw failure(directory.toString(), "open the directory", "Not a directory");
    }
    return new MemoryDirectory(this, at, directory.toAbsolutePath().toString());
  }

  @Override
  public int user() {
    return USER;
  }

  @Override
  public Space space(Path path) {
    return new Space(TOTAL, TOTAL, DEVICE);
  }

  /** How many effects a loss of power now could take or leave. */
  public synchronized int unsynced() {
    return effects.size();
  }

  /**
   * The disk as the next start would find it if power were lost now; this one stays as it is.
   *
   * @param fates of the unsynced effects, by their number in the order in which they were made. A
   *     change of names that builds upon a lost one is lost with it.
   */
  public synchronized MemoryDisk afterPowerLoss(IntFunction<Fate> fates) {
    Map<MemoryNode, MemoryNode> copies = new HashMap<>();
    MemoryNode copiedRoot = copy(root, copies);
    List<Rename> lost = new ArrayList<>();
    for (int i = 0; i < effects.size(); i++) {
      Effect effect = effects.get(i);
      Fate fate = fates.apply(i);
      if (effect instanceof Rename rename) {
        if (fate == Fate.LOST || lost.stream().anyMatch(rename::sharesNameWith)) {
          lost.add(rename);
          continue;
        }
      }
      if (fate != Fate.LOST) {
        effect.apply(node -> copy(node, copies), fate == Fate.TORN);
      }
    }
    settle(copiedRoot);
    return new MemoryDisk(copiedRoot, inodes, ticks);
  }

  private static MemoryNode copy(MemoryNode node, Map<MemoryNode, MemoryNode> copies) {
    MemoryNode known = copies.get(node);
    if (known != null) {
      return known;
    }
    MemoryNode copy = new MemoryNode(node.inode, node.directory, node.kept.mode, node.changed);
    copies.put(node, copy);
    copy.kept = node.kept.copy();
    copy.kept.names.replaceAll((name, child) -> copy(child, copies));
    return copy;
  }

  /** What is on the medium is what is seen. */
  private static void settle(MemoryNode node) {
    node.live = node.kept.copy();
    for (MemoryNode child : node.live.names.values()) {
      child.links++;
      if (child.links == 1) {
        settle(child);
      }
    }
  }

  synchronized MemoryNode newNode(boolean directory, int mode) {
    return new MemoryNode(++inodes, directory, mode, now());
  }

  /** Never the same twice. */
  synchronized Instant now() {
    return FIRST.plusNanos(++ticks * 1000);
  }

  synchronized void write(MemoryNode node, long position, ByteBuffer bytes) throws IOException {
    if (position + bytes.remaining() > TOTAL) {
      throw new DiskFullException("memory", "No space left on device");
    }
    node.live.write(position, bytes);
    changed(node);
    effects.add(new Write(node, position, bytes));
  }

  synchronized void resize(MemoryNode node, long size) throws IOException {
    if (size > TOTAL) {
      throw new DiskFullException("memory", "No space left on device");
    }
    node.live.bytes = Arrays.copyOf(node.live.bytes, (int) size);
    changed(node);
    effects.add(new Resize(node, (int) size));
  }

  private void changed(MemoryNode node) {
    node.changed = now();
    node.live.modified = node.changed;
    described(node);
  }

  synchronized void described(MemoryNode node) {
    node.changed = now();
    effects.removeIf(effect -> effect instanceof Describe(var same, _, _, _) && same == node);
    effects.add(new Describe(node, node.live.mode, node.live.modified, node.live.attributes));
  }

  synchronized void renamed(Rename rename) {
    for (Effect.Change change : rename.changes()) {
      MemoryNode before = change.directory().live.names.remove(change.name());
      if (before != null) {
        before.links--;
        before.changed = now();
      }
    }
    for (Effect.Change change : rename.changes()) {
      MemoryNode node = change.node();
      if (node != null) {
        change.directory().live.names.put(change.name(), node);
        node.links++;
        node.changed = now();
      }
    }
    effects.add(rename);
  }

  synchronized void syncFile(MemoryNode node) {
    keep(
        effects.stream()
            .filter(
                effect ->
                    switch (effect) {
                      case Write(var one, _, _) -> one == node;
                      case Resize(var one, _) -> one == node;
                      case Describe(var one, _, _, _) -> one == node;
                      case Rename rename -> false;
                    })
            .toList());
  }

  /** What is kept by it takes along what it builds upon. */
  synchronized void syncDirectory(MemoryNode directory) {
    List<Effect> kept = new ArrayList<>();
    List<Rename> needed = new ArrayList<>();
    for (Effect effect : effects.reversed()) {
      if (effect instanceof Rename rename) {
        rename.unsynced().remove(directory);
        if (rename.unsynced().isEmpty() || needed.stream().anyMatch(rename::sharesNameWith)) {
          needed.add(rename);
          kept.addFirst(rename);
        }
      }
    }
    keep(kept);
  }

  synchronized void syncAll() {
    keep(List.copyOf(effects));
  }

  private void keep(List<Effect> now) {
    now.forEach(effect -> effect.apply(node -> node, false));
    Set<Effect> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.addAll(now);
    effects.removeIf(kept::contains);
  }

  static NoSuchFileException missing(String path, String what) {
    return new NoSuchFileException(path, null, "cannot " + what + " (No such file or directory)");
  }

  static FileSystemException failure(String path, String what, String reason) {
    return new FileSystemException(path, null, "cannot " + what + " (" + reason + ")");
  }

  static MemoryNode found(@Nullable MemoryNode node, String path, String what)
      throws NoSuchFileException {
    if (node == null) {
      throw missing(path, what);
    }
    return node;
  }
}
