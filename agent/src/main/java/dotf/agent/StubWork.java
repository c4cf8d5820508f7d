package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.StubRequest;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalFolder;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes stubs that are missing after a recovery, and damaged ones anew, from the journal and the
 * manifests. For the events thread, but {@link #run}.
 */
final class StubWork {
  private static final Logger LOG = LoggerFactory.getLogger(StubWork.class);

  private static final int PAGE = 512;

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final Retries retries;

  /** Path to the damaged stub that stands there, as it was seen; null for none. */
  private final Map<String, Job> queue = new LinkedHashMap<>();

  private boolean running;

  private record Job(String path, @Nullable FileStat damaged) {}

  private record Fetch(Job job, CompletableFuture<StoredFile> manifest) {}

  /** What writing one stub came to: its figures, or why there is none. */
  private record Done(@Nullable FileStat stub, @Nullable String problem) {}

  StubWork(Device device, Attachment attachment, FolderWork work, Retries retries) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.retries = retries;
  }

  void add(String path, @Nullable FileStat damaged) {
    FileKey key = work.key(path);
    FileVersion version = device.journal().find(key);
    Row known = device.catalog().find(key);
    if (version == null) {
      return;
    }
    Row row = known == null ? Row.unknown(version.size()) : known;
    if (damaged == null) {
      // Until it is written nobody may believe that it is there.
      row = row.withStub(null, false);
    }
    device
        .catalog()
        .put(
            key,
            row.withVersion(version.manifest(), version.size(), row.blocks())
                .withFile(null, false)
                .in(FileState.BUSY, damaged == null ? Reason.UNWRITTEN : Reason.STUB_DAMAGED));
    queue.put(path, new Job(path, damaged));
  }

  void forget(String path) {
    queue.remove(path);
  }

  int size() {
    return queue.size();
  }

  /**
   * After a recovery: once every file was seen to have its name on the disk, absence means
   * deletion. Proof, not absence of doubt: each journalled file has a stub or content in the
   * catalog.
   */
  void materialise() throws IOException {
    JournalFolder folder = device.journal().folder(attachment.id());
    if (folder == null || folder.materialised() || !queue.isEmpty()) {
      return;
    }
    String after = "";
    var page = device.journal().files(folder.id(), after, PAGE);
    while (!page.isEmpty()) {
      for (var file : page) {
        after = file.getKey().path();
        Row row = device.catalog().find(file.getKey());
        if (row == null || (row.file() == null && row.stub() == null)) {
          return;
        }
      }
      page = device.journal().files(folder.id(), after, PAGE);
    }
    LOG.info("{}: every recovered file has its name again", attachment.path());
    device.journal().append(new FolderMaterialised(folder.id()));
    device.journal().commit();
  }

  void dispatch() {
    if (running || queue.isEmpty() || work.isLeaving()) {
      return;
    }
    List<Job> batch = queue.values().stream().limit(Freeing.BATCH_MAX).toList();
    List<String> paths = batch.stream().map(Job::path).toList();
    paths.forEach(queue::remove);
    running = true;
    work.begin(paths);
    device.blocking().execute(() -> run(batch, paths));
  }

  private void run(List<Job> batch, List<String> paths) {
    Map<String, Done> done = new LinkedHashMap<>();
    try {
      List<StubRequest> requests = new ArrayList<>();
      for (Fetch fetch : fetch(batch)) {
        Job job = fetch.job();
        try {
          StoredFile file = fetch.manifest().join();
          requests.add(new StubRequest(job.path(), file, job.damaged()));
        } catch (CompletionException e) {
          done.put(job.path(), new Done(null, FolderAgent.text(e)));
        }
      }
      List<@Nullable FileStat> stubs = device.freeing().writeStubs(attachment.folder(), requests);
      for (int i = 0; i < requests.size(); i++) {
        FileStat stub = stubs.get(i);
        done.put(
            requests.get(i).path(),
            new Done(stub, stub == null ? "something else has its name" : null));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} stubs of {} were not written", batch.size(), attachment.path(), e);
      paths.forEach(path -> done.putIfAbsent(path, new Done(null, FolderAgent.text(e))));
    }
    device.events().execute(() -> written(paths, done));
  }

  private List<Fetch> fetch(List<Job> batch) {
    return batch.stream()
        .map(
            job ->
                new Fetch(
                    job,
                    CompletableFuture.supplyAsync(() -> manifest(job.path()), device.blocking())))
        .toList();
  }

  private StoredFile manifest(String path) {
    FileVersion version = device.journal().find(work.key(path));
    try {
      if (version == null) {
        throw new IOException(path + " is not in the journal any more");
      }
      return device.vault().manifests().read(version.manifest(), device.anywhere());
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private void written(List<String> paths, Map<String, Done> done) {
    running = false;
    Instant now = device.clock().instant();
    for (String path : paths) {
      Done one = done.getOrDefault(path, new Done(null, "it was not reached"));
      FileStat stub = one.stub();
      if (stub != null) {
        device
            .catalog()
            .update(
                work.key(path),
                row -> row.withStub(Seen.of(stub), false).in(FileState.STUB, Reason.NONE));
      } else {
        String problem = String.valueOf(one.problem());
        device
            .catalog()
            .update(work.key(path), row -> row.in(FileState.WAITING, Reason.UNWRITTEN, problem));
        retries.failed(path, now);
      }
    }
    work.endQuietly(paths);
  }
}
