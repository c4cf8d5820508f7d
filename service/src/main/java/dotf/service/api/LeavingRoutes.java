package dotf.service.api;

import dotf.agent.Agent;
import dotf.agent.HandingOver;
import dotf.agent.NotFoundException;
import dotf.agent.RemovalPreview;
import dotf.dht.DhtNode;
import dotf.dht.Peer;
import dotf.dht.identity.NodeId;
import dotf.dht.store.BlockStore;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Going from the group: {@code leave}, and {@code peers --remove} for a machine that is lost. */
public final class LeavingRoutes {
  /** How long the others are told and asked before going regardless. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final int DIGITS_LEAST = 8;

  private final Agent agent;
  private final DhtNode node;
  private final BlockStore store;
  private final InstantSource clock;

  private LeavingRoutes(Agent agent, DhtNode node, BlockStore store, InstantSource clock) {
    this.agent = agent;
    this.node = node;
    this.store = store;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(
      Routes routes, Agent agent, DhtNode node, BlockStore store, InstantSource clock) {
    LeavingRoutes leaving = new LeavingRoutes(agent, node, store, clock);
    routes.get("leave", leaving::previewLeave);
    routes.post("leave", leaving::leave);
    routes.get("removal", leaving::previewRemoval);
    routes.post("removal", leaving::remove);
  }

  private void previewLeave(Call call) throws IOException {
    HandingOver held = agent.heldForOthers();
    if (call.json()) {
      call.document(
          json -> {
            json.writeNumberField("blocks", held.blocks());
            json.writeNumberField("others", node.peers().size());
          });
    } else if (held.blocks() == 0) {
      call.line("this machine holds nothing for others");
    } else {
      call.line("those of these blocks that have no other copy elsewhere are lost to the others:");
      for (HandingOver.Owner owner : held.owners()) {
        call.line("  " + standing(owner, owner.blocks()));
      }
    }
  }

  private void leave(Call call) throws IOException, InterruptedException {
    boolean now = call.flag("now");
    Duration timeout = Duration.ofMillis(call.number("millis", Duration.ofMinutes(10).toMillis()));
    if (node.group().isAlone() && !node.isRemoved()) {
      leftAlone(call);
      return;
    }
    boolean heard = node.isRemoved() || node.peers().stream().anyMatch(Peer::connected);
    HandingOver last =
        agent.leave(
            now ? AT_ONCE : timeout,
            now,
            FileRoutes.progress(call, "bringing home", clock),
            at -> call.progress(progress(at)));
    if (call.json()) {
      call.document(
          json -> {
            json.writeBooleanField("left", true);
            json.writeNumberField("blocks", last.blocks());
            json.writeNumberField("handedOver", last.blocks() - last.left());
            Json.text(json, "group", node.group().id());
          });
      return;
    }
    call.line(
        "left the group; %s handed over; this machine is in a group of its own now"
            .formatted(Amounts.count(last.blocks() - last.left(), "block", "blocks")));
    for (HandingOver.Owner owner : last.owners()) {
      if (owner.left() > 0) {
        call.error("without enough other copies: " + standing(owner, owner.left()));
      }
    }
    if (!heard) {
      call.error(
          "nobody was there to hear of it; on another machine of the group: dotf peers --remove "
              + node.id().brief());
    }
  }

  private void leftAlone(Call call) throws IOException {
    if (call.json()) {
      call.document(
          json -> {
            json.writeBooleanField("left", false);
            json.writeNumberField("blocks", 0);
            json.writeNumberField("handedOver", 0);
            Json.text(json, "group", node.group().id());
          });
    } else {
      call.note("this machine is alone in its group; there is nothing to leave");
    }
  }

  private static String progress(HandingOver at) {
    long machines = at.owners().stream().filter(owner -> owner.left() > 0).count();
    return "%,d of %s handed over, %s left to answer"
        .formatted(
            at.blocks() - at.left(),
            Amounts.count(at.blocks(), "block", "blocks"),
            Amounts.count(machines, "machine", "machines"));
  }

  private static String standing(HandingOver.Owner owner, long blocks) {
    return "%s of machine %s%s"
        .formatted(
            Amounts.count(blocks, "block", "blocks"),
            owner.machines().stream().map(NodeId::brief).collect(Collectors.joining(" or ")),
            owner.connected() ? "" : ", which is not connected");
  }

  private void previewRemoval(Call call) throws IOException {
    Peer peer = peer(call);
    RemovalPreview preview = agent.previewRemoval(peer.id());
    if (call.json()) {
      call.document(
          json -> {
            Json.text(json, "node", peer.id());
            json.writeBooleanField("connected", peer.connected());
            json.writeNumberField("blocks", preview.blocks());
            json.writeNumberField("fewer", preview.fewer());
          });
      return;
    }
    call.line(
        "removing machine %s is for good; it could come back only from a new home"
            .formatted(peer.id().brief()));
    call.line(
        "  %s of ours there count no longer; %s then fewer copies than the %d that copies asks for"
            .formatted(
                Amounts.count(preview.blocks(), "block", "blocks"),
                preview.fewer() == 1 ? "1 has" : "%,d have".formatted(preview.fewer()),
                preview.copies()));
    call.line("  what is held here for it (%s) stays until its time ends".formatted(held(peer)));
    if (peer.connected()) {
      call.line("  it is connected now: dotf leave there hands over first, and is better");
    }
  }

  private String held(Peer peer) throws IOException {
    if (peer.owner() == null) {
      return "it has not been met since the start";
    }
    String owner = peer.owner().toString();
    long[] blocks = new long[1];
    store.hostedBlocks(block -> blocks[0] += block.owner().equals(owner) ? 1 : 0);
    return Amounts.count(blocks[0], "block", "blocks");
  }

  private void remove(Call call) throws IOException {
    Peer peer = peer(call);
    node.remove(peer.id());
    if (call.json()) {
      call.document(json -> Json.text(json, "node", peer.id()));
    } else {
      call.line("removed machine %s from the group".formatted(peer.id().brief()));
    }
  }

  private Peer peer(Call call) throws IOException {
    String given = call.required("node").strip().toLowerCase(Locale.ROOT);
    if (given.length() < DIGITS_LEAST) {
      throw new CommandException(
          ExitCode.USAGE, "a machine is named by its node id, or the first 8 digits of it or more");
    }
    if (node.id().toString().startsWith(given)) {
      throw new CommandException(
          ExitCode.REFUSED, "that is this machine; take it out of the group with: dotf leave");
    }
    List<Peer> found =
        node.peers().stream().filter(peer -> peer.id().toString().startsWith(given)).toList();
    if (found.size() > 1) {
      throw new CommandException(ExitCode.USAGE, "several machines begin so; give more digits");
    }
    if (found.isEmpty()) {
      throw new NotFoundException(
          "no machine of the group is called " + Printable.of(given) + "; see dotf peers");
    }
    return found.getFirst();
  }
}
