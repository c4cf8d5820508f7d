package dotf.agent;

import static dotf.fixtures.Eventually.eventually;

import dotf.agent.replica.Holders;
import dotf.agent.replica.HoldersContract;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.key.VaultSecret;
import dotf.dht.group.GroupId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two devices over the real network of this machine. */
class GroupHoldersTest extends HoldersContract {
  private TestDevice own;
  private TestDevice other;
  private GroupHolders holders;
  private NodeId otherId;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    own = TestDevice.alone(directory.resolve("own"));
    other =
        new TestDevice(
            directory.resolve("other"),
            VaultSecret.random(new SecureRandom()),
            TestDevice.settings(2));
    otherId = other.node.id();
    other.join(own);
    holders = new GroupHolders(own.node, InstantSource.system());
  }

  @AfterEach
  void stop() throws IOException {
    own.close();
    other.close();
  }

  @Override
  protected Holders holders() {
    holders.refresh();
    return holders;
  }

  @Override
  protected NodeId holder() {
    return otherId;
  }

  @Override
  protected PublicKey owner() {
    return own.node.owner();
  }

  @Override
  protected GroupId group() {
    return own.node.group().id();
  }

  @Override
  protected void store(SealedBlock block) throws IOException {
    own.store.put(block, null);
    own.store.commit();
  }

  @Override
  protected void reachable(boolean there) throws IOException {
    if (there) {
      other.start();
    } else {
      other.stop();
    }
    eventually("it is noticed", () -> own.node.isConnected(otherId) == there);
  }
}
