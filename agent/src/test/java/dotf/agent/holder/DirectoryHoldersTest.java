package dotf.agent.holder;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.disk.DiskFullException;
import dotf.dht.group.Receipt;
import dotf.dht.identity.NodeId;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can happen to a directory on another disk. */
class DirectoryHoldersTest {
  private final Random random = Seed.random("directory holders");
  private HeldWorld world;
  private Path disk;
  private DirectoryHolder holder;

  @TempDir Path base;

  @BeforeEach
  void open() throws IOException {
    world = new HeldWorld(base.resolve("home"));
    disk = Files.createDirectory(base.resolve("disk"));
    holder = world.holders.add(disk);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
  }

  private Receipt push(List<BlockAddress> blocks) throws IOException {
    return world.holders.push(holder.id(), blocks);
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> paths = Files.walk(below)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void blocksAreFilesNamedByTheirAddress_readableByTheirOwnerAlone() throws IOException {
    BlockAddress block = world.store(random, 5000);
    push(List.of(block));

    Path file = HeldWorld.file(disk, block);
    assertThat(file).hasBinaryContent(bytes(block));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(files(disk)).containsExactlyInAnyOrder(file, disk.resolve("dotf-blocks/dotf-store"));
  }

  private byte[] bytes(BlockAddress block) throws IOException {
    byte[] bytes = new byte[world.local.read(block).size()];
    world.local.read(block).bytes().get(bytes);
    return bytes;
  }

  @Test
  void anEmptyMountPoint_isNotReachable_andStaysEmpty() throws IOException {
    List<BlockAddress> blocks = world.store(random, 3, 3000);
    Receipt receipt = push(blocks);
    Path elsewhere = base.resolve("elsewhere");
    Files.move(disk, elsewhere);
    Files.createDirectory(disk);
    BlockAddress later = world.store(random, 3000);

    assertThatThrownBy(() -> push(List.of(later))).hasMessageContaining("not mounted");
    assertThat(world.holders.reachable(holder.id())).isFalse();
    assertThat(holder.problem()).contains(disk.toString());
    assertThatThrownBy(() -> world.holders.fetch(blocks.getFirst(), List.of(holder.id())))
        .isInstanceOf(BlockMissingException.class);
    assertThat(world.lost).isEmpty();
    assertThat(world.holders.vouches(holder.id(), receipt.store())).isTrue();
    world.restart();
    assertThat(disk).isEmptyDirectory();

    Files.delete(disk);
    assertThatThrownBy(() -> world.holders.push(holder.id(), List.of(later)))
        .hasMessageContaining("is not there (unplugged or not mounted)");
    Files.move(elsewhere, disk);
    world.came.clear();
    world.holders.look();
    assertThat(world.came).containsExactly(holder.id());
    assertThat(world.holders.push(holder.id(), List.of(later)).addresses()).containsExactly(later);
  }

  @Test
  void anotherDiskInItsPlace_isLeftAlone() throws IOException {
    Path other = Files.createDirectory(base.resolve("other"));
    try (HeldWorld stranger = new HeldWorld(base.resolve("stranger"))) {
      stranger.holders.add(other);
    }
    Files.move(disk, base.resolve("elsewhere"));
    Files.move(other, disk);
    List<Path> before = files(disk);

    assertThatThrownBy(() -> push(world.store(random, 1, 3000))).hasMessageContaining("another");
    world.holders.look();
    assertThat(world.holders.reachable(holder.id())).isFalse();
    assertThat(files(disk)).isEqualTo(before);
  }

  @Test
  void aDamagedMark_isNotBelieved() throws IOException {
    Path mark = disk.resolve("dotf-blocks/dotf-store");
    byte[] bytes = Files.readAllBytes(mark);
    bytes[12] ^= 1;
    Files.write(mark, bytes);

    assertThatThrownBy(() -> push(world.store(random, 1, 3000))).hasMessageContaining("damaged");
    world.holders.look();
    assertThat(holder.problem()).contains("damaged");
  }

  @Test
  void damagedBlocks_areNotBelieved_failTheAudit_andAreReplacedByTheNextPush() throws IOException {
    List<BlockAddress> blocks = world.store(random, 4, 30_000);
    push(blocks);
    flip(HeldWorld.file(disk, blocks.get(0)));
    Files.write(HeldWorld.file(disk, blocks.get(1)), new byte[0]);
    Files.delete(HeldWorld.file(disk, blocks.get(2)));

    assertThat(holder.audit(blocks)).isEqualTo(Set.of(blocks.get(3)));
    assertThat(holder.present(blocks))
        .containsExactlyInAnyOrder(blocks.get(0), blocks.get(1), blocks.get(3));
    for (BlockAddress block : blocks.subList(0, 3)) {
      assertThatThrownBy(() -> world.holders.fetch(block, List.of(holder.id())))
          .isInstanceOf(BlockMissingException.class);
    }
    assertThat(world.lost).isEqualTo(blocks.subList(0, 3));

    push(blocks);
    assertThat(holder.audit(blocks)).isEqualTo(Set.copyOf(blocks));
  }

  @Test
  void aDirectoryThatHasNoneOfItsBlocksAnyMore_saysSo_andIsNotTakenForAway() throws IOException {
    List<BlockAddress> blocks = world.store(random, 4, 30_000);
    push(blocks);
    for (BlockAddress block : blocks) {
      flip(HeldWorld.file(disk, block));
    }
    assertThatThrownBy(() -> world.holders.renew(holder.id(), blocks))
        .isInstanceOf(BlockMissingException.class);
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }

  @Test
  void aDamagedBlock_comesFromTheOtherDirectory() throws IOException {
    DirectoryHolder second = world.holders.add(Files.createDirectory(base.resolve("second")));
    BlockAddress block = world.store(random, 30_000);
    push(List.of(block));
    world.holders.push(second.id(), List.of(block));
    flip(HeldWorld.file(disk, block));

    assertThat(world.holders.fetch(block, List.of(holder.id(), second.id())).address())
        .isEqualTo(block);
    assertThat(world.lost).containsExactly(block);
  }

  @Test
  void aDiskThatFillsUp_signsForWhatItTook_andSaysThatItIsFull() throws IOException {
    AtomicInteger left = new AtomicInteger(20);
    world.hook =
        (call, name) -> {
          if (call.equals("write") && left.getAndDecrement() <= 0) {
            throw new DiskFullException(name, "No space left on device");
          }
        };
    List<BlockAddress> blocks = world.store(random, 40, 2000);

    assertThat(push(blocks).addresses()).isEqualTo(blocks.subList(0, 16));
    assertThat(holder.problem()).contains("is full");
    List<BlockAddress> rest = blocks.subList(16, 40);
    assertThatThrownBy(() -> push(rest)).hasMessageContaining(disk + " is full");
    assertThat(files(disk)).hasSize(1 + 16);
    assertThat(holder.isReachable()).isTrue();

    world.hook = (call, name) -> {};
    assertThat(push(rest).addresses()).isEqualTo(rest);
    assertThat(holder.problem()).isNull();
  }

  @Test
  void theReserve_staysFree() throws IOException {
    world.reserved = Long.MAX_VALUE / 2;
    List<BlockAddress> blocks = world.store(random, 1, 2000);

    assertThatThrownBy(() -> push(blocks)).hasMessageContaining("is full");
    assertThat(files(disk)).hasSize(1);
  }

  @Test
  void aReadOnlyDisk_gives_andTakesNothing() throws IOException {
    List<BlockAddress> blocks = world.store(random, 2, 2000);
    push(blocks);
    world.hook =
        (call, name) -> {
          if (!call.equals("fsync") && !call.equals("sync")) {
            throw new FileSystemException(name, null, "cannot open (Read-only file system)");
          }
        };
    List<BlockAddress> more = world.store(random, 1, 2000);

    assertThatThrownBy(() -> push(more)).hasMessageContaining("Read-only file system");
    assertThat(holder.problem()).contains(disk + " takes no blocks").contains("Read-only");
    assertThat(holder.isReachable()).isTrue();
    assertThat(world.holders.fetch(blocks.getFirst(), List.of()).address())
        .isEqualTo(blocks.getFirst());
    assertThat(push(blocks).addresses()).isEqualTo(blocks);
  }

  @Test
  void realFilesystems_thatFillUpOrAreReadOnly_doTheSame() throws IOException {
    Path mount = Files.createDirectory(base.resolve("mount"));
    Mounted.assumePossible();
    try (Mounted mounted = Mounted.tmpfs(mount, "1m")) {
      DirectoryHolder small = world.holders.add(mount);
      List<BlockAddress> blocks = world.store(random, 60, 40_000);
      Receipt receipt = world.holders.push(small.id(), blocks);
      assertThat(receipt.addresses()).isNotEmpty().hasSizeLessThan(blocks.size());
      assertThat(small.audit(blocks)).containsAll(receipt.addresses());
      assertThat(small.problem()).contains("is full");

      mounted.remount("ro");
      assertThat(world.holders.fetch(receipt.addresses().getFirst(), List.of())).isNotNull();
      BlockAddress fresh = world.store(random, 10);
      assertThatThrownBy(() -> world.holders.push(small.id(), List.of(fresh)))
          .isInstanceOf(IOException.class);

      mounted.unmount();
      world.holders.look();
      assertThat(small.isReachable()).isFalse();
      assertThatThrownBy(() -> world.holders.push(small.id(), List.of(fresh)))
          .hasMessageContaining("not mounted");
      assertThat(mount).isEmptyDirectory();
    }
  }

  @Test
  void aDiskThatHangs_holdsUpNobody_andComesBack() throws Exception {
    world.close();
    world.limit = Duration.ofMillis(300);
    world.open();
    world.holders.look();
    holder = world.holders.all().getFirst();
    CountDownLatch mended = new CountDownLatch(1);
    world.hook =
        (call, name) -> {
          if (call.equals("write")) {
            awaitQuietly(mended);
          }
        };
    List<BlockAddress> blocks = world.store(random, 1, 2000);
    long before = threads();

    for (int i = 0; i < 3 * Patience.THREADS_MAX; i++) {
      assertThatThrownBy(() -> push(blocks)).hasMessageContaining("does not answer");
    }
    assertThat(threads() - before).isEqualTo(1);
    assertThat(holder.isReachable()).isFalse();
    assertThat(world.holders.problems().getFirst()).contains(disk.toString()).contains("hangs");
    assertThatThrownBy(() -> world.holders.fetch(blocks.getFirst(), List.of(holder.id())))
        .isInstanceOf(BlockMissingException.class);
    world.holders.look();

    mended.countDown();
    eventually("the call comes back", () -> threads() == before);
    world.came.clear();
    world.holders.look();
    assertThat(world.came).containsExactly(holder.id());
    assertThat(push(blocks).addresses()).isEqualTo(blocks);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("holder " + disk))
        .count();
  }

