package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.JournalFolder;
import dotf.watcher.IgnoreRules;
import dotf.watcher.KeepLines;
import dotf.watcher.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files on this disk, and no longer keeps them, by lines in their folder's own {@code
 * .dotfkeep}: the one place that says what is kept. For virtual threads.
 */
final class Keeping {
  private static final Outcome NOTHING = new Outcome(0, 0, Map.of(), List.of());

  private static final String ANY_NAME = "a name that no rule names";

  private final Device device;
  private final Folders folders;
  private final Listing listing;
  private final Tasks tasks;

  Keeping(Device device, Folders folders, Listing listing, Tasks tasks) {
    this.device = device;
    this.folders = folders;
    this.listing = listing;
    this.tasks = tasks;
  }

  /**
   * @param path of the file itself, never of its stub
   */
  private record Target(FolderAgent folder, String path, boolean directory) {
    Path shown() {
      return folder.path().resolve(path);
    }

    String line() {
      return KeepLines.of(path, directory);
    }

    /** Of a whole folder: what holds for whatever is in it. */
    Verdict verdict() {
      return IgnoreRules.of(folder.path()).verdict(path.isEmpty() ? ANY_NAME : path, directory);
    }

    @Nullable String rule() {
      return verdict() instanceof Verdict.Keep(String rule) ? rule : null;
    }
  }

  KeepAnswer keep(Path path, Progress progress) throws IOException {
    Target target = target(path);
    if (target == null) {
      throw new NotFoundException("there is no " + path + "; check the name");
    }
    if (target.verdict() instanceof Verdict.Ignore(String rule)) {
      throw new RefusedException(path + " is not stored, so it stays anyway: " + rule);
    }
    boolean changed = target.rule() == null;
    if (changed) {
      change(target, file -> KeepLines.with(file, target.line()));
      if (target.rule() == null) {
        throw new RefusedException(
            path + " is left out by a line of a .dotfkeep that begins with !; take that line away");
      }
    }
    boolean known = target.path().isEmpty() || isKnown(target);
    Outcome restored = known ? tasks.restore(List.of(target.shown()), null, progress) : NOTHING;
    return new KeepAnswer(target.shown(), changed, target.rule(), restored);
  }

  KeepAnswer unkeep(Path path) throws IOException {
    Target known = target(path);
    Folders.Inside inside = inside(path);
    Target target = known == null ? new Target(inside.folder(), inside.path(), false) : known;
    // What is gone by now may have been either.
    String other = known == null ? KeepLines.of(inside.path(), true) : target.line();
    boolean[] changed = new boolean[1];
    change(
        target,
        file -> {
          byte[] without = KeepLines.without(KeepLines.without(file, target.line()), other);
          changed[0] = without.length < file.length;
          return without;
        });
    String rule = target.rule();
    JournalFolder folder = device.journal().folder(target.folder().id());
    if (rule == null && folder != null && folder.keep()) {
      rule = "its folder was added with --keep; to change that: dotf add " + folder.path();
    }
    if (!changed[0] && rule != null) {
      throw new RefusedException(path + " is not kept by dotf keep, but: " + rule);
    }
    return new KeepAnswer(target.shown(), changed[0], rule, NOTHING);
  }

  private void change(Target target, UnaryOperator<byte[]> change) throws IOException {
    if (!target.folder().attachment().isAttached()) {
      String problem = target.folder().problem();
      throw new TryLaterException(
          problem == null
              ? target.folder().path() + " is being taken up; try again soon"
              : problem);
    }
    new KeepFile(target.folder().attachment().folder()).change(change);
    target.folder().rulesChanged();
  }

  private Folders.Inside inside(Path path) throws NotFoundException {
    Folders.Inside inside = folders.locate(path);
    if (inside == null) {
      throw new NotFoundException(path + " is in no watched folder; see dotf folders");
    }
    return inside;
  }

  /** What a path means; null when nothing is there. */
  private @Nullable Target target(Path path) throws NotFoundException {
    Folders.Inside inside = inside(path);
    FolderAgent folder = inside.folder();
    FileKey file = listing.meant(inside);
    if (device.catalog().find(file) != null) {
      return new Target(folder, file.path(), false);
    }
    Path shown = folder.path().resolve(inside.path());
    if (Files.isRegularFile(shown, LinkOption.NOFOLLOW_LINKS)) {
      return new Target(folder, inside.path(), false);
    }
    Target directory = new Target(folder, inside.path(), true);
    return Files.isDirectory(shown, LinkOption.NOFOLLOW_LINKS) || isKnown(directory)
        ? directory
        : null;
  }

  private boolean isKnown(Target target) {
    return target.directory()
        ? !device.catalog().page(target.folder().id(), target.path() + "/", "", 1).isEmpty()
        : device.catalog().find(new FileKey(target.folder().id(), target.path())) != null;
  }
}
