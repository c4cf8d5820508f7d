package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A block held for one owner; a block of several owners is several of these.
 *
 * @param owner the owner's public vault key in hex
 * @param until the end of the lease
 * @param size sealed bytes
 */
public record HostedBlock(BlockAddress address, String owner, Instant until, int size) {
  static HostedBlock of(BlockAddress address, Id owner, long until, int size) {
    return new HostedBlock(
        address, HexFormat.of().formatHex(owner.bytes()), Instant.ofEpochMilli(until), size);
  }
}