  @Test
  void devicesShareADirectory_andEachWritesOnlyWhatIsNotThere() throws IOException {
    List<BlockAddress> blocks = world.store(random, 2, 2000);
    push(blocks.subList(0, 1));
    Object written = inode(HeldWorld.file(disk, blocks.getFirst()));
    try (HeldWorld other = new HeldWorld(base.resolve("other home"))) {
      DirectoryHolder again = other.holders.add(disk);
      for (BlockAddress block : blocks) {
        other.local.put(world.local.read(block), null);
      }
      other.local.commit();
      Receipt receipt = other.holders.push(again.id(), blocks);

      assertThat(again.store()).isEqualTo(holder.store());
      assertThat(again.id()).isNotEqualTo(holder.id());
      assertThat(receipt.addresses()).isEqualTo(blocks);
      assertThat(inode(HeldWorld.file(disk, blocks.getFirst()))).isEqualTo(written);
      assertThat(other.holders.bytes(again)).isEqualTo(2000);
      other.holders.remove(again);
    }
    assertThat(holder.audit(blocks)).hasSize(2);
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  @Test
  void holders_surviveARestart_andRemovingThemLeavesTheirBlocks() throws IOException {
    List<BlockAddress> blocks = world.store(random, 3, 2000);
    Receipt receipt = push(blocks);
    world.restart();

    DirectoryHolder again = world.holders.all().getFirst();
    assertThat(again.id()).isEqualTo(holder.id());
    assertThat(world.holders.bytes(again)).isEqualTo(6000);
    assertThat(world.holders.vouches(again.id(), receipt.store())).isTrue();
    assertThat(world.holders.push(again.id(), blocks).holder()).isEqualTo(holder.id());
    assertThat(files(world.home.resolve("keys"))).hasSize(1);

    Tree before = Tree.of(disk);
    world.holders.remove(again);
    world.restart();
    assertThat(world.holders.others()).isEmpty();
    assertThat(world.holders.vouches(holder.id(), receipt.store())).isFalse();
    assertThat(files(world.home.resolve("keys"))).isEmpty();
    assertThat(Tree.of(disk)).isEqualTo(before);
  }

  @Test
  void somethingElseUnderTheName_isLeftAlone() throws IOException {
    Path other = Files.createDirectory(base.resolve("mine"));
    Files.createDirectories(other.resolve("dotf-blocks"));
    Path file = Files.writeString(other.resolve("dotf-blocks/letter"), "dear");

    assertThatThrownBy(() -> world.holders.add(other)).hasMessageContaining("out of the way");
    assertThat(files(other)).containsExactly(file);
    assertThat(world.holders.all()).hasSize(1);
  }

  /** Stops at every call that changes the disk, one after the other, and goes on after it. */
  @Test
  void aStopAtAnyCall_leavesNothingThatTheNextPushDoesNotMend() throws IOException {
    int points = 0;
    boolean stopped = true;
    while (stopped) {
      List<BlockAddress> blocks = world.store(random, 3, 2000);
      AtomicInteger left = new AtomicInteger(points++);
      world.hook =
          (call, name) -> {
            if (left.getAndDecrement() == 0) {
              throw new IOException("stopped at " + call);
            }
          };
      stopped = false;
      try {
        push(blocks);
      } catch (IOException e) {
        stopped = true;
      }
      world.hook = (call, name) -> {};
      push(blocks);
      assertThat(holder.audit(blocks)).hasSize(3);
    }
    assertThat(points).isGreaterThan(15);
    assertThat(files(disk)).noneMatch(path -> path.toString().contains(".dotf-tmp-"));
  }

  @Test
  void anUnknownHolder_isRefused() {
    assertThatThrownBy(() -> world.holders.push(NodeId.of(new byte[32]), List.of()))
        .hasMessageContaining("no holder");
  }
}
