package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.RefusedException;
import dotf.dht.Answer;
import dotf.dht.DhtNode;
import dotf.dht.GroupNotEmptyException;
import dotf.dht.Peer;
import dotf.dht.group.Ticket;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.store.BlockStore;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Other machines: {@code peers join connect}. */
public final class PeerRoutes {
  private final Agent agent;
  private final DhtNode node;
  private final BlockStore store;

  private PeerRoutes(Agent agent, DhtNode node, BlockStore store) {
    this.agent = agent;
    this.node = node;
    this.store = store;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, DhtNode node, BlockStore store) {
    PeerRoutes peers = new PeerRoutes(agent, node, store);
    routes.get("peers", peers::list);
    routes.post("join", peers::join);
    routes.post("connect", peers::connect);
  }

  private void list(Call call) throws IOException {
    List<Peer> peers = node.peers();
    Map<NodeId, Long> heldForUs = agent.heldForUs();
    Map<String, Long> heldForThem = heldForOwners();
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "peers",
                  items -> {
                    for (Peer peer : peers) {
                      Json.object(
                          items,
                          o -> {
                            write(o, peer);
                            o.writeNumberField("heldForUs", heldForUs.getOrDefault(peer.id(), 0L));
                            if (peer.owner() == null) {
                              o.writeNullField("heldForThem");
                            } else {
                              o.writeNumberField("heldForThem", held(heldForThem, peer.owner()));
                            }
                          });
                    }
                  }));
      return;
    }
    if (node.isRemoved()) {
      call.note("this machine was removed from its group; begin one of its own with: dotf leave");
      return;
    }
    if (peers.isEmpty()) {
      call.note("this machine is alone in its group; bring another in with: dotf invite");
      return;
    }
    boolean whole = call.terminal().whole();
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("NODE", whole ? 2 * NodeId.BYTES : 8),
            Column.left("PATH", 6),
            Column.right("SENT", 8),
            Column.right("RECEIVED", 8),
            Column.right("FOR US", 7),
            Column.right("FOR THEM", 8),
            Column.left("ADDRESS", 0));
    for (Peer peer : peers) {
      table.row(
          whole ? peer.id().toString() : peer.id().brief(),
          peer.leaving() ? "leaves" : peer.connected() ? path(peer) : "away",
          Amounts.size(peer.sent()),
          Amounts.size(peer.received()),
          "%,d".formatted(heldForUs.getOrDefault(peer.id(), 0L)),
          peer.owner() == null ? "?" : "%,d".formatted(held(heldForThem, peer.owner())),
          address(peer));
    }
    call.note("for us: our blocks there, signed for; for them: their blocks here");
  }

  /** How many blocks are here for each owner of blocks, by the owner's public key. */
  private Map<String, Long> heldForOwners() throws IOException {
    Map<String, Long> held = new HashMap<>();
    store.hostedBlocks(block -> held.merge(block.owner(), 1L, Long::sum));
    return held;
  }

  private static long held(Map<String, Long> blocks, PublicKey owner) {
    return blocks.getOrDefault(owner.toString(), 0L);
  }

  private static void write(JsonGenerator json, Peer peer) throws IOException {
    json.writeStringField("node", peer.id().toString());
    json.writeStringField("address", address(peer));
    json.writeBooleanField("connected", peer.connected());
    json.writeStringField("path", path(peer));
    json.writeNumberField("sentBytes", peer.sent());
    json.writeNumberField("receivedBytes", peer.received());
    json.writeNumberField("sentPerSecond", peer.sentPerSecond());
    json.writeNumberField("receivedPerSecond", peer.receivedPerSecond());
    json.writeStringField("version", Printable.of(peer.version()));
    json.writeBooleanField("leaving", peer.leaving());
  }

  private static String address(Peer peer) {
    InetSocketAddress address = peer.address();
    return address == null ? "" : address.getHostString() + ":" + address.getPort();
  }

  private static String path(Peer peer) {
    InetSocketAddress address = peer.address();
    if (!peer.connected() || address == null) {
      return "-";
    }
    var host = address.getAddress();
    boolean near =
        host != null
            && (host.isLoopbackAddress() || host.isSiteLocalAddress() || host.isLinkLocalAddress());
    return near ? "LAN" : "direct";
  }

  private void join(Call call) throws IOException {
    Ticket ticket = Ticket.parse(call.required("ticket").strip());
    try {
      node.join(ticket);
    } catch (GroupNotEmptyException e) {
      throw new RefusedException(String.valueOf(e.getMessage()));
    }
    long members = node.group().others().size() + 1L;
    if (call.json()) {
      call.document(
          json -> {
            Json.text(json, "group", node.group().id());
            json.writeNumberField("members", members);
          });
    } else {
      call.line("joined: %s in the group".formatted(Amounts.count(members, "machine", "machines")));
    }
  }

  private void connect(Call call) throws IOException {
    String given = call.required("address");
    int colon = given.lastIndexOf(':');
    String host = colon < 1 ? "" : given.substring(0, colon).replaceAll("^\\[|]$", "");
    if (host.isEmpty() || !given.substring(colon + 1).matches("\\d{1,5}")) {
      throw new CommandException(
          ExitCode.USAGE, "an address is HOST:PORT, not " + Printable.of(given));
    }
    Answer answer = node.connect(host, Integer.parseInt(given.substring(colon + 1)));
    if (call.json()) {
      call.document(
          json -> {
            Json.text(json, "node", answer.node());
            json.writeBooleanField("member", answer.member());
          });
      return;
    }
    call.line(
        answer.member()
            ? "node %s of our group answered".formatted(answer.node().brief())
            : "node %s answered; it is not in our group, which needs a ticket: dotf invite"
                .formatted(answer.node().brief()));
  }
}
