package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * What a node needs of the store behind it: to read blocks, and to hold those of others. Safe for
 * use by many threads.
 */
public interface BlockHost extends BlockSource {
  /** The store's random identity, 16 bytes; a store made anew has another. */
  byte[] storeId();

  /**
   * Like {@link #read}, but the bytes come from the disk, not from the kernel's memory of it.
   *
   * @throws IOException as {@link #read}
   */
  SealedBlock readFromDisk(BlockAddress address) throws IOException;

  /** Whether the block is durable here, own or hosted. */
  boolean contains(BlockAddress address) throws IOException;

  /**
   * Keeps blocks for an owner until a time; those already held only get the lease. Durable on
   * return.
   *
   * @param owner the owner's public vault key, 32 bytes
   * @return the number of the last commit that they are part of; it grows with every commit
   * @throws HostingRefusedException when the offer is used up or the store is full; blocks earlier
   *     in the list may have been kept
   */
  long putHosted(List<SealedBlock> blocks, byte[] owner, Instant until) throws IOException;

  /**
   * Prolongs the leases of blocks that are held already. Durable on return.
   *
   * @return as {@link #putHosted}
   * @throws dotf.chunker.block.BlockMissingException when one is not here
   */
  long renew(List<BlockAddress> addresses, byte[] owner, Instant until) throws IOException;

  /**
   * Ends an owner's leases; a block that nobody claims any more is gone when this returns. Durable
   * on return. Blocks that are not here, or not leased by this owner, are passed over.
   *
   * @param owner the owner's public vault key, 32 bytes
   * @return the sealed bytes of the blocks that nobody claims any more
   */
  long release(List<BlockAddress> addresses, byte[] owner) throws IOException;

  /** Puts an undamaged copy in the place of one that cannot be read any more. */
  void replaceDamaged(SealedBlock block) throws IOException;
}
