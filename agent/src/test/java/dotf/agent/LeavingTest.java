package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.agent.catalog.FileState;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.key.VaultSecret;
import dotf.dht.Member;
import dotf.dht.identity.NodeId;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices that leave their group with what they hold for others, or are taken out of it. */
@Timeout(180)
class LeavingTest {
  private static final Duration LONG = Duration.ofSeconds(40);

  private final Random random = Seed.random("leaving");

  @TempDir Path temporary;

  @Test
  void leave_handsOverWhatItHolds_andIsAloneWithItsOwn() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice b = device("b", 1);
        TestDevice c = device("c", 1)) {
      b.join(a);
      a.agent.addFolder(folder, false);
      Tree.write(folder, random, 12, 60_000);
      a.settle();
      long held = b.agent.heldForOthers().blocks();
      assertThat(held).isGreaterThan(10);
      c.join(a);
      eventually("b and c are connected", () -> b.node.isConnected(c.node.id()));
      List<BlockAddress> some = own(a).stream().limit(5).toList();
      assertThat(b.node.handOver(a.node.id(), some).isEmpty()).as("it does not leave").isTrue();
      c.stop();
      assertThatExceptionOfType(TryLaterException.class)
          .as("the only one who could take it over is away")
          .isThrownBy(() -> leave(b, Duration.ofSeconds(3), false, look -> {}))
          .withMessageContaining("no other place yet");
      c.start();
      eventually("b and c are connected", () -> b.node.isConnected(c.node.id()));
      List<HandingOver> looks = new ArrayList<>();

      HandingOver last = leave(b, LONG, false, looks::add);

      assertThat(last.left()).isZero();
      assertThat(last.blocks()).isEqualTo(held);
      assertThat(looks.getFirst().blocks()).isEqualTo(held);
      assertThat(b.node.group().isAlone()).isTrue();
      eventually("a knows", () -> members(a).equals(Set.of(c.node.id())));
      assertThat(members(c)).isEqualTo(Set.of(a.node.id()));
      assertThat(held(c, a)).containsAll(own(a));
      assertThat(a.agent.heldForUs()).containsOnlyKeys(c.node.id());
      assertThat(b.agent.heldForOthers().blocks()).isZero();
      assertThat(b.store.stats().hostedBlocks()).as("the space is given back").isZero();
    }
  }

  @Test
  void leave_whenTheOwnerHasItsBlocksNoLonger_sendsThemHomeFirst() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice b = device("b", 1)) {
      b.join(a);
      a.agent.addFolder(folder, false);
      Tree before = Tree.write(folder, random, 5, 60_000);
      a.settle();
      Set<BlockAddress> lost = own(a);
      a.stop();
      TestDevice.delete(a.home.resolve("store"));
      a.start();
      eventually("connected", () -> b.node.isConnected(a.node.id()));

      HandingOver last = leave(b, LONG, false, look -> {});

      assertThat(last.left()).isZero();
      assertThat(own(a)).containsAll(lost);
      eventually("a is alone", () -> a.node.group().isAlone());
      assertThat(a.agent.restoreAll(null, Progress.silent()).problems()).isEmpty();
      assertThat(Tree.of(folder)).isEqualTo(before);
    }
  }

  @Test
  void leave_ofOneWhoseOwnBlocksAreElsewhere_bringsThemHomeFirst() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice b = device("b", 1)) {
      b.join(a);
      a.agent.addFolder(folder, false);
      Tree before = Tree.write(folder, random, 5, 60_000);
      a.settle();
      a.stop();
      TestDevice.delete(a.home.resolve("store"));
      a.start();
      eventually(
          "connected", () -> a.node.isConnected(b.node.id()) && b.node.isConnected(a.node.id()));
      a.settings = limited(1);
      a.agent.apply(a.settings);
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> leave(a, LONG, false, look -> {}))
          .withMessageContaining("store.limit");
      assertThat(members(a)).containsExactly(b.node.id());

      a.settings = TestDevice.settings(1);
      a.agent.apply(a.settings);
      leave(a, LONG, false, look -> {});
      b.stop();

      assertThat(a.node.group().isAlone()).isTrue();
      assertThat(a.agent.restoreAll(null, Progress.silent()).problems()).isEmpty();
      assertThat(Tree.of(folder)).isEqualTo(before);
      b.start();
    }
  }

  @Test
  void leave_whileTheOwnerIsAway_waits_andIsAMemberAsBefore_unlessItGoesRegardless()
      throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 2);
        TestDevice b = device("b", 2);
        TestDevice c = device("c", 2)) {
      b.join(a);
      c.join(a);
      eventually("all connected", () -> b.node.isConnected(c.node.id()));
      a.agent.addFolder(folder, false);
      Tree.write(folder, random, 3, 60_000);
      a.settle();
      NodeId owner = a.node.id();
      a.stop();
      eventually("gone", () -> !b.node.isConnected(owner));

      assertThatExceptionOfType(TryLaterException.class)
          .isThrownBy(() -> leave(b, Duration.ofSeconds(2), false, look -> {}))
          .withMessageContaining(owner.brief() + ", not connected: ");
      eventually("c counts on b again", () -> !leaving(c, b));
      assertThat(members(b)).hasSize(2);

      HandingOver last = leave(b, Duration.ofSeconds(1), true, look -> {});

      assertThat(last.left()).isPositive().isEqualTo(last.blocks());
      assertThat(b.node.group().isAlone()).isTrue();
      assertThat(b.store.stats().hostedBlocks()).as("nobody let it go").isEqualTo(last.blocks());
      eventually("c knows", () -> members(c).equals(Set.of(owner)));
      a.start();
      eventually("a hears it of c", () -> members(a).equals(Set.of(c.node.id())));
    }
  }

  @Test
  void leave_calledOff_leavesAMemberAsBefore() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice b = device("b", 1)) {
      b.join(a);
      a.agent.addFolder(folder, false);
      Path file = Files.write(folder.resolve("a"), new byte[9000]);
      a.settle();
      Holding before = a.agent.where(file);

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  leave(
                      b,
                      LONG,
                      false,
                      look -> {
                        eventually("a knows of the wish", () -> leaving(a, b));
                        filesWait(a, folder);
                        throw new IllegalStateException("Ctrl-C");
                      }));

      eventually("a counts on b again", () -> !leaving(a, b));
      eventually("as before", () -> a.agent.where(file).copies() == before.copies());
      assertThat(before.copies()).isEqualTo(1);
      assertThat(members(b)).containsExactly(a.node.id());
      a.settle();
      assertThat(a.row(folder.resolve("late")).state()).isEqualTo(FileState.STUB);
    }
  }

  /** The only other one may stay after all, so its owner is not alone yet. */
  private static void filesWait(TestDevice a, Path folder) {
    try {
      Path late = Files.write(folder.resolve("late"), new byte[9002]);
      eventually("it is stored", () -> a.agent.settlement().waiting() == 1);
      a.agent.await(Duration.ofSeconds(20), look -> {});
      assertThat(late).exists();
      assertThat(a.row(late).state()).isEqualTo(FileState.WAITING);
      assertThat(a.agent.settlement().reason()).contains("is leaving the group");
    } catch (IOException | InterruptedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void leave_keepsWhatAnotherMachineReliesOn_andGivesTheRestBack() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice b = device("b", 1)) {
      b.join(a);
      a.agent.addFolder(folder, false);
      Tree.write(folder, random, 3, 60_000);
      a.settle();
      List<BlockAddress> locked = own(a).stream().filter(held(b, a)::contains).limit(2).toList();
      assertThat(b.node.locks().lock(a.node.id(), locked)).containsAll(locked);

      leave(b, LONG, false, look -> {});

      assertThat(held(b, a)).containsExactlyInAnyOrderElementsOf(locked);
    }
  }

  @Test
  void aGroupOfOne_hasNothingToLeave() throws Exception {
    try (TestDevice a = device("a", 1)) {
      var group = a.node.group().id();
      assertThat(leave(a, LONG, false, look -> {})).isEqualTo(HandingOver.NOTHING);
      assertThat(a.node.group().id()).isEqualTo(group);
    }
  }

  @Test
  void removingALostMachine_letsTheFilesGoThatWaitForIt() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 2);
        TestDevice b = device("b", 2);
        TestDevice lost = device("lost", 2)) {
      b.join(a);
      lost.join(a);
      a.agent.addFolder(folder, false);
      Files.write(folder.resolve("first"), new byte[9000]);
      a.settle();
      lost.stop();
      Path file = Files.write(folder.resolve("second"), new byte[9001]);
      eventually("it waits", () -> a.agent.settlement().waiting() == 1);
      RemovalPreview preview = a.agent.previewRemoval(lost.node.id());
      assertThat(preview.blocks()).isPositive().isEqualTo(preview.fewer());
      assertThat(preview.copies()).isEqualTo(2);

      a.node.remove(lost.node.id());

      eventually("it goes", () -> Files.notExists(file));
      assertThat(a.agent.heldForUs()).containsOnlyKeys(b.node.id());
      assertThat(a.agent.where(file).copies()).isEqualTo(1);
      lost.start();
    }
  }

  @Test
  void removingTheOnlyOther_letsTheFilesGoThatWaitForIt() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", 1);
        TestDevice lost = device("lost", 1)) {
      lost.join(a);
      lost.stop();
      a.agent.addFolder(folder, false);
      Path file = Files.write(folder.resolve("a"), new byte[9000]);
      eventually("it waits", () -> a.agent.settlement().waiting() == 1);
      a.agent.await(Duration.ofSeconds(20), look -> {});
      assertThat(a.row(file).state()).isEqualTo(FileState.WAITING);

      a.node.remove(lost.node.id());

      eventually("it goes", () -> Files.notExists(file));
      lost.start();
    }
  }

  private static HandingOver leave(
      TestDevice device, Duration timeout, boolean regardless, Consumer<HandingOver> looks)
      throws IOException, InterruptedException {
    return device.agent.leave(timeout, regardless, Progress.silent(), looks);
  }

  private static boolean leaving(TestDevice asked, TestDevice member) {
    return asked.node.group().others().stream()
        .anyMatch(other -> other.id().equals(member.node.id()) && other.leaving());
  }

  private static Set<NodeId> members(TestDevice device) {
    Set<NodeId> members = new HashSet<>();
    device.node.group().others().stream().map(Member::id).forEach(members::add);
    return members;
  }

  private static Set<BlockAddress> own(TestDevice device) throws IOException {
    Set<BlockAddress> own = new HashSet<>();
    device.store.ownBlocks(block -> own.add(block.address()));
    return own;
  }

  private static Set<BlockAddress> held(TestDevice holder, TestDevice owner) throws IOException {
    Set<BlockAddress> held = new HashSet<>();
    holder.store.hostedBlocks(
        block -> {
          if (block.owner().equals(owner.node.owner().toString())) {
            held.add(block.address());
          }
        });
    return held;
  }

  private TestDevice device(String name, int copies) throws IOException {
    return new TestDevice(
        temporary.resolve(name),
        VaultSecret.random(new SecureRandom()),
        TestDevice.settings(copies));
  }

  private static AgentSettings limited(long storeLimit) {
    AgentSettings usual = TestDevice.settings(1);
    return new AgentSettings(
        usual.settle(),
        usual.linger(),
        usual.copies(),
        usual.stubMin(),
        storeLimit,
        usual.reserve(),
        usual.quarantine(),
        usual.trash(),
        usual.scan());
  }
}
