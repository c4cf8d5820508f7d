package dotf.agent.holder;

import dotf.agent.replica.Holders;
import dotf.agent.replica.HoldersContract;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.GroupId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DirectoryHoldersContractTest extends HoldersContract {
  private HeldWorld world;
  private Path directory;
  private Path away;
  private NodeId id;

  @BeforeEach
  void open(@TempDir Path base) throws IOException {
    world = new HeldWorld(base.resolve("home"));
    directory = Files.createDirectory(base.resolve("disk"));
    away = base.resolve("away");
    id = world.holders.add(directory).id();
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  @Override
  protected Holders holders() {
    return world.holders;
  }

  @Override
  protected NodeId holder() {
    return id;
  }

  @Override
  protected PublicKey owner() {
    return HeldWorld.OWNER;
  }

  @Override
  protected GroupId group() {
    return HeldWorld.GROUP;
  }

  @Override
  protected void store(SealedBlock block) throws IOException {
    world.local.put(block, null);
    world.local.commit();
  }

  @Override
  protected void reachable(boolean there) throws IOException {
    Files.move(there ? away : directory, there ? directory : away);
    world.holders.look();
  }
}
