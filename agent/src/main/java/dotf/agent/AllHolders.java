package dotf.agent;

import dotf.agent.holder.DirectoryHolders;
import dotf.agent.replica.Holders;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.AuditItem;
import dotf.dht.group.Placement;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The members of the group and the directories, as one: a copy is a copy. */
final class AllHolders implements Holders {
  private final GroupHolders members;
  private final DirectoryHolders directories;

  AllHolders(GroupHolders members, DirectoryHolders directories) {
    this.members = members;
    this.directories = directories;
  }

  private Holders of(NodeId holder) {
    return directories.find(holder) == null ? members : directories;
  }

  @Override
  public List<NodeId> others() {
    if (directories.isEmpty()) {
      return members.others();
    }
    List<NodeId> others = new ArrayList<>(members.others());
    others.addAll(directories.others());
    return others;
  }

  @Override
  public List<NodeId> ranked(BlockAddress block) {
    if (directories.isEmpty()) {
      return members.ranked(block);
    }
    Map<NodeId, Long> offers = new HashMap<>(members.offers());
    offers.putAll(directories.offers());
    return Placement.order(block, offers);
  }

  @Override
  public boolean reachable(NodeId holder) {
    return of(holder).reachable(holder);
  }

  @Override
  public boolean vouches(NodeId holder, StoreId store) {
    return of(holder).vouches(holder, store);
  }

  @Override
  public Receipt push(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return of(holder).push(holder, blocks);
  }

  @Override
  public Receipt renew(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return of(holder).renew(holder, blocks);
  }

  @Override
  public Set<BlockAddress> audit(NodeId holder, List<AuditItem> blocks) throws IOException {
    return of(holder).audit(holder, blocks);
  }

  @Override
  public Set<BlockAddress> lock(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return of(holder).lock(holder, blocks);
  }

  /** Directories first: they are nearer than any network. */
  @Override
  public SealedBlock fetch(BlockAddress block, List<NodeId> likely) throws IOException {
    if (directories.isEmpty()) {
      return members.fetch(block, likely);
    }
    try {
      return directories.fetch(block, likely);
    } catch (BlockMissingException inNoDirectory) {
      return fromMembers(block, likely);
    }
  }

  private SealedBlock fromMembers(BlockAddress block, List<NodeId> likely) throws IOException {
    try {
      return members.fetch(block, likely);
    } catch (BlockMissingException e) {
      List<String> problems = problems();
      throw problems.isEmpty()
          ? e
          : new BlockMissingException(block, e.getMessage() + "; " + String.join("; ", problems));
    }
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(members.problems());
    problems.addAll(directories.problems());
    return problems;
  }
}
