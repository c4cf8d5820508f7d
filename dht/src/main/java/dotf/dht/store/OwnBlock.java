package dotf.dht.store;

import dotf.chunker.block.BlockAddress;

/**
 * A block of this vault.
 *
 * @param size sealed bytes
 */
public record OwnBlock(BlockAddress address, int size) {}
