package dotf.agent;

import dotf.agent.holder.DirectoryHolder;
import dotf.agent.holder.DirectoryHolders;
import dotf.agent.holder.Survey;
import dotf.agent.holder.Volume;
import dotf.agent.replica.Holders;
import dotf.agent.replica.Receipts;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user can ask about directories that hold blocks. Safe for use by many threads; calls wait
 * for disks, each with a limit. Failures are those of {@link Agent}.
 */
public final class HolderDirectories {
  private final Device device;
  private final DirectoryHolders directories;
  private final Folders folders;
  private final Receipts receipts;
  private final Holders all;
  private final Path home;
  private final Path store;
  private final Runnable changed;

  /**
   * A holder as it stands.
   *
   * @param blocks of ours that it signed for
   * @param bytes that were written there
   * @param freeBytes on its filesystem, or -1 when it is not there
   * @param problem why it cannot be reached or takes no blocks, or null
   */
  public record Row(
      NodeId id,
      Path path,
      boolean reachable,
      long blocks,
      long bytes,
      long freeBytes,
      @Nullable String problem) {}

  /**
   * What adding would do.
   *
   * @param blocks that would be sent, and their bytes
   * @param room bytes that may be written there
   * @param known whether blocks of dotf are there already
   * @param warning why this protects from less than it seems, or null
   */
  public record Preview(
      Path path, long blocks, long bytes, long room, boolean known, @Nullable String warning) {}

  /**
   * What removing would do.
   *
   * @param fewer blocks that then have fewer holders than {@code copies} asks
   * @param onlyThere blocks that nobody else holds, this machine included
   */
  public record Removal(Row holder, int copies, long fewer, long onlyThere) {}

  HolderDirectories(
      Device device,
      DirectoryHolders directories,
      Folders folders,
      Receipts receipts,
      Holders all,
      AgentParts parts,
      Runnable changed) {
    this.device = device;
    this.directories = directories;
    this.folders = folders;
    this.receipts = receipts;
    this.all = all;
    this.home = parts.home();
    this.store = parts.storePath();
    this.changed = changed;
  }

  /** The directories as they were seen last, at most some seconds ago. */
  public List<Row> list() {
    Map<NodeId, Long> blocks = receipts.blocksByHolder();
    return directories.all().stream().map(holder -> row(holder, blocks)).toList();
  }

  /** Looks at every directory, and lists them. */
  public List<Row> look() {
    directories.look();
    return list();
  }

  private Row row(DirectoryHolder holder, Map<NodeId, Long> blocks) {
    return new Row(
        holder.id(),
        holder.path(),
        holder.isReachable(),
        blocks.getOrDefault(holder.id(), 0L),
        directories.bytes(holder),
        holder.freeBytes(),
        holder.problem());
  }

  /** What {@link #add} would do; changes nothing. Refuses what it would refuse. */
  public Preview preview(Path directory) throws IOException {
    Survey survey = check(directory);
    int needed = Math.min(device.settings().get().copies(), all.others().size() + 1);
    long[] sent = new long[2];
    device
        .store()
        .ownBlocks(
            own -> {
              if (device.replicator().copies(own.address()) < needed) {
                sent[0]++;
                sent[1] += own.size();
              }
            });
    return new Preview(
        survey.path(),
        sent[0],
        sent[1],
        device.space().forCopies(survey.volume().space()),
        survey.store() != null,
        warning(survey));
  }

  /**
   * Makes a directory a holder.
   *
   * @param knowingly also where it protects from less than it seems
   */
  public Row add(Path directory, boolean knowingly) throws IOException {
    Survey survey = check(directory);
    String warning = warning(survey);
    refuseIf(!knowingly && warning != null, warning + "; if you want it all the same, use --yes");
    DirectoryHolder added = directories.add(survey.path());
    changed.run();
    return row(added, receipts.blocksByHolder());
  }

  private @Nullable String warning(Survey survey) throws IOException {
    if (survey.volume().seemsToBe(Volume.of(device.disk(), store))) {
      return survey.path()
          + " is on the same filesystem as dotf's store, so a copy there is lost when that disk is";
    }
    for (DirectoryHolder other : directories.all()) {
      Volume volume = other.volume();
      if (volume != null && volume.seemsToBe(survey.volume())) {
        return "%s is on the same filesystem as the holder %s, so one broken disk takes both copies"
            .formatted(survey.path(), other.path());
      }
    }
    return null;
  }

  private Survey check(Path directory) throws IOException {
    Survey survey;
    try {
      survey = directories.survey(directory);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new NotFoundException(directory + " is not a directory; make it first");
    }
    Path path = survey.path();
    refuseIf(
        path.startsWith(home.toRealPath()) || path.startsWith(store.toRealPath()),
        path + " is among dotf's own files; name another directory");
    for (FolderAgent folder : folders.all()) {
      refuseIf(
          path.startsWith(folder.path()),
          path + " is inside the watched folder " + folder.path() + "; name another directory");
    }
    for (DirectoryHolder other : directories.all()) {
      refuseIf(
          path.equals(other.path()) || other.store().equals(survey.store()),
          path + " is a holder already, as " + other.path() + "; see dotf holder list");
      refuseIf(
          path.startsWith(other.blocks()),
          path + " is inside the holder " + other.path() + "; name another directory");
    }
    refuseIf(
        survey.inside(),
        path + " is the inside of a holder; name " + path.getParent() + " instead");
    refuseIf(!survey.writable(), path + " cannot be written to; change its permissions");
    refuseIf(
        directories.all().size() >= DirectoryHolders.HOLDERS_MAX,
        "there are %d holders already, and no more can be; see dotf holder list"
            .formatted(DirectoryHolders.HOLDERS_MAX));
    return survey;
  }

  /** What {@link #remove} would do; changes nothing. */
  public Removal removal(String directoryOrId) throws IOException {
    DirectoryHolder holder = find(directoryOrId);
    int copies = device.settings().get().copies();
    long[] here = new long[1];
    device
        .store()
        .ownBlocks(
            own -> {
              List<NodeId> holders = receipts.holders(own.address());
              here[0] += holders.equals(List.of(holder.id())) ? 1 : 0;
            });
    return new Removal(
        row(holder, receipts.blocksByHolder()),
        copies,
        receipts.fewerWithout(holder.id(), copies),
        Math.max(0, receipts.fewerWithout(holder.id(), 1) - here[0]));
  }

  /**
   * Counts a directory as a holder no more; what is in it stays there.
   *
   * @param knowingly also when it holds blocks that are nowhere else
   */
  public Removal remove(String directoryOrId, boolean knowingly) throws IOException {
    Removal removal = removal(directoryOrId);
    refuseIf(
        !knowingly && removal.onlyThere() > 0,
        ("%d blocks are in %s and nowhere else; bring their files back first (dotf restore --all),"
                + " or give them up with --yes")
            .formatted(removal.onlyThere(), removal.holder().path()));
    directories.remove(find(directoryOrId));
    changed.run();
    return removal;
  }

  private DirectoryHolder find(String directoryOrId) throws NotFoundException {
    List<DirectoryHolder> found =
        directories.all().stream()
            .filter(
                holder ->
                    holder.path().toString().equals(directoryOrId)
                        || (directoryOrId.matches("[0-9a-f]{8,64}")
                            && holder.id().toString().startsWith(directoryOrId)))
            .toList();
    if (found.size() != 1) {
      throw new NotFoundException(directoryOrId + " is no holder; see dotf holder list");
    }
    return found.getFirst();
  }

  private static void refuseIf(boolean condition, String message) throws RefusedException {
    if (condition) {
      throw new RefusedException(message);
    }
  }
}
