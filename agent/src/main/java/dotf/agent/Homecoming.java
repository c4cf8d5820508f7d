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

  /**
   * Fetches what is missing.
   *
   * @throws RefusedException when it does not fit; nothing was fetched then
   * @throws dotf.chunker.block.BlockMissingException when no holder that can be reached has it
   */
  void bring() throws IOException {
    long[] blocks = new long[1];
    long[] bytes = new long[1];
    each(
        file -> {
          long[] all = new long[1];
          long missing = blocks[0];
          visit(
              file,
              block -> {
                all[0]++;
                blocks[0] += device.store().contains(block) ? 0 : 1;
              });
          bytes[0] += file.size() * (blocks[0] - missing) / all[0];
        });
    if (blocks[0] == 0) {
      return;
    }
    long room = room();
    if (bytes[0] > room) {
      throw doesNotFit(blocks[0], bytes[0], room);
    }
    try {
      each(file -> visit(file, this::keep));
      device.store().commit();
    } catch (StoreFullException e) {
      throw doesNotFit(blocks[0], bytes[0], room());
    }
  }

  private static RefusedException doesNotFit(long blocks, long bytes, long room) {
    return new RefusedException(
        ("not left: %,d blocks of your files, about %s, are on other machines only, and here %s are"
                + " free for them; make room or raise store.limit")
            .formatted(blocks, Space.text(bytes), Space.text(room)));
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
