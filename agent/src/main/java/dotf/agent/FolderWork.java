package dotf.agent;

import dotf.agent.journal.FileKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kinds of work on one folder's files share: a file is in at most one piece of work at a
 * time, and is looked at again after it. For the events thread.
 */
final class FolderWork {
  private final Device device;
  private final FolderAgent agent;
  private final Set<String> busy = new HashSet<>();
  private int batches;
  private boolean leaving;
  private @Nullable Runnable whenIdle;

  FolderWork(Device device, FolderAgent agent) {
    this.device = device;
    this.agent = agent;
  }

  /** Stores and replaces nothing more, since the folder is to be removed; or goes on. */
  void leave(boolean now) {
    leaving = now;
    whenIdle = null;
    agent.wake();
  }

  /** Does something once no piece of work is under way: at once, or when the last one ends. */
  void whenIdle(Runnable action) {
    whenIdle = action;
    tellIdle();
  }

  private void tellIdle() {
    Runnable action = whenIdle;
    if (batches == 0 && action != null) {
      whenIdle = null;
      action.run();
    }
  }

  boolean isLeaving() {
    return leaving;
  }

  /** Why nothing may be stored or replaced now, in words; null when it may. */
  @Nullable String forbidden() {
    return leaving ? "its folder is being removed from dotf" : device.pausing().sentence();
  }

  FileKey key(String path) {
    return new FileKey(agent.id(), path);
  }

  boolean isBusy(String path) {
    return busy.contains(path);
  }

  /** Pieces of work under way. */
  int batches() {
    return batches;
  }

  void begin(Collection<String> paths) {
    busy.addAll(paths);
    batches++;
  }

  /** The work is done; each file is looked at again. */
  void end(Collection<String> paths) {
    busy.removeAll(paths);
    batches--;
    paths.forEach(agent::lookAgain);
    tellIdle();
  }

  /** The work is done, and what it came to says all there is to say. */
  void endQuietly(Collection<String> paths) {
    busy.removeAll(paths);
    batches--;
    agent.wake();
    tellIdle();
  }

  /** Asks for another turn. */
  void wake() {
    agent.wake();
  }

  void lookAgain(String path) {
    agent.lookAgain(path);
  }

  void changedAgain(String path, Instant now) {
    agent.changedAgain(path, now);
  }
}
