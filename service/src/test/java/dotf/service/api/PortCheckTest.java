package dotf.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.dht.Peer;
import dotf.dht.Reachability;
import dotf.dht.identity.NodeId;
import dotf.setup.Finding;
import dotf.setup.Finding.Grade;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortCheckTest {
  private static final InetSocketAddress SEEN =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 18_080);

  @Test
  void aPeerThatReachesUs_andOneThatDoesNot_areBothNamed() {
    PortCheck check =
        new PortCheck(
            18_080,
            node ->
                node.equals(peer(1, true).id())
                    ? new Reachability(true, SEEN, "")
                    : new Reachability(false, SEEN, "Connection refused"));

    List<Finding> findings = check.of(List.of(peer(1, true), peer(2, true)));

    assertThat(findings).extracting(Finding::grade).containsExactly(Grade.GOOD, Grade.ADVICE);
    assertThat(findings.getFirst().text())
        .isEqualTo("18080 can be reached from node 01010101, which sees this machine at 127.0.0.1");
    assertThat(findings.getLast().text())
        .startsWith("18080 cannot be reached from node 02020202")
        .contains("Connection refused", "once TCP 18080 is open");
  }

  @Test
  void aPeerThatDoesNotAnswer_isAnAdviceAndNoFailure() {
    PortCheck check =
        new PortCheck(
            1,
            node -> {
              throw new IOException("the peer did not answer within 10 s");
            });

    assertThat(check.of(List.of(peer(1, true))))
        .singleElement()
        .matches(finding -> finding.grade() == Grade.ADVICE)
        .matches(finding -> finding.text().contains("did not try"));
  }

  @Test
  void ofManyPeers_threeThatAreConnectedAreAsked() {
    Set<NodeId> asked = ConcurrentHashMap.newKeySet();
    PortCheck check =
        new PortCheck(
            1,
            node -> {
              asked.add(node);
              return new Reachability(true, SEEN, "");
            });

    check.of(IntStream.range(0, 10).mapToObj(i -> peer(i, i % 2 == 1)).toList());

    assertThat(asked)
        .containsExactlyInAnyOrder(peer(1, true).id(), peer(3, true).id(), peer(5, true).id());
  }

  @Test
  void nobodyConnected_isSaid_andIsNoFaultInAGroupOfOne() {
    PortCheck check =
        new PortCheck(
            1,
            node -> {
              throw new AssertionError("nobody is to be asked");
            });

    assertThat(check.of(List.of()).getFirst().grade()).isEqualTo(Grade.GOOD);
    assertThat(check.of(List.of(peer(1, false))).getFirst())
        .matches(finding -> finding.grade() == Grade.ADVICE)
        .matches(finding -> finding.text().contains("no other machine is connected"));
  }

  private static Peer peer(int number, boolean connected) {
    byte[] id = new byte[NodeId.BYTES];
    java.util.Arrays.fill(id, (byte) number);
    return new Peer(NodeId.of(id), SEEN, connected, 0, 0, 0, 0, null, "", false, null);
  }
}
