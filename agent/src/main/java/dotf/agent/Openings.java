package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Row;
import dotf.chunker.disk.FileStat;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which stubs somebody else than us opens. For the events thread. */
final class Openings {
  private static final Logger LOG = LoggerFactory.getLogger(Openings.class);

  /** What changed more recently may still be open in the program that wrote it. */
  private static final Duration WRITING = Duration.ofMillis(500);

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final RestoreWork restoring;

  Openings(Device device, Attachment attachment, FolderWork work, RestoreWork restoring) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.restoring = restoring;
  }

  void opened(String path, Instant now) {
    if (attachment.ledger().consume(path, now)) {
      return;
    }
    for (String file : Names.filesOf(path)) {
      Row row = device.catalog().find(work.key(file));
      boolean beingReplaced = work.isBusy(file) && path.equals(Names.stubOf(file));
      boolean replaced =
          row != null
              && row.state() == FileState.STUB
              && path.equals(row.bare() ? file : Names.stubOf(file));
      if (beingReplaced || replaced) {
        restoring.opened(file);
        return;
      }
    }
    openedUnknown(path, now);
  }

  /**
   * A stub that just got this name is read before it was looked at. One that is still being
   * written, as by {@code cp}, was opened by its writer.
   */
  private void openedUnknown(String path, Instant now) {
    try {
      FileStat stat = attachment.examiner().statOf(path);
      if (Names.of(path).isStubName()
          && stat != null
          && stat.type() == FileStat.Type.FILE
          && stat.size() <= Stub.BYTES_MAX
          && stat.changed().plus(WRITING).isBefore(now)) {
        String file = Names.of(path).basePath();
        restoring.openedOnceStub(file);
        work.lookAgain(file);
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be looked at: {}", path, e.getMessage());
    }
  }
}
