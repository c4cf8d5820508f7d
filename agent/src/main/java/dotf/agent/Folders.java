package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.folder.LostFolderException;
import dotf.agent.folder.WatchedFolder;
import dotf.agent.holder.DirectoryHolder;
import dotf.agent.holder.DirectoryHolders;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.JournalFolder;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderFound;
import dotf.agent.journal.JournalRecord.FolderLeft;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.agent.journal.JournalRecord.FolderRemoved;
import dotf.watcher.FolderEntry;
import dotf.watcher.FolderScan;
import dotf.watcher.IgnoreRules;
import dotf.watcher.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The watched folders: which there are, and which a directory may become one. */
final class Folders implements Closeable {
  private static final Set<String> SYSTEM =
      Set.of(
          "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/mnt", "/media",
          "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var");

  /** Below these nothing may be watched. */
  private static final Set<String> SYSTEM_TREES =
      Set.of(
          "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys",
          "/usr");

  /** What other programs leave in a folder that is theirs. */
  private static final Map<String, String> OWNERS =
      Map.of(
          ".stfolder", "Syncthing",
          ".dropbox.cache", "Dropbox",
          ".dropbox", "Dropbox",
          ".owncloudsync.log", "ownCloud",
          ".nextcloudsync.log", "Nextcloud",
          ".resilio", "Resilio Sync",
          ".sync", "Resilio Sync",
          ".seafile-data", "Seafile");

  private static final int PAGE = 512;

  /** So long may the first scan take of a folder whose missing files are to go to the trash. */
  private static final Duration TRASHING = Duration.ofHours(1);

  private final Device device;
  private final GivingBack givingBack;
  private final Path home;
  private final WatcherOpener watchers;
  private final DirectoryHolders holders;
  private final Map<FolderId, FolderAgent> agents = new ConcurrentSkipListMap<>();

  Folders(
      Device device,
      GivingBack givingBack,
      Path home,
      WatcherOpener watchers,
      DirectoryHolders holders) {
    this.device = device;
    this.givingBack = givingBack;
    this.home = home;
    this.watchers = watchers;
    this.holders = holders;
  }

  /** Begins with the folders that the journal names. */
  void start() {
    for (JournalFolder folder : device.journal().folders()) {
      if (folder.attached()) {
        start(folder);
      }
    }
  }

  Collection<FolderAgent> all() {
    return agents.values();
  }

  @Nullable FolderAgent find(FolderId id) {
    return agents.get(id);
  }

  /** The folder that holds this path, and the path inside; "" is the folder itself. */
  record Inside(FolderAgent folder, String path) {
    FileKey key() {
      return new FileKey(folder.id(), path);
    }
  }

  /** Where a path is, or null when it is in no folder. */
  @Nullable Inside locate(Path path) {
    Path plain = path.toAbsolutePath().normalize();
    for (Path candidate : List.of(plain, real(plain))) {
      for (FolderAgent folder : agents.values()) {
        if (candidate.startsWith(folder.path())) {
          return new Inside(folder, folder.path().relativize(candidate).toString());
        }
      }
    }
    return null;
  }

  /** With the links in its directory followed; the last name is taken as it is. */
  private static Path real(Path path) {
    try {
      Path parent = path.getParent();
      return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path;
    }
  }

  AddPreview preview(Path folder) throws IOException {
    Path path = check(folder);
    IgnoreRules rules = IgnoreRules.of(path);
    long stubMin = device.settings().get().stubMin();
    long[] figures = new long[3];
    FolderScan.Outcome outcome =
        new FolderScan(path)
            .scan(
                entry -> {
                  if (entry instanceof FolderEntry.File(String name, FolderEntry.Figures file)) {
                    Verdict verdict = rules.verdict(name, false);
                    if (!(verdict instanceof Verdict.Ignore)) {
                      figures[0]++;
                      figures[1] += file.size();
                      figures[2] += wouldBeStub(name, file, verdict, stubMin) ? 1 : 0;
                    }
                  }
                });
    if (outcome != FolderScan.Outcome.COMPLETE) {
      throw new NotFoundException(path + " went away while it was looked at");
    }
    return new AddPreview(
        path,
        figures[0],
        figures[1],
        figures[2],
        device.replicator().needed(),
        figures[1],
        device.space().available());
  }

