package dotf.dht.store;

import dotf.chunker.block.BlockAddress;

/**
 * A block of this vault.
 *
 * @param size sealed bytes
 * @param chunk whether it is a chunk of a file: manifests and pieces of the journal are not
 */
public record OwnBlock(BlockAddress address, int size, boolean chunk) {}
