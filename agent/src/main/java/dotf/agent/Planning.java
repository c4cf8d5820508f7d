package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.JournalFolder;
import dotf.chunker.manifest.FileId;
import dotf.watcher.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers the facts that {@link Planner} decides from. For the events thread. */
final class Planning {
  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  private final Device device;
  private final Attachment attachment;

  Planning(Device device, Attachment attachment) {
    this.device = device;
    this.attachment = attachment;
  }

  /** What is to be done about a file of which this is seen. */
  Plan plan(FileKey key, Sight sight) {
    JournalFolder folder = device.journal().folder(key.folder());
    return Planner.plan(
        sight,
        device.catalog().find(key),
        device.journal().find(key),
        folder != null && folder.materialised(),
        attachment.rules().verdict(key.path(), false) instanceof Verdict.Ignore,
        this::vanishedName);
  }

  /** A name under which the journal knows a file, and which is gone from the disk. */
  private @Nullable FileKey vanishedName(FileId file) {
    for (FileKey name : device.journal().namesOf(file)) {
      try {
        if (name.folder().equals(attachment.id()) && attachment.examiner().isGone(name.path())) {
          return name;
        }
      } catch (IOException e) {
        LOG.info("{} cannot be looked at: {}", name, e.getMessage());
      }
    }
    return null;
  }
}
