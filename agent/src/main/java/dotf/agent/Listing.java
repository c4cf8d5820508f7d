package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.holder.DirectoryHolders;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.JournalFolder;
import dotf.agent.replica.Receipts;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.manifest.StoredFile;
import dotf.dht.identity.NodeId;
import dotf.watcher.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers what is there: files, pins, holders. Reads the catalog in pages. */
final class Listing {
  private static final int PAGE = 512;

  private final Device device;
  private final Folders folders;
  private final Pins pins;
  private final Receipts receipts;
  private final DirectoryHolders directories;
  private final BlockSource source;

  Listing(
      Device device,
      Folders folders,
      Pins pins,
      Receipts receipts,
      DirectoryHolders directories,
      BlockSource source) {
    this.device = device;
    this.folders = folders;
    this.pins = pins;
    this.receipts = receipts;
    this.directories = directories;
    this.source = source;
  }

  /** A file that somebody named, and what is known of it. */
  record Found(FolderAgent folder, FileKey key, Row row) {
    /** What is on the disk now. */
    Path shown() {
      boolean stub = row.state() == FileState.STUB && !row.bare();
      return folder.path().resolve(stub ? Names.stubOf(key.path()) : key.path());
    }
  }

  /** The file with this path or this stub; throws when there is none. */
  Found find(Path path) throws NotFoundException {
    Folders.Inside inside = folders.locate(path);
    if (inside == null) {
      throw new NotFoundException(path + " is in no watched folder; see dotf folders");
    }
    FileKey key = meant(inside);
    Row row = device.catalog().find(key);
    if (row != null) {
      return new Found(inside.folder(), key, row);
    }
    throw new NotFoundException(
        Files.exists(path, LinkOption.NOFOLLOW_LINKS)
            ? path + " was not looked at yet, or is no file; see what is known with: dotf ls"
            : "there is no " + path + "; see what is there with: dotf ls");
  }

  /** A stub in no watched folder, or null. */
  private @Nullable LeftStub left(Path path) throws IOException {
    return folders.locate(path) == null
        ? LeftStub.read(path.toAbsolutePath().normalize(), device.vault().stubs())
        : null;
  }

  /** The hash of the version that a file, or a stub outside all folders, has now. */
  BlockAddress hash(Path path) throws IOException {
    LeftStub left = left(path);
    BlockAddress hash = left == null ? find(path).row().hash() : left.stub().address();
    if (hash == null) {
      throw new TryLaterException(path + " is not stored yet; see dotf why");
    }
    return hash;
  }

  /** Shows every file at or below a path, or of all folders. */
  void files(@Nullable Path under, Consumer<Found> found) throws NotFoundException {
    if (under == null) {
      for (FolderAgent folder : folders.all()) {
        below(folder, "", found);
      }
      return;
    }
    Folders.Inside inside = folders.locate(under);
    if (inside == null) {
      throw new NotFoundException(under + " is in no watched folder; see dotf folders");
    }
    String prefix = inside.path().isEmpty() ? "" : inside.path() + "/";
    if (prefix.isEmpty() || !device.catalog().page(inside.folder().id(), prefix, "", 1).isEmpty()) {
      below(inside.folder(), prefix, found);
    } else {
      found.accept(find(under));
    }
  }

  private void below(FolderAgent folder, String prefix, Consumer<Found> found) {
    String after = "";
    List<Map.Entry<FileKey, Row>> page = device.catalog().page(folder.id(), prefix, after, PAGE);
    while (!page.isEmpty()) {
      for (Map.Entry<FileKey, Row> entry : page) {
        after = entry.getKey().path();
        found.accept(new Found(folder, entry.getKey(), entry.getValue()));
      }
      page = device.catalog().page(folder.id(), prefix, after, PAGE);
    }
  }

  FileRow row(Found found) {
    Row row = found.row();
    Seen stub = row.state() == FileState.STUB ? row.stub() : null;
    return new FileRow(
        found.shown(),
        row.state(),
        row.size(),
        stub == null ? 0 : stub.size(),
        row.hash(),
        row.copies(),
        isHeldStub(found) ? "opened, but held back; see dotf allow" : Explaining.brief(row));
  }

  private boolean isHeldStub(Found found) {
    return found.row().state() == FileState.STUB
        && device.breaker().isHeld(found.key(), device.clock().instant());
  }

  Explanation why(Path path) throws IOException {
    LeftStub left = left(path);
    if (left != null) {
      return why(left);
    }
    Found found = find(path);
    String problem = found.folder().problem();
    if (problem != null) {
      return new Explanation(
          row(found), problem, "its folder", "within seconds of the folder's return");
    }
    Explanation why =
        Explaining.of(
            row(found),
            found.row(),
            device.lingering().since(found.key()),
            device.settings().get(),
            device.replicator().needed(),
            device.replicator().waitsFor());
    String storm = device.breaker().reason(device.clock().instant());
    if (storm != null && isHeldStub(found)) {
      return why.heldBy(storm, StormBreaker.QUIET);
    }
    String pause = device.pausing().sentence();
    boolean works =
        found.row().state() == FileState.BUSY || found.row().state() == FileState.WAITING;
    if (pause != null && works && found.row().reason() != Reason.HELD) {
      return why.waitingFor(pause);
    }
    return found.row().state() == FileState.STUB
            && found.folder().attachment().rules().verdict(found.key().path(), false)
                instanceof Verdict.Keep(String rule)
        ? why.keptBy(rule, room(found))
        : why;
  }

