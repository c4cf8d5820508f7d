package dotf.agent.holder;

import dotf.agent.folder.HookedDisk;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.GroupId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A home with holders in directories on the real disk, and a hook before what changes it. */
final class HeldWorld implements AutoCloseable {
  static final PublicKey OWNER = PublicKey.of(new byte[32]);
  static final GroupId GROUP = GroupId.of(new byte[GroupId.BYTES]);

  final Path home;
  final MemoryBlocks local = new MemoryBlocks();
  final List<NodeId> came = new CopyOnWriteArrayList<>();
  final List<BlockAddress> lost = new CopyOnWriteArrayList<>();
  HookedDisk.Hook hook = (call, name) -> {};
  Duration limit = DirectoryHolders.LIMIT;
  long reserved;
  DirectoryHolders holders;
  private Directory journal;
  private Directory keys;

  HeldWorld(Path home) throws IOException {
    this.home = home;
    Files.createDirectories(home.resolve("journal"));
    Files.createDirectories(home.resolve("keys"));
    open();
  }

  void open() throws IOException {
    HookedDisk disk = new HookedDisk(new LinuxDisk(), (call, name) -> hook.before(call, name));
    journal = new LinuxDisk().open(home.resolve("journal"));
    keys = new LinuxDisk().open(home.resolve("keys"));
    holders =
        new DirectoryHolders(
            new DirectoryHolders.Parts(
                disk,
                journal,
                keys,
                local,
                () -> GROUP,
                OWNER,
                space -> space.available() - reserved,
                InstantSource.system(),
                new SecureRandom(),
                limit,
                Runnable::run,
                new DirectoryHolders.Listener() {
                  @Override
                  public void reachable(NodeId holder) {
                    came.add(holder);
                  }

                  @Override
                  public void lost(NodeId holder, BlockAddress block) {
                    lost.add(block);
                  }
                }));
  }

  /** As a new process would. */
  void restart() throws IOException {
    close();
    open();
    holders.look();
  }

  BlockAddress store(Random random, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    SealedBlock block = SealedBlock.of(ByteBuffer.wrap(content));
    local.put(block, null);
    local.commit();
    return block.address();
  }

  List<BlockAddress> store(Random random, int count, int bytes) throws IOException {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(store(random, bytes));
    }
    return blocks;
  }

  /** Where a block is in a holder's directory. */
  static Path file(Path directory, BlockAddress block) {
    return directory.resolve("dotf-blocks/%s/%s".formatted(BlockFiles.fan(block), block));
  }

  @Override
  public void close() throws IOException {
    holders.close();
    journal.close();
    keys.close();
  }
}
