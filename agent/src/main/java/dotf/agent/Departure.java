package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.dht.DhtNode;
import dotf.dht.Peer;
import dotf.dht.identity.NodeId;
import dotf.dht.store.HostedBlock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves the group: brings our own blocks home, has the owners of what we hold find other holders,
 * and goes. Nothing is dropped before we have gone, so that giving up on the way costs nothing.
 */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Device device;
  private final DhtNode node;
  private final Homecoming homecoming;
  private final AtomicBoolean underWay = new AtomicBoolean();

  Departure(Device device, DhtNode node, Homecoming homecoming) {
    this.device = device;
    this.node = node;
    this.homecoming = homecoming;
  }

  /** Whether blocks must stay in the local store, since we are about to be alone with them. */
  boolean isUnderWay() {
    return underWay.get();
  }

  /** What we hold for others now; asks nobody. */
  HandingOver held() throws IOException {
    return look(false).figures();
  }

  /**
   * Leaves; does nothing in a group of one.
   *
   * @param timeout how long owners are waited for
   * @param regardless go even when it is over and some have not answered
   * @param home hears of our own blocks as they come home
   * @param looks hears of every look on the way, once a second; what it throws calls it all off
   * @return what was handed over, and what was not
   * @throws RefusedException when our own blocks do not fit into the local store
   * @throws TryLaterException when the time was over
   */
  HandingOver leave(
      Duration timeout, boolean regardless, Progress home, Consumer<HandingOver> looks)
      throws IOException, InterruptedException {
    if (node.group().isAlone() && !node.isRemoved()) {
      return HandingOver.NOTHING;
    }
    if (!underWay.compareAndSet(false, true)) {
      throw new TryLaterException("this machine is leaving the group already");
    }
    try {
      return node.isRemoved() ? goRemoved(regardless, home) : go(timeout, regardless, home, looks);
    } finally {
      underWay.set(false);
      node.leaving(false);
    }
  }

  /** Nobody gives us anything any more, nor counts on us. */
  private HandingOver goRemoved(boolean regardless, Progress home) throws IOException {
    if (!regardless) {
      homecoming.bring(home);
    }
    node.leave();
    return HandingOver.NOTHING;
  }

  private HandingOver go(
      Duration timeout, boolean regardless, Progress home, Consumer<HandingOver> looks)
      throws IOException, InterruptedException {
    homecoming.bring(home);
    node.leaving(true);
    long deadline = System.nanoTime() + timeout.toNanos();
    Look last = look(true);
    HandingOver now = last.figures();
    looks.accept(now);
    while (now.left() > 0 && System.nanoTime() < deadline) {
      TimeUnit.NANOSECONDS.sleep(
          Math.min(PAUSE.toNanos(), Math.max(1, deadline - System.nanoTime())));
      last = look(true);
      now = last.figures();
      looks.accept(now);
    }
    if (now.left() > 0 && !regardless) {
      throw new TryLaterException(
          "not left: %d of %d blocks have no other place yet (%s); try again when these machines"
                  .formatted(now.left(), now.blocks(), lacking(now))
              + " are on, or let them lose the copies with: dotf leave --now --yes");
    }
    homecoming.bring(home);
    node.leave();
    giveBack(last);
    return now;
  }

  private void giveBack(Look last) {
    try {
      long ended = 0;
      for (Vault vault : last.vaults()) {
        ended += vault.handedOver.giveBack(device.store(), node.locks(), last.at());
      }
      LOG.info("{} blocks that were handed over need not be here any longer", ended);
    } catch (IOException e) {
      LOG.warn("what was handed over stays until its leases end: {}", e.getMessage());
    }
  }

  /** Which machine lacks how many, in words. */
  private static String lacking(HandingOver now) {
    return now.owners().stream()
        .filter(owner -> owner.left() > 0)
        .map(
            owner ->
                owner.machines().stream().map(NodeId::brief).collect(Collectors.joining(" or "))
                    + (owner.connected() ? ": " : ", not connected: ")
                    + owner.left())
        .collect(Collectors.joining("; "));
  }

  /** One look at everything that is held for others. */
  private record Look(HandingOver figures, Instant at, List<Vault> vaults) {}

  private Look look(boolean ask) throws IOException {
    Map<String, List<Peer>> machines = new HashMap<>();
    List<NodeId> unmet = new ArrayList<>();
    for (Peer peer : node.peers()) {
      if (peer.owner() == null) {
        unmet.add(peer.id());
      } else {
        machines.computeIfAbsent(peer.owner().toString(), any -> new ArrayList<>()).add(peer);
      }
    }
    Map<String, Vault> vaults = new LinkedHashMap<>();
    Instant now = device.clock().instant();
    device
        .store()
        .hostedBlocks(
            block -> {
              List<Peer> of = machines.getOrDefault(block.owner(), List.of());
              // Of neither a member nor perhaps one: its machines are gone from the group.
              if (block.until().isAfter(now) && !(of.isEmpty() && unmet.isEmpty())) {
                vaults
                    .computeIfAbsent(block.owner(), owner -> new Vault(owner, of, unmet, ask))
                    .add(block);
              }
            });
    vaults.values().forEach(Vault::ask);
    List<HandingOver.Owner> owners = vaults.values().stream().map(Vault::standing).toList();
    HandingOver figures =
        new HandingOver(
            owners.stream().mapToLong(HandingOver.Owner::blocks).sum(),
            owners.stream().mapToLong(HandingOver.Owner::left).sum(),
            owners);
    return new Look(figures, now, List.copyOf(vaults.values()));
  }

  /** One look at what one vault has here; its machines are asked batch by batch. */
  private final class Vault {
    private final HandedOver handedOver;
    private final List<Peer> machines;
    private final List<NodeId> unmet;
    private final boolean asks;
    private final List<BlockAddress> batch = new ArrayList<>();
    private long blocks;
    private long released;

    Vault(String owner, List<Peer> machines, List<NodeId> unmet, boolean asks) {
      this.handedOver = new HandedOver(owner);
      this.machines = machines;
      this.unmet = unmet;
      this.asks = asks;
    }

    void add(HostedBlock block) {
      blocks++;
      batch.add(block.address());
      if (batch.size() == DhtNode.BATCH_MAX) {
        ask();
      }
    }

    void ask() {
      BitSet free = new BitSet();
      for (Peer machine : machines) {
        if (asks && !batch.isEmpty() && machine.connected()) {
          try {
            free.or(node.handOver(machine.id(), batch));
          } catch (IOException e) {
            LOG.info("node {} did not answer: {}", machine.id().brief(), e.getMessage());
          }
        }
      }
      released += free.cardinality();
      for (int i = free.nextClearBit(0); i < batch.size(); i = free.nextClearBit(i + 1)) {
        handedOver.keep(batch.get(i));
      }
      batch.clear();
    }

    HandingOver.Owner standing() {
      return new HandingOver.Owner(
          machines.isEmpty() ? unmet : machines.stream().map(Peer::id).toList(),
          machines.stream().anyMatch(Peer::connected),
          blocks,
          blocks - released);
    }
  }
}