  private Explanation why(LeftStub left) {
    BlockAddress hash = left.stub().address();
    FileRow row =
        new FileRow(
            left.path(),
            FileState.STUB,
            left.stub().size(),
            left.bytes(),
            hash,
            receipts.holders(hash).size(),
            null);
    for (JournalFolder folder : device.journal().folders()) {
      if (!folder.attached() && left.path().startsWith(Path.of(folder.path()))) {
        return Explaining.left(row, folder.path());
      }
    }
    return Explaining.left(row, null);
  }

  private @Nullable Long room(Found found) {
    try {
      return device.space().aboveReserve(found.folder().path());
    } catch (IOException e) {
      return null;
    }
  }

  /** What a path means: the file that it, or its stub, belongs to; else a directory or nothing. */
  FileKey meant(Folders.Inside inside) {
    for (String candidate : Names.filesOf(inside.path()).reversed()) {
      FileKey key = new FileKey(inside.folder().id(), candidate);
      if (device.catalog().find(key) != null) {
        return key;
      }
    }
    return inside.key();
  }

  /** Shows the pins of files, then the user's own. */
  void pins(boolean blocks, Consumer<PinRow> rows) throws IOException {
    List<IOException> failed = new ArrayList<>();
    files(
        null,
        found -> {
          BlockAddress hash = found.row().hash();
          if (hash != null) {
            try {
              rows.accept(filePin(found, hash, blocks));
            } catch (IOException e) {
              failed.add(e);
            }
          }
        });
    for (Map.Entry<BlockAddress, String> pin : pins.all()) {
      rows.accept(userPin(pin.getKey(), pin.getValue(), blocks));
    }
    if (!failed.isEmpty()) {
      throw failed.getFirst();
    }
  }

  private PinRow filePin(Found found, BlockAddress hash, boolean blocks) throws IOException {
    Row row = found.row();
    return new PinRow(
        hash,
        PinRow.Kind.FILE,
        found.folder().path().resolve(found.key().path()).toString(),
        row.size(),
        row.blocks(),
        row.copies(),
        row.proved(),
        blocks ? blocks(hash) : List.of());
  }

  PinRow userPin(BlockAddress hash, String name, boolean blocks) throws IOException {
    StoredFile file = device.vault().manifests().read(hash, source);
    Copies.Count count = device.copies().of(file);
    return new PinRow(
        hash,
        PinRow.Kind.USER,
        name,
        file.size(),
        count.blocks(),
        count.copies(),
        count.proved(),
        blocks ? blocks(hash) : List.of());
  }

  private List<PinRow.Block> blocks(BlockAddress hash) throws IOException {
    List<PinRow.Block> blocks = new ArrayList<>();
    Map<BlockAddress, Long> sizes = new HashMap<>();
    StoredFile file = device.vault().manifests().read(hash, source);
    var chunks = device.vault().manifests().chunks(file.manifest(), source, 0);
    for (var at = chunks.next(); at != null; at = chunks.next()) {
      sizes.put(at.chunk().address(), (long) at.chunk().length());
    }
    device
        .vault()
        .manifests()
        .blocks(
            file,
            source,
            address -> {
              List<String> holders =
                  receipts.holders(address).stream().map(NodeId::toString).toList();
              blocks.add(
                  new PinRow.Block(
                      address, sizes.getOrDefault(address, 0L), holders.size(), holders));
            });
    return blocks;
  }

  /** Who holds a file. */
  Holding where(Path path) throws IOException {
    BlockAddress hash = hash(path);
    return where(left(path) == null ? find(path).shown() : path, hash);
  }

  /**
   * Who holds what a hash stands for.
   *
   * @param path where it is shown; null for a hash that no file here has
   */
  Holding where(@Nullable Path path, BlockAddress hash) throws IOException {
    Map<NodeId, Long> blocks = new HashMap<>();
    Map<NodeId, Instant> proved = new HashMap<>();
    boolean[] here = {true};
    long[] count = new long[1];
    int[] copies = {Integer.MAX_VALUE};
    StoredFile file = device.vault().manifests().read(hash, source);
    device
        .vault()
        .manifests()
        .blocks(
            file,
            source,
            address -> {
              count[0]++;
              here[0] &= device.store().contains(address);
              List<NodeId> holders = receipts.holders(address);
              copies[0] = Math.min(copies[0], holders.size());
              for (NodeId holder : holders) {
                blocks.merge(holder, 1L, Long::sum);
                proved.merge(holder, receipts.proved(address), (a, b) -> a.isBefore(b) ? a : b);
              }
            });
    List<Holding.Holder> holders =
        blocks.entrySet().stream()
            .map(
                entry ->
                    new Holding.Holder(
                        entry.getKey().toString(),
                        directories.path(entry.getKey()),
                        entry.getValue(),
                        proved.get(entry.getKey())))
            .toList();
    return new Holding(path, hash, here[0], count[0], copies[0], holders);
  }
}
