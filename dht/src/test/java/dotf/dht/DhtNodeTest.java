package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.Receipt;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes, with TLS, on loopback. */
class DhtNodeTest {
  private static final long OFFER = 1L << 30;
  private final Instant until = Instant.now().plus(Duration.ofDays(31));

  @TempDir Path homes;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (TestNode node : nodes) {
      node.close();
    }
    timer.shutdownNow();
  }

  @Test
  void threeNodes_joinByTicket_pushAndFetch() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode c = node("c");
    join(b, a);
    join(c, b);
    eventually("all connected", () -> connected(a, b) && connected(b, c) && connected(a, c));

    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      blocks.add(a.put(Payloads.noise(Seed.value() + i, 1 + i * i * 600)));
    }
    Receipt receipt = a.node.push(b.id(), blocks, until);

    assertThat(receipt.holder()).isEqualTo(b.id());
    assertThat(receipt.addresses()).isEqualTo(blocks);
    assertThat(Receipt.decode(receipt.encoded())).isEqualTo(receipt);
    for (BlockAddress block : blocks) {
      assertThat(b.host.leased(block, a.node.owner().bytes(), Instant.now())).isTrue();
      assertThat(c.node.fetch(block, List.of()).bytes()).isEqualTo(a.host.read(block).bytes());
    }
  }

  @Test
  void aNodeThatComesBackOnAnotherPort_isFoundAgain_andServesAfterAnothersDeath()
      throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode c = node("c");
    join(b, a);
    join(c, a);
    BlockAddress block = a.put(Payloads.noise(Seed.value(), 70_000));
    Receipt receipt = a.node.push(b.id(), List.of(block), until);
    a.node.push(c.id(), List.of(block), until);
    int port = b.node.port();

    b.stop();
    c.stop();
    eventually("noticed", () -> !a.node.isConnected(b.id()) && !a.node.isConnected(c.id()));
    b.start();

    assertThat(b.node.port()).isNotEqualTo(port);
    eventually("found again", () -> connected(a, b));
    assertThat(a.node.isValid(receipt)).isTrue();
    a.host.remove(block);
    assertThat(a.node.fetch(block, List.of(c.id(), b.id())).address()).isEqualTo(block);
    c.start();
  }

  private TestNode node(String name) throws IOException {
    return node(name, OFFER);
  }

  private TestNode node(String name, long offer) throws IOException {
    TestNode node = new TestNode(homes.resolve(name), offer, timer, workers, null);
    nodes.add(node);
    return node;
  }

  private static void join(TestNode joiner, TestNode inviter) throws IOException {
    joiner.node.join(inviter.node.invite(1, Duration.ofHours(1)));
    eventually("joined", () -> connected(joiner, inviter));
  }

  private static boolean connected(TestNode one, TestNode other) {
    return one.node.isConnected(other.id()) && other.node.isConnected(one.id());
  }
}
