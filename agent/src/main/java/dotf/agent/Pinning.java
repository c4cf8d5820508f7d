package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;

/** The user's own pins: what they promise is fetched, kept, and copied like a file. */
final class Pinning {
  private final Device device;
  private final Pins pins;
  private final Listing listing;

  Pinning(Device device, Pins pins, Listing listing) {
    this.device = device;
    this.pins = pins;
    this.listing = listing;
  }

  PinRow pin(BlockAddress hash, String name) throws IOException {
    StoredFile file;
    try {
      file = device.vault().manifests().read(hash, device.anywhere());
      device
          .vault()
          .manifests()
          .blocks(
              file,
              device.anywhere(),
              block -> {
                var _ = device.anywhere().read(block);
              });
    } catch (BlockMissingException e) {
      throw new NotFoundException(
          hash + " is not known here or to any member that can be reached: " + e.getMessage());
    }
    device.store().commit();
    String label = name.isEmpty() ? file.manifest().metadata().name() : name;
    pins.add(hash, label);
    device.copies().want(file);
    return listing.userPin(hash, label, false);
  }

  void unpin(BlockAddress hash) throws IOException {
    if (pins.remove(hash)) {
      return;
    }
    if (!device.catalog().filesOf(hash, 1).isEmpty()) {
      throw new RefusedException(
          hash
              + " is the hash of "
              + device.catalog().filesOf(hash, 1).getFirst()
              + "; a file's own pin goes with the file: delete that instead");
    }
    throw new NotFoundException(hash + " is not pinned; see dotf pins");
  }
}
