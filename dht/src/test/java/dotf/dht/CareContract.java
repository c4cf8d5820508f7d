package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.dht.net.MemoryTransport;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits, locks and dial-back between two members, over either transport. */
abstract class CareContract {
  private static final int LEAF = 16 * 1024;

  @TempDir Path homes;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private TestNode asker;
  private TestNode holder;
  private int blocksMade;

  /** Where the nodes live; null: TCP and TLS on loopback. */
  abstract MemoryTransport.@Nullable Network network();

  @BeforeEach
  void open() throws IOException {
    MemoryTransport.Network network = network();
    asker = new TestNode(homes.resolve("asker"), 1 << 24, timer, workers, network);
    holder = new TestNode(homes.resolve("holder"), 1 << 24, timer, workers, network);
    holder.node.join(asker.node.invite(1, Duration.ofHours(1)));
    awaitConnected();
  }

  @AfterEach
  void close() throws IOException {
    asker.close();
    holder.close();
    timer.shutdownNow();
  }

  private void awaitConnected() {
    eventually(
        "connected",
        () -> asker.node.isConnected(holder.id()) && holder.node.isConnected(asker.id()));
  }

  @Test
  void audit_ofBlocksOfEveryShape_provesThoseThatAreThere() throws IOException {
    Random random = Seed.random("audit");
    List<AuditItem> items = new ArrayList<>();
    Set<BlockAddress> there = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int size = List.of(33, LEAF, LEAF + 1, 1 << 20, 33 + random.nextInt(200_000)).get(i % 5);
      if (i % 5 == 3 && i > 60) {
        size = LEAF * 3;
      }
      BlockAddress block = block(size);
      items.add(new AuditItem(block, size));
      switch (random.nextInt(4)) {
        case 0 -> holder.host.remove(block);
        case 1 -> holder.host.flip(block);
        default -> there.add(block);
      }
    }
    Collections.shuffle(items, random);

    assertThat(asker.node.audit(holder.id(), items)).isEqualTo(there);
  }

  @Test
  void audit_ofABlockThatOnlyAThirdNodeHas_isNotProved() throws IOException {
    BlockAddress block = asker.put(Payloads.noise(Seed.value(), 5_000));

    assertThat(asker.node.audit(holder.id(), List.of(new AuditItem(block, 5_000)))).isEmpty();
  }

  @Test
  void audit_answeredWithOtherBytes_provesNothingAndTheConnectionLives() throws IOException {
    BlockAddress lie = block(50_000);
    BlockAddress truth = block(50_000);
    holder.host.poison(lie, Payloads.noise(Seed.value() + 1_000, 50_000));
    List<AuditItem> items = List.of(new AuditItem(lie, 50_000), new AuditItem(truth, 50_000));

    for (int i = 0; i < 3; i++) {
      assertThat(asker.node.audit(holder.id(), items)).containsExactly(truth);
    }
  }

  @Test
  void audit_ofATreeOfAnotherHeight_provesNothing() throws IOException {
    BlockAddress block = block(5 * LEAF);

    for (int length : new int[] {1, LEAF, 4 * LEAF, 9 * LEAF, 1 << 20}) {
      assertThat(asker.node.audit(holder.id(), List.of(new AuditItem(block, length)))).isEmpty();
    }
  }

  @Test
  void lock_isGivenForWhatIsThere_andKeepsItFromGoing() throws IOException {
    BlockAddress one = block(100);
    BlockAddress two = block(100);
    BlockAddress missing = asker.put(Payloads.noise(Seed.value(), 77));

    assertThat(asker.node.lock(holder.id(), List.of(one, missing, two))).containsOnly(one, two);

    assertThat(holder.node.locks().ask(List.of(one, two, missing))).containsExactly(missing);
  }

  @Test
  void lock_onABlockThatGoes_isRefused() throws IOException {
    BlockAddress block = block(100);
    assertThat(holder.node.locks().ask(List.of(block))).containsExactly(block);
    holder.node.locks().granted(asker.id(), List.of(block), holder.node.locks().now());
    assertThat(holder.node.locks().go(List.of(block), 1)).containsExactly(block);

    assertThat(asker.node.lock(holder.id(), List.of(block))).isEmpty();
  }

  @Test
  void dialBack_toANodeThatListens_isReachedWhereItIsSeen() throws IOException {
    Reachability first = asker.node.dialBack(holder.id());

    assertThat(first.why()).isEmpty();
    assertThat(first.reached()).isTrue();
    assertThat(first.address().getPort()).isEqualTo(asker.node.port());
    assertThat(first.address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(holder.node.dialBack(asker.id()).reached()).isTrue();
    assertThat(asker.node.isConnected(holder.id())).as("as before").isTrue();
  }

  @Test
  void dialBack_whereNobodyOrAnotherNodeListens_isNotReached() throws IOException {
    Reachability nobody = asker.node.dialBack(holder.id(), 1);
    Reachability another = holder.node.dialBack(asker.id(), asker.node.port());

    assertThat(nobody.reached()).isFalse();
    assertThat(nobody.why()).isNotEmpty();
    assertThat(nobody.address().getPort()).isEqualTo(1);
    assertThat(another.reached()).isFalse();
    assertThat(another.why()).isNotEmpty();
  }

  @Test
  void aMemberThatIsNotConnected_isSaidToBe() throws IOException {
    BlockAddress block = block(100);
    holder.stop();
    eventually("noticed", () -> !asker.node.isConnected(holder.id()));

    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> asker.node.audit(holder.id(), List.of(new AuditItem(block, 100))));
    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> asker.node.lock(holder.id(), List.of(block)));
    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> asker.node.dialBack(holder.id()));
    holder.start();
  }

  @Test
  void batches_emptyOrTooLarge_areRefusedHere() {
    BlockAddress block = BlockAddress.of(new byte[32]);
    for (int size : new int[] {0, DhtNode.BATCH_MAX + 1}) {
      List<BlockAddress> blocks = Collections.nCopies(size, block);
      List<AuditItem> items = Collections.nCopies(size, new AuditItem(block, 1));
      assertThatThrownBy(() -> asker.node.audit(holder.id(), items))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> asker.node.lock(holder.id(), blocks))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new AuditItem(block, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** A block that the holder has. */
  private BlockAddress block(int size) throws IOException {
    byte[] bytes = Payloads.noise(Seed.value() + blocksMade++, size);
    return holder.put(bytes);
  }
}
