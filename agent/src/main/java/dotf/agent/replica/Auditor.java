package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.dht.AuditItem;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Has every holder that can be reached show that it has what it signed for: blocks of which the
 * local store knows the length by a leaf drawn at random, the others by reading them and signing
 * anew. For one thread; at most {@link #BATCH_MAX} blocks of each holder are in memory.
 */
public final class Auditor {
  private static final int BATCH_MAX = 512;

  private final Holders holders;
  private final Receipts receipts;
  private final Evictor.Lost lost;
  private final Map<NodeId, Map<BlockAddress, Integer>> due = new HashMap<>();
  private final Set<NodeId> asked = new HashSet<>();
  private final Set<NodeId> silent = new HashSet<>();
  private long failed;

  /**
   * @param lost hears of every block that a holder signed for and does not have
   */
  public Auditor(Holders holders, Receipts receipts, Evictor.Lost lost) {
    this.holders = holders;
    this.receipts = receipts;
    this.lost = lost;
  }

  /**
   * Has the holders of a block show it, now or later.
   *
   * @param length sealed length, 0 when it is not in the local store
   */
  public void add(BlockAddress block, int length) {
    for (NodeId holder : receipts.holders(block)) {
      if (holders.reachable(holder) && !silent.contains(holder)) {
        Map<BlockAddress, Integer> blocks = due.computeIfAbsent(holder, _ -> new HashMap<>());
        blocks.put(block, length);
        if (blocks.size() == BATCH_MAX) {
          audit(holder, blocks);
          blocks.clear();
        }
      }
    }
  }

  /** Has shown what is left to be shown. */
  public void finish() {
    due.forEach(this::audit);
    due.clear();
  }

  /** How many holders answered. */
  public int asked() {
    return asked.size();
  }

  /** How many blocks holders signed for and do not have. */
  public long failed() {
    return failed;
  }

  private void audit(NodeId holder, Map<BlockAddress, Integer> blocks) {
    List<AuditItem> items = new ArrayList<>();
    List<BlockAddress> unknown = new ArrayList<>();
    blocks.forEach(
        (block, length) -> {
          if (length > 0) {
            items.add(new AuditItem(block, length));
          } else {
            unknown.add(block);
          }
        });
    try {
      Set<BlockAddress> shown = new HashSet<>();
      if (!items.isEmpty()) {
        shown.addAll(holders.audit(holder, items));
      }
      renew(holder, unknown, shown);
      asked.add(holder);
      for (BlockAddress block : blocks.keySet()) {
        if (!shown.contains(block)) {
          failed++;
          lost.lost(holder, block);
        }
      }
    } catch (IOException e) {
      silent.add(holder);
    }
  }

  /**
   * A holder asks for what it has not, which is not here either, and then signs for none: the one
   * that is missing is left out, and the others are asked for in halves.
   */
  private void renew(NodeId holder, List<BlockAddress> blocks, Set<BlockAddress> shown)
      throws IOException {
    if (blocks.isEmpty()) {
      return;
    }
    try {
      shown.addAll(holders.renew(holder, blocks).addresses());
    } catch (BlockMissingException missing) {
      List<BlockAddress> others = new ArrayList<>(blocks);
      if (!others.remove(missing.address())) {
        throw missing;
      }
      renew(holder, others.subList(0, others.size() / 2), shown);
      renew(holder, others.subList(others.size() / 2, others.size()), shown);
    }
  }
}