  private static boolean wouldBeStub(
      String path, FolderEntry.Figures file, Verdict verdict, long stubMin) {
    return verdict instanceof Verdict.Store
        && file.size() >= stubMin
        && file.links() == 1
        && (file.mode() & 0111) == 0
        && !Names.of(path).isTooLongForStub();
  }

  /**
   * Watches a directory; one that takes the place of a folder that was lost goes on as that.
   *
   * @param trashMissing of such a one, what is missing goes to the trash instead of coming back
   */
  synchronized void add(Path folder, boolean keep, boolean trashMissing) throws IOException {
    Path path = check(folder);
    FolderAgent lost = lost(path);
    if (lost != null) {
      goOn(lost, path, keep, trashMissing);
      return;
    }
    FolderAgent known = at(path);
    if (known != null) {
      JournalFolder before = device.journal().folder(known.id());
      if (before != null && before.keep() != keep) {
        device.journal().append(new FolderAdded(known.id(), path.toString(), keep));
        device.journal().commit();
        known.rescanSoon();
      }
      return;
    }
    JournalFolder recovered = recovered(path);
    FolderId id = recovered == null ? FolderId.random(device.random()) : recovered.id();
    WatchedFolder.create(device.disk(), path, id).close();
    if (recovered != null && recovered.materialised()) {
      // What went while nobody watched was not deleted: its stub is written anew.
      device.journal().append(new FolderFound(id, path.toString(), keep));
    }
    device.journal().append(new FolderAdded(id, path.toString(), keep));
    if (recovered == null) {
      device.journal().append(new FolderMaterialised(id));
    }
    device.journal().commit();
    JournalFolder added = device.journal().folder(id);
    if (added != null) {
      start(added);
    }
  }

  /** The folder that is watched at this very path, or null. */
  @Nullable FolderAgent watched(Path path) {
    Inside inside = locate(path);
    return inside != null && inside.path().isEmpty() ? inside.folder() : null;
  }

  /**
   * Stops watching a folder whose work has ended; durable on return.
   *
   * @param left it has stubs, for which the journal goes on answering
   */
  synchronized void detach(FolderAgent folder, boolean left) throws IOException {
    FolderId id = folder.id();
    device.journal().append(left ? new FolderLeft(id) : new FolderRemoved(id));
    device.journal().commit();
    agents.remove(id);
    folder.close();
    device.holds().end(id);
    if (!left) {
      device.catalog().removeFolder(id);
      device.lingering().forgetFolder(id);
    }
  }

  /** The folder that is not where it was, and that this directory was or is to be; or null. */
  private @Nullable FolderAgent lost(Path path) throws IOException {
    FolderAgent known = at(path);
    FolderId marked = WatchedFolder.marked(device.disk(), path);
    FolderAgent named = marked == null ? null : agents.get(marked);
    FolderAgent meant = known == null ? named : known;
    if (meant == null || meant.problem() == null) {
      return null;
    }
    try {
      WatchedFolder.open(device.disk(), meant.path(), meant.id()).close();
      return null;
    } catch (LostFolderException e) {
      return meant;
    }
  }

  /**
   * A folder is another directory from now on. What is missing in that comes back as stubs, as
   * after a recovery; only if the user says so it counts as deleted.
   */
  private void goOn(FolderAgent lost, Path path, boolean keep, boolean trashMissing)
      throws IOException {
    FolderId id = lost.id();
    WatchedFolder.create(device.disk(), path, id).close();
    lost.stop();
    device.events().execute(lost::answerAll);
    lost.close();
    forgetSights(id);
    if (!trashMissing) {
      device.journal().append(new FolderFound(id, path.toString(), keep));
    }
    device.journal().append(new FolderAdded(id, path.toString(), keep));
    device.journal().commit();
    JournalFolder added = device.journal().folder(id);
    if (added != null) {
      FolderAgent agent = start(added);
      if (trashMissing) {
        agent.accept(TRASHING);
      }
    }
  }

