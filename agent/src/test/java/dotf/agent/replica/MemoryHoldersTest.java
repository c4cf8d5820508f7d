package dotf.agent.replica;

import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.GroupId;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;

class MemoryHoldersTest extends HoldersContract {
  private final MemoryBlocks local = new MemoryBlocks();
  private final NodeIdentity identity = NodeIdentity.of(new byte[NodeIdentity.SEED_BYTES]);
  private final MemoryHolders holders =
      new MemoryHolders(group(), owner(), InstantSource.system(), local);

  @BeforeEach
  void admit() {
    holders.admit(identity, new StoreId(3, 4));
  }

  @Override
  protected Holders holders() {
    return holders;
  }

  @Override
  protected NodeId holder() {
    return identity.id();
  }

  @Override
  protected PublicKey owner() {
    return PublicKey.of(new byte[32]);
  }

  @Override
  protected GroupId group() {
    return GroupId.of(new byte[GroupId.BYTES]);
  }

  @Override
  protected void store(SealedBlock block) throws IOException {
    local.put(block, null);
    local.commit();
  }

  @Override
  protected void reachable(boolean there) {
    holders.reachable(identity.id(), there);
  }
}
