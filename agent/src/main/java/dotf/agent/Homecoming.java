package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalFolder;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.StoredFile;
import dotf.dht.store.StoreFullException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Sees to it that every block of every own file, pin and deleted file is in the local store. */
final class Homecoming {
  private static final int PAGE = 512;

  private final Device device;
  private final Pins pins;
  private final BlockSource fleeting;

  /**
   * @param fleeting the store, then the holders; what they give is not kept by itself
   */
  Homecoming(Device device, Pins pins, BlockSource fleeting) {
    this.device = device;
    this.pins = pins;
    this.fleeting = fleeting;
  }

  /** What is done with each file. */
  @FunctionalInterface
  private interface Each {
    void file(StoredFile file) throws IOException;
  }

  /** What the local store lacks. */
  private static final class Missing {
    long files;
    long blocks;
    long bytes;
  }

  /**
   * Fetches what is missing.
   *
   * @param progress hears of each file that something was fetched for; what it throws ends it
   * @throws RefusedException when it does not fit; nothing was fetched then
   * @throws dotf.chunker.block.BlockMissingException when no holder that can be reached has it
   */
  void bring(Progress progress) throws IOException {
    Missing all = new Missing();
    each(
        file -> {
          long missing = missing(file);
          all.files += missing > 0 ? 1 : 0;
          all.blocks += missing;
          all.bytes += missing > 0 ? file.size() : 0;
        });
    if (all.blocks == 0) {
      return;
    }
    long room = room();
    if (all.bytes > room) {
      throw doesNotFit(all, room);
    }
    Missing fetched = new Missing();
    try {
      each(
          file -> {
            if (missing(file) > 0) {
              visit(file, this::keep);
              fetched.files++;
              fetched.bytes += file.size();
              progress.at(fetched.files, all.files, fetched.bytes, all.bytes);
            }
          });
      device.store().commit();
    } catch (StoreFullException e) {
      throw doesNotFit(all, room());
    }
  }

  private long missing(StoredFile file) throws IOException {
    long[] missing = new long[1];
    visit(file, block -> missing[0] += device.store().contains(block) ? 0 : 1);
    return missing[0];
  }

  private static RefusedException doesNotFit(Missing all, long room) {
    return new RefusedException(
        ("not left: %,d blocks of your files (%s) are on other machines only, and here %s are free"
                + " for them; make room or raise store.limit")
            .formatted(all.blocks, Space.text(all.bytes), Space.text(room)));
  }

  private long room() throws IOException {
    var stats = device.store().stats();
    long below = device.settings().get().storeLimit() - (stats.bytes() - stats.hostedBytes());
    return Math.max(0, Math.min(device.space().available(), below));
  }

  private void keep(BlockAddress address) throws IOException {
    if (!device.store().contains(address)) {
      SealedBlock block = fleeting.read(address);
      device.store().put(block, null);
    }
  }

  private void visit(StoredFile file, ManifestReader.BlockVisitor visitor) throws IOException {
    device.vault().manifests().blocks(file, fleeting, visitor);
  }

  private void each(Each each) throws IOException {
    for (JournalFolder folder : device.journal().folders()) {
      String after = "";
      List<Map.Entry<FileKey, FileVersion>> page = device.journal().files(folder.id(), after, PAGE);
      while (!page.isEmpty()) {
        for (Map.Entry<FileKey, FileVersion> entry : page) {
          after = entry.getKey().path();
          each.file(read(entry.getValue().manifest()));
        }
        page = device.journal().files(folder.id(), after, PAGE);
      }
    }
    for (FileTrashed trashed : device.journal().trash()) {
      each.file(read(trashed.version().manifest()));
    }
    for (Map.Entry<BlockAddress, String> pin : pins.all()) {
      each.file(read(pin.getKey()));
    }
  }

  private StoredFile read(BlockAddress hash) throws IOException {
    return device.vault().manifests().read(hash, fleeting);
  }
}
