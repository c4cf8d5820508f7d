package dotf.agent;

import dotf.agent.catalog.Row;
import dotf.agent.folder.WatchedFolder;
import dotf.agent.journal.FileKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops watching a folder: only when every file is back, or with stubs that the journal goes on
 * answering for. Whatever goes wrong before leaves the folder watched. For virtual threads.
 */
final class Removing {
  private static final Logger LOG = LoggerFactory.getLogger(Removing.class);
  private static final int PAGE = 512;

  /** How long work that is under way may take to end. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Outcome NOTHING = new Outcome(0, 0, Map.of(), List.of());

  private final Device device;
  private final Folders folders;
  private final Tasks tasks;

  Removing(Device device, Folders folders, Tasks tasks) {
    this.device = device;
    this.folders = folders;
    this.tasks = tasks;
  }

  /** Files whose content is not in the folder. */
  private record Away(long files, long bytes) {}

  Removed remove(Path path, Removal how, Progress progress) throws IOException {
    FolderAgent folder = folders.watched(path);
    if (folder == null) {
      throw new NotFoundException(path + " is no watched folder; see dotf folders");
    }
    refuseWithStubs(folder, how);
    device.events().execute(() -> folder.work().leave(true));
    boolean removed = false;
    try {
      Outcome restored = how == Removal.RESTORE ? restore(folder, progress) : NOTHING;
      if (restored.failed() > 0) {
        return new Removed(folder.path(), false, restored, away(folder).files(), null);
      }
      stop(folder);
      Away left = away(folder);
      if (left.files() > 0 && how != Removal.LEAVE_STUBS) {
        throw new TryLaterException(
            "%s is still watched: %d of its files are not back yet; run the command again"
                .formatted(folder.path(), left.files()));
      }
      folders.detach(folder, left.files() > 0);
      removed = true;
      return new Removed(folder.path(), true, restored, left.files(), tidy(folder));
    } finally {
      if (!removed) {
        device.events().execute(() -> goOn(folder));
      }
    }
  }

  private static void goOn(FolderAgent folder) {
    folder.work().leave(false);
    folder.goOn();
  }

  private void refuseWithStubs(FolderAgent folder, Removal how) throws IOException {
    Away away = away(folder);
    if (how == Removal.ONLY_WITHOUT_STUBS && away.files() > 0) {
      throw new RefusedException(
          ("%s holds %,d %s for %s; bring the files back first: dotf remove --restore %s, or leave"
                  + " the stubs as they are: dotf remove --leave-stubs %s")
              .formatted(
                  folder.path(),
                  away.files(),
                  away.files() == 1 ? "stub" : "stubs",
                  Space.text(away.bytes()),
                  folder.path(),
                  folder.path()));
    }
    long room = device.space().aboveReserve(folder.path());
    if (how == Removal.RESTORE && away.bytes() > room) {
      throw new RefusedException(
          "bringing all files of %s back needs %s, %s free above the reserve; make room first"
              .formatted(folder.path(), Space.text(away.bytes()), Space.text(room)));
    }
  }

  private Outcome restore(FolderAgent folder, Progress progress) throws IOException {
    return away(folder).files() == 0
        ? NOTHING
        : tasks.restore(List.of(folder.path()), null, progress);
  }

  /** Whatever the journal names and a look has not found as content on the disk. */
  private Away away(FolderAgent folder) {
    long files = 0;
    long bytes = 0;
    String after = "";
    List<Map.Entry<FileKey, Row>> page = device.catalog().page(folder.id(), "", after, PAGE);
    while (!page.isEmpty()) {
      for (Map.Entry<FileKey, Row> entry : page) {
        after = entry.getKey().path();
        Row row = entry.getValue();
        if (row.hash() != null && row.file() == null) {
          files++;
          bytes += row.size();
        }
      }
      page = device.catalog().page(folder.id(), "", after, PAGE);
    }
    return new Away(files, bytes);
  }

  /** Returns when no work on the folder's files is under way, and none can begin. */
  private void stop(FolderAgent folder) throws IOException {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    Runnable stop =
        () -> {
          folder.stop();
          folder.answerAll();
          stopped.complete(null);
        };
    device.events().execute(() -> folder.work().whenIdle(stop));
    try {
      stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new TryLaterException(
          folder.path() + " is still watched: work on its files is under way; try again later");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TryLaterException("interrupted; " + folder.path() + " is still watched");
    } catch (ExecutionException e) {
      throw new IOException(folder.path() + " could not be stopped", e);
    }
  }

  /** Takes dotf's own directory away; says why not when something of value is in it. */
  private @Nullable String tidy(FolderAgent folder) {
    Path own = folder.path().resolve(WatchedFolder.OWN_DIRECTORY);
    try {
      return WatchedFolder.unmake(device.disk(), folder.path())
          ? null
          : own
              + " stays: originals that were replaced lately are in its quarantine, equal to what"
              + " is stored; adding the folder again takes care of them";
    } catch (IOException e) {
      LOG.warn("{} was not taken away: {}", own, e.getMessage());
      return own + " stays: " + FolderAgent.text(e);
    }
  }
}
