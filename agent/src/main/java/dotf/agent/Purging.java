package dotf.agent;

import dotf.agent.folder.Quarantine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes replaced originals from a folder's quarantine when their time is over. */
final class Purging {
  private static final Logger LOG = LoggerFactory.getLogger(Purging.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int BATCH = 256;

  private final Device device;
  private final Attachment attachment;
  private final ReentrantLock running = new ReentrantLock();
  private Instant next = Instant.MIN;

  Purging(Device device, Attachment attachment) {
    this.device = device;
    this.attachment = attachment;
  }

  /** On the events thread. */
  void dispatch(Instant now) {
    if (!now.isBefore(next) && device.store().health().isGood()) {
      next = now.plus(PAUSE);
      device.blocking().execute(this::run);
    }
  }

  private void run() {
    if (!running.tryLock()) {
      return;
    }
    try {
      Duration age = device.settings().get().quarantine();
      Quarantine.Purged purged;
      do {
        purged = attachment.quarantine().purge(age, BATCH);
        for (String kept : purged.kept()) {
          LOG.warn("{} was written to while it was replaced; both versions are kept", kept);
        }
      } while (purged.removed() + purged.kept().size() == BATCH);
    } catch (IOException e) {
      LOG.warn("the quarantine of {} could not be emptied: {}", attachment.path(), e.getMessage());
    } finally {
      running.unlock();
    }
  }
}
