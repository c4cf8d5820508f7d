package dotf.service.api;

import dotf.dht.DhtNode;
import dotf.dht.Peer;
import dotf.dht.Reachability;
import dotf.dht.identity.NodeId;
import dotf.setup.Finding;
import dotf.setup.Finding.Grade;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Has some of the connected members try whether they can reach the port that we listen on. */
final class PortCheck {
  private static final int ASKED_MAX = 3;
  private static final String SUBJECT = "port";

  private final int port;
  private final Asking asking;

  /** Asks one member to dial back. */
  interface Asking {
    Reachability ask(NodeId node) throws IOException;
  }

  PortCheck(int port, Asking asking) {
    this.port = port;
    this.asking = asking;
  }

  /** What the members of a node's group find; waits for them ten seconds at most. */
  static List<Finding> of(DhtNode node) {
    return new PortCheck(node.port(), node::dialBack).of(node.peers());
  }

  /** What there is to say where no agent runs. */
  static Finding withoutAgent() {
    return new Finding(
        Grade.ADVICE, SUBJECT, "the agent does not run, so nothing listens there", "dotf start");
  }

  List<Finding> of(List<Peer> peers) {
    List<NodeId> asked =
        peers.stream().filter(Peer::connected).limit(ASKED_MAX).map(Peer::id).toList();
    if (asked.isEmpty()) {
      return List.of(
          new Finding(
              peers.isEmpty() ? Grade.GOOD : Grade.ADVICE,
              SUBJECT,
              "no other machine is connected, so nobody can try whether it reaches port " + port,
              null));
    }
    List<CompletableFuture<Finding>> answers =
        asked.stream()
            .map(
                node ->
                    CompletableFuture.supplyAsync(() -> tried(node), Thread::startVirtualThread))
            .toList();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private Finding tried(NodeId node) {
    String from = "node " + node.brief();
    try {
      Reachability found = asking.ask(node);
      String seen = "which sees this machine at " + found.address().getAddress().getHostAddress();
      return found.reached()
          ? new Finding(
              Grade.GOOD,
              SUBJECT,
              "%d can be reached from %s, %s".formatted(port, from, seen),
              null)
          : new Finding(
              Grade.ADVICE,
              SUBJECT,
              "%d cannot be reached from %s, %s (%s): a firewall or router is between; this machine"
                      .formatted(port, from, seen, found.why())
                  + " can still dial others, and they can dial it once TCP %d is open"
                      .formatted(port),
              null);
    } catch (IOException e) {
      return new Finding(
          Grade.ADVICE,
          SUBJECT,
          "%s did not try whether it reaches port %d: %s".formatted(from, port, e.getMessage()),
          null);
    }
  }
}
