package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One file of a batch while it is open, and perhaps leased. Used by one thread. */
final class BatchItem implements AutoCloseable {
  final Place place;
  final Directory directory;
  final OpenFile file;
  final FileStat stat;
  private OpenFile.@Nullable Lease lease;

  private BatchItem(Place place, Directory directory, OpenFile file) throws IOException {
    this.place = place;
    this.directory = directory;
    this.file = file;
    this.stat = file.stat();
  }

  static BatchItem open(Place place, Directory directory) throws IOException {
    OpenFile file = directory.openRead(place.name());
    try {
      return new BatchItem(place, directory, file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Takes a read lease; from then on {@link #broken} tells of writers. */
  OpenFile.LeaseResult takeLease() throws IOException {
    OpenFile.LeaseResult result = file.lease(OpenFile.LeaseKind.READ);
    if (result instanceof OpenFile.LeaseResult.Granted(OpenFile.Lease granted)) {
      lease = granted;
    }
    return result;
  }

  /** Whether there was a lease, and a writer waits for it or has had it taken away. */
  boolean broken() throws IOException {
    return lease != null && !lease.held();
  }

  /** Whether neither the open file nor what has its name differs from when it was opened. */
  boolean unchanged() throws IOException {
    FileStat named = directory.stat(place.name());
    return named != null && named.sameFile(stat) && file.stat().unchangedSince(stat);
  }

  /** Lets a waiting writer go on, and closes. */
  @Override
  public void close() throws IOException {
    OpenFile.Lease held = lease;
    lease = null;
    try (file) {
      if (held != null) {
        held.close();
      }
    }
  }
}
