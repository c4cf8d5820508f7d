package dotf.agent;

import dotf.agent.Bursts.Change;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.chunker.disk.FileStat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back what a script, a mistake or worse may have done to a folder: when many files are gone
 * or rewritten within minutes, the journal goes on naming the versions before, until the user takes
 * the changes back, lets them go on, or until the files are as they were. New and moved files never
 * count, nor do working trees ({@link WorkingTrees}). For the events thread, but {@link #words}.
 */
final class Holdback {
  private static final Logger LOG = LoggerFactory.getLogger(Holdback.class);

  /** Moved files are recognised as long as no more new ones than these came since. */
  private static final int ARRIVALS_MAX = 50_000;

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;

  /** Takes a file out of the queue of those to be stored; whether it was there. */
  private final Predicate<String> withdraw;

  private final MassChange lately = new MassChange();
  private final Map<Arrival, Instant> arrivals = new LinkedHashMap<>();

  /** What is held, and whether it is a deletion. */
  private final Map<String, Boolean> held = new LinkedHashMap<>();

  private Instant allowedUntil = Instant.MIN;
  private volatile @Nullable String words;
  private @Nullable String logged;

  /** A local file that is new under its name: what a move leaves as it was. */
  private record Arrival(long device, long inode, long size, Instant modified) {}

  Holdback(Device device, Attachment attachment, FolderWork work, Predicate<String> withdraw) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.withdraw = withdraw;
    tell();
  }

  /** What is held and how to go on; null when nothing is. Any thread. */
  @Nullable String words() {
    return words;
  }

  boolean isHeld(String path) {
    return held.containsKey(path);
  }

  /** What is held, as changes that can be taken back. */
  List<Change> changes() {
    Instant since = since();
    List<Change> changes = new ArrayList<>();
    held.forEach(
        (path, deleted) -> {
          FileVersion version = device.journal().find(work.key(path));
          if (version != null && since != null) {
            changes.add(new Change(work.key(path), version, since, deleted, true));
          }
        });
    return changes;
  }

  /** A file is new under its name. */
  void arrived(FileStat file, Instant now) {
    arrivals.put(new Arrival(file.device(), file.inode(), file.size(), file.modified()), now);
    if (arrivals.size() > ARRIVALS_MAX) {
      arrivals.remove(arrivals.keySet().iterator().next());
    }
  }

  /** Of files that are gone, those whose deletion may be taken down; the others are held. */
  List<String> passing(List<String> gone, Instant now) throws IOException {
    if (isAllowed(now)) {
      return gone;
    }
    List<String> counted = counted(gone, now);
    if (since() == null && !isMany(counted, now)) {
      counted.forEach(path -> lately.note(path, now));
      return gone;
    }
    hold(counted, true, now);
    Set<String> stay = new HashSet<>(counted);
    return gone.stream().filter(path -> !stay.contains(path)).toList();
  }

  /**
   * A journalled file has another content.
   *
   * @return whether it is held, so that it must not be stored now
   */
  boolean holdsRewrite(String path, FileStat file, FileVersion before, Instant now)
      throws IOException {
    boolean sameSize = file.size() == before.size();
    if (isAllowed(now) || (sameSize && file.modified().equals(before.modified()))) {
      return false;
    }
    if (new WorkingTrees(device.journal(), attachment.id()).hold(path)) {
      return false;
    }
    if (since() == null && !sameSize) {
      lately.note(path, now);
      if (!isMany(List.of(), now)) {
        return false;
      }
    }
    if (since() == null && sameSize) {
      // Whether it really differs is known once it was read.
      return false;
    }
    device
        .catalog()
        .update(work.key(path), row -> row.withFile(Seen.of(file), false).withStub(null, false));
    hold(List.of(path), false, now);
    return true;
  }

  /** Of files that were stored with another content than before, those that are held. */
  Set<String> heldOf(Collection<String> rewritten, Instant now) throws IOException {
    WorkingTrees trees = new WorkingTrees(device.journal(), attachment.id());
    List<String> counted = rewritten.stream().filter(path -> !trees.hold(path)).toList();
    if (isAllowed(now)) {
      return Set.of();
    }
    if (since() == null && !isMany(counted, now)) {
      counted.forEach(path -> lately.note(path, now));
      return Set.of();
    }
    hold(counted, false, now);
    return Set.copyOf(counted);
  }

  /** A file is as the journal says again, or what became of it is taken over. */
  void release(String path) {
    if (held.remove(path) != null) {
      tell();
    }
  }

  /** Everything was looked at: when nothing is held any more, that is over. */
  void endIfOver() throws IOException {
    if (since() != null && held.isEmpty()) {
      end();
    } else if (words != null && !words.equals(logged)) {
      LOG.warn("{}: {}", attachment.path(), words);
    }
    logged = words;
  }

  /**
   * Lets everything go on, and whatever comes until the time has passed.
   *
   * @return the files that are to be looked at again
   */
  List<String> accept(Duration time, Instant now) throws IOException {
    List<String> paths = List.copyOf(held.keySet());
    allowedUntil = now.plus(time);
    held.clear();
    end();
    return paths;
  }

  private void end() throws IOException {
    lately.forget();
    device.holds().end(attachment.id());
    tell();
  }

  private @Nullable Instant since() {
    return device.holds().since(attachment.id());
  }

  private boolean isAllowed(Instant now) {
    return now.isBefore(allowedUntil);
  }

  private boolean isMany(Collection<String> more, Instant now) {
    return lately.isMany(more, device.catalog().tally(attachment.id()).files(), now);
  }

  /** Without those that live on under another name, and those of working trees. */
  private List<String> counted(List<String> gone, Instant now) {
    arrivals.values().removeIf(at -> at.plus(MassChange.WINDOW).isBefore(now));
    WorkingTrees trees = new WorkingTrees(device.journal(), attachment.id());
    Set<String> all = new HashSet<>(gone);
    return gone.stream().filter(path -> !trees.hold(path) && !livesOn(path, all)).toList();
  }

  private boolean livesOn(String path, Set<String> gone) {
    FileKey key = work.key(path);
    FileVersion version = device.journal().find(key);
    if (version == null) {
      return true;
    }
    Row row = device.catalog().find(key);
    Seen file = row == null ? null : row.file();
    return (file != null
            && arrivals.containsKey(
                new Arrival(file.device(), file.inode(), file.size(), file.modified())))
        || device.journal().namesOf(version.fileId()).stream()
            .anyMatch(
                name ->
                    !name.equals(key)
                        && !(name.folder().equals(key.folder()) && gone.contains(name.path())));
  }

  private void hold(List<String> paths, boolean deletions, Instant now) throws IOException {
    if (since() == null) {
      device.holds().begin(attachment.id(), now);
      for (String path : lately.paths()) {
        if (device.journal().find(work.key(path)) != null && withdraw.test(path)) {
          put(path, false);
        }
      }
    }
    paths.forEach(path -> put(path, deletions));
    tell();
  }

  private void put(String path, boolean deletion) {
    held.put(path, deletion);
    device
        .catalog()
        .update(
            work.key(path),
            row -> row.in(FileState.WAITING, Reason.HELD, deletion ? "deleted" : "rewritten"));
  }

  private void tell() {
    Instant since = since();
    long deleted = held.values().stream().filter(deletion -> deletion).count();
    words =
        since == null
            ? null
            : "%s at %s, so many that it is held; dotf undo takes it back, dotf allow %s lets it go on"
                .formatted(
                    held.isEmpty()
                        ? "files were deleted or rewritten"
                        : counts(deleted, held.size() - deleted),
                    time(since),
                    attachment.path());
  }

  /** {@code 312 files were deleted and 4 rewritten}. */
  static String counts(long deleted, long rewritten) {
    long first = deleted > 0 ? deleted : rewritten;
    return first
        + (first == 1 ? " file was " : " files were ")
        + (deleted == 0 ? "rewritten" : "deleted")
        + (deleted > 0 && rewritten > 0 ? " and " + rewritten + " rewritten" : "");
  }

  /** A time of day as people read it. */
  static String time(Instant at) {
    return DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault()).format(at);
  }
}