  /** What was seen of another directory proves nothing of this one. */
  private void forgetSights(FolderId id) {
    String after = "";
    var page = device.catalog().page(id, "", after, PAGE);
    while (!page.isEmpty()) {
      for (Map.Entry<FileKey, Row> file : page) {
        after = file.getKey().path();
        Row row = file.getValue();
        if (device.journal().find(file.getKey()) == null) {
          device.catalog().remove(file.getKey());
        } else {
          device
              .catalog()
              .put(
                  file.getKey(),
                  row.withFile(null, false).withStub(null, false).in(FileState.LOCAL, Reason.NONE));
        }
      }
      page = device.catalog().page(id, "", after, PAGE);
    }
  }

  /** Nothing more is begun. Any thread. */
  void stop() {
    agents.values().forEach(FolderAgent::stop);
  }

  /** Whoever still waits hears that it does not happen now. On the events thread. */
  void answerAll() {
    agents.values().forEach(FolderAgent::answerAll);
  }

  @Override
  public void close() throws IOException {
    for (FolderAgent agent : agents.values()) {
      agent.close();
    }
  }

  private FolderAgent start(JournalFolder folder) {
    FolderAgent agent = new FolderAgent(device, givingBack, folder, watchers);
    agents.put(folder.id(), agent);
    agent.start();
    return agent;
  }

  private @Nullable FolderAgent at(Path path) {
    return agents.values().stream()
        .filter(agent -> agent.path().equals(path))
        .findFirst()
        .orElse(null);
  }

  /**
   * The recovered folder that is meant: of the same path, else of the same name, else the only. One
   * that was left here with its stubs has its place, and is meant by its path alone.
   */
  private @Nullable JournalFolder recovered(Path path) {
    List<JournalFolder> waiting =
        device.journal().folders().stream().filter(folder -> !folder.attached()).toList();
    for (JournalFolder folder : waiting) {
      if (Path.of(folder.path()).equals(path)) {
        return folder;
      }
    }
    waiting = waiting.stream().filter(folder -> !folder.materialised()).toList();
    for (JournalFolder folder : waiting) {
      if (path.endsWith(Path.of(folder.path()).getFileName())) {
        return folder;
      }
    }
    return waiting.size() == 1 ? waiting.getFirst() : null;
  }

  private Path check(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotFoundException(
          Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
              ? folder + " is not a directory; name one, such as the one that it is in"
              : "there is no directory " + folder + "; make it first");
    }
    Path path = folder.toRealPath();
    Path own = home.toRealPath();
    Path userHome = Path.of(System.getProperty("user.home", "/")).toAbsolutePath().normalize();
    refuseIf(path.getParent() == null, "/ cannot be watched; name a directory below your home");
    refuseIf(
        path.equals(userHome) || userHome.startsWith(path),
        path + " is your home directory or holds it; name a directory inside it");
    refuseIf(
        path.startsWith(own) || own.startsWith(path),
        path + " holds dotf's own files, or is among them; name another directory");
    refuseIf(isSystem(path), path + " belongs to the system; name a directory below your home");
    for (FolderAgent other : agents.values()) {
      boolean overlaps = path.startsWith(other.path()) || other.path().startsWith(path);
      refuseIf(
          overlaps && !path.equals(other.path()),
          path + " overlaps the folder " + other.path() + "; folders cannot be nested");
    }
    for (DirectoryHolder holder : holders.all()) {
      Path blocks = holder.blocks();
      refuseIf(
          path.startsWith(blocks) || blocks.startsWith(path),
          path + " holds dotf's own blocks, in " + blocks + "; name another directory");
    }
    for (Map.Entry<String, String> owner : OWNERS.entrySet()) {
      refuseIf(
          Files.exists(path.resolve(owner.getKey()), LinkOption.NOFOLLOW_LINKS),
          path + " is a folder of " + owner.getValue() + "; two programs must not share one");
    }
    refuseIf(!Files.isWritable(path), path + " cannot be written to; change its permissions");
    return path;
  }

  private static boolean isSystem(Path path) {
    return SYSTEM.contains(path.toString())
        || SYSTEM_TREES.stream().anyMatch(tree -> path.startsWith(Path.of(tree)));
  }

  private static void refuseIf(boolean condition, String message) throws RefusedException {
    if (condition) {
      throw new RefusedException(message);
    }
  }
}
