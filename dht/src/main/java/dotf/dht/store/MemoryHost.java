package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A store in memory, for tests, stricter than one on disk: bytes are copied on the way in, every
 * address is checked on the way in and out, the offer is exact. Safe for use by many threads.
 */
public final class MemoryHost implements BlockHost {
  private final byte[] id;
  private final long offer;
  private final Map<BlockAddress, SealedBlock> blocks = new HashMap<>();
  private final Set<BlockAddress> own = new HashSet<>();
  private final Map<BlockAddress, Map<String, Instant>> leases = new HashMap<>();
  private final Map<BlockAddress, SealedBlock> poisoned = new HashMap<>();
  private long commits;

  /**
   * An empty store.
   *
   * @param id 16 bytes
   * @param offer bytes that it takes for others
   */
  public MemoryHost(byte[] id, long offer) {
    this.id = id.clone();
    this.offer = offer;
  }

  @Override
  public byte[] storeId() {
    return id.clone();
  }

  @Override
  public synchronized boolean contains(BlockAddress address) {
    return blocks.containsKey(address);
  }

  @Override
  public synchronized SealedBlock read(BlockAddress address) throws IOException {
    SealedBlock lie = poisoned.get(address);
    if (lie != null) {
      return lie;
    }
    SealedBlock block = blocks.get(address);
    if (block == null) {
      throw new BlockMissingException(address, "block " + address + " is not here");
    }
    return SealedBlock.verified(address, block.bytes());
  }

  @Override
  public SealedBlock readFromDisk(BlockAddress address) throws IOException {
    return read(address);
  }

  /** Keeps an own block. */
  public synchronized void put(SealedBlock block) throws IOException {
    blocks.put(block.address(), copy(block));
    own.add(block.address());
  }

  @Override
  public synchronized long putHosted(List<SealedBlock> fresh, byte[] owner, Instant until)
      throws IOException {
    for (SealedBlock block : fresh) {
      if (!blocks.containsKey(block.address())) {
        if (hosted() + block.size() > offer) {
          throw new HostingRefusedException(
              HostingRefusedException.Reason.QUOTA, "the " + offer + " bytes offered are used up");
        }
        blocks.put(block.address(), copy(block));
      }
      lease(block.address(), owner, until);
    }
    return ++commits;
  }

  private long hosted() {
    return blocks.values().stream()
        .filter(block -> leases.containsKey(block.address()))
        .mapToLong(SealedBlock::size)
        .sum();
  }

  @Override
  public synchronized long release(List<BlockAddress> addresses, byte[] owner) {
    long bytes = 0;
    for (BlockAddress address : addresses) {
      Map<String, Instant> left = leases.getOrDefault(address, new HashMap<>());
      if (left.remove(HexFormat.of().formatHex(owner)) != null && left.isEmpty()) {
        leases.remove(address);
        SealedBlock gone = own.contains(address) ? null : blocks.remove(address);
        bytes += gone == null ? 0 : gone.size();
      }
    }
    commits++;
    return bytes;
  }

  @Override
  public synchronized long renew(List<BlockAddress> addresses, byte[] owner, Instant until)
      throws IOException {
    for (BlockAddress address : addresses) {
      if (!blocks.containsKey(address)) {
        throw new BlockMissingException(address, "block " + address + " is not here");
      }
    }
    addresses.forEach(address -> lease(address, owner, until));
    return ++commits;
  }

  @Override
  public synchronized void replaceDamaged(SealedBlock block) throws IOException {
    blocks.replace(block.address(), copy(block));
  }

  /** Whether the block is held for this owner at that time. */
  public synchronized boolean leased(BlockAddress address, byte[] owner, Instant at) {
    Instant until = leases.getOrDefault(address, Map.of()).get(HexFormat.of().formatHex(owner));
    return until != null && at.isBefore(until);
  }

  /** Flips one bit of a block, as a bad disk would; its address stays. */
  public synchronized void flip(BlockAddress address) {
    SealedBlock block = blocks.get(address);
    if (block == null) {
      throw new IllegalArgumentException("no block " + address);
    }
    ByteBuffer bytes = block.bytes();
    byte[] changed = new byte[bytes.remaining()];
    bytes.get(changed);
    changed[changed.length / 2] ^= 1;
    blocks.put(address, new SealedBlock(address, ByteBuffer.wrap(changed)));
  }

  /** Serves other bytes under the block's address from now on, as a liar would. */
  public synchronized void poison(BlockAddress address, byte[] bytes) {
    poisoned.put(address, new SealedBlock(address, ByteBuffer.wrap(bytes)));
  }

  /** Loses a block. */
  public synchronized void remove(BlockAddress address) {
    blocks.remove(address);
    own.remove(address);
    leases.remove(address);
  }

  private void lease(BlockAddress address, byte[] owner, Instant until) {
    leases
        .computeIfAbsent(address, any -> new HashMap<>())
        .merge(HexFormat.of().formatHex(owner), until, (a, b) -> a.isAfter(b) ? a : b);
  }

  private static SealedBlock copy(SealedBlock block) throws IOException {
    byte[] bytes = new byte[block.size()];
    block.bytes().get(bytes);
    return SealedBlock.verified(block.address(), ByteBuffer.wrap(bytes));
  }
}
