package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.journal.FileVersion;
import dotf.agent.replica.Auditor;
import dotf.agent.replica.Evictor;
import dotf.agent.replica.Holders;
import dotf.agent.replica.Receipts;
import dotf.chunker.Checkpoint;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubReading;
import dotf.dht.store.StoreHealth;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks for damage in stubs, catalog and store, and mends what can be mended. */
final class Checking {
  private final Device device;
  private final Folders folders;
  private final Listing listing;
  private final Receipts receipts;
  private final Holders holders;
  private final Evictor.Lost lost;

  Checking(
      Device device,
      Folders folders,
      Listing listing,
      Receipts receipts,
      Holders holders,
      Evictor.Lost lost) {
    this.device = device;
    this.folders = folders;
    this.listing = listing;
    this.receipts = receipts;
    this.holders = holders;
    this.lost = lost;
  }

  /** One run: what was looked at, and what was wrong. */
  private static final class Findings {
    final Consumer<Problem> problems;
    long stubs;
    long blocks;
    long found;

    Findings(Consumer<Problem> problems) {
      this.problems = problems;
    }

    void tell(String kind, String subject, String text) {
      found++;
      problems.accept(new Problem(kind, subject, text));
    }
  }

  Verification verify(boolean deep, Consumer<Problem> problems) throws IOException {
    Findings findings = new Findings(problems);
    boolean sound = device.store().health().isGood();
    device
        .store()
        .verify(
            deep,
            problem ->
                findings.tell(
                    "block",
                    problem.address() == null ? problem.segment() : problem.address().toString(),
                    problem.message() + " Run dotf repair."));
    StoreHealth health = device.store().health();
    if (!health.isGood()) {
      findings.tell("store", "store", health.message());
    } else if (!sound) {
      folders.all().forEach(FolderAgent::retrySoon);
    }
    for (FolderAgent folder : folders.all()) {
      String trouble = folder.problem();
      if (trouble != null) {
        findings.tell("folder", folder.path().toString(), trouble);
      }
    }
    Auditor auditor =
        deep
            ? new Auditor(
                holders,
                receipts,
                (holder, block) -> {
                  findings.tell(
                      "holder",
                      holder.toString(),
                      "it signed for block %s and does not have it; it is sent anew if it is here"
                          .formatted(block));
                  lost.lost(holder, block);
                })
            : null;
    List<Listing.Found> files = new ArrayList<>();
    listing.files(null, files::add);
    for (Listing.Found found : files) {
      check(found, auditor, findings);
    }
    if (auditor != null) {
      auditor.finish();
    }
    int audited = auditor == null ? 0 : auditor.asked();
    return new Verification(findings.stubs, findings.blocks, audited, findings.found);
  }

  private void check(Listing.Found found, @Nullable Auditor auditor, Findings findings) {
    FileVersion version = device.journal().find(found.key());
    boolean within = found.folder().problem() == null;
    if (within && found.row().state() == FileState.STUB) {
      findings.stubs++;
      String wrong = version == null ? "the journal does not know it" : stub(found, version);
      if (wrong != null) {
        findings.tell("stub", found.shown().toString(), wrong);
      }
    } else if (within && found.row().reason() == Reason.STUB_DAMAGED) {
      findings.tell(
          "stub", Names.stubOf(found.shown().toString()), "the stub is damaged; run dotf repair");
    }
    if (version != null) {
      content(found, version.manifest(), auditor, findings);
    }
  }

  /** What is wrong with a stub, or null. */
  private @Nullable String stub(Listing.Found found, FileVersion version) {
    Path path = found.shown();
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      return "it has no name";
    }
    try (Directory directory = device.disk().open(parent)) {
      FileStat stat = directory.stat(name.toString());
      if (stat == null) {
        return "the stub is not there; the next scan will look into it";
      }
      found.folder().expectOpen(found.folder().path().relativize(path).toString());
      try (OpenFile file = directory.openRead(name.toString())) {
        ByteBuffer bytes = ByteBuffer.allocate(Stub.BYTES_MAX + 1);
        file.read(bytes, 0);
        return switch (device.vault().stubs().read(bytes.flip())) {
          case StubReading.Authentic(Stub stub) when stub.address().equals(version.manifest()) ->
              null;
          case StubReading.Authentic other -> "it is the stub of another version";
          case StubReading.Damaged(String reason) -> "damaged: " + reason + "; run dotf repair";
          case StubReading.Foreign foreign -> "it is another vault's stub now";
          case StubReading.NotAStub none -> "it is not a stub any more";
        };
      }
    } catch (IOException e) {
      return FolderAgent.text(e);
    }
  }

  /**
   * What of a file's blocks is here is read; what is not, its holders must show.
   *
   * @param auditor null when the check is not deep
   */
  private void content(
      Listing.Found found, BlockAddress hash, @Nullable Auditor auditor, Findings findings) {
    String subject = found.shown().toString();
    try {
      Set<BlockAddress> elsewhere = new HashSet<>();
      StoredFile file = device.vault().manifests().read(hash, device.anywhere());
      device
          .vault()
          .manifests()
          .blocks(
              file,
              device.anywhere(),
              block -> {
                findings.blocks++;
                int length = device.store().lengthOf(block);
                if (auditor != null) {
                  auditor.add(block, length);
                }
                boolean here = device.store().contains(block);
                if (!here) {
                  elsewhere.add(block);
                }
                if (!here && receipts.holders(block).isEmpty()) {
                  findings.tell(
                      "block", block.toString(), "no source is known for a block of " + subject);
                }
              });
      if (auditor != null) {
        BlockSource fromDisk = address -> device.store().readFromDisk(address);
        device.vault().assembler().verify(file, fromDisk, elsewhere, Checkpoint.NONE);
      }
    } catch (IOException e) {
      findings.tell("block", subject, FolderAgent.text(e) + "; run dotf repair");
    }
  }

  /** Mends what is named, or everything. */
  Outcome repair(List<Path> paths, Progress progress) throws IOException {
    List<Listing.Found> files = new ArrayList<>();
    if (paths.isEmpty()) {
      listing.files(null, files::add);
    }
    for (Path path : paths) {
      listing.files(path, files::add);
    }
    List<Problem> problems = new ArrayList<>();
    Map<Outcome.Failure, Long> failures = new EnumMap<>(Outcome.Failure.class);
    if (paths.isEmpty()) {
      mendStore(failures, problems);
    }
    long mended = 0;
    long bytes = 0;
    for (int i = 0; i < files.size(); i++) {
      Listing.Found found = files.get(i);
      FileVersion version = device.journal().find(found.key());
      if (version != null) {
        try {
          if (mend(found, version)) {
            mended++;
            bytes += version.size();
          }
        } catch (IOException e) {
          failures.merge(Outcome.Failure.of(e), 1L, Long::sum);
          if (problems.size() < Outcome.PROBLEMS_MAX) {
            problems.add(new Problem("file", found.shown().toString(), FolderAgent.text(e)));
          }
        }
      }
      progress.at(i + 1, files.size(), bytes, bytes);
    }
    device.store().commit();
    device.replicator().holdersChanged();
    return new Outcome(mended, bytes, failures, problems);
  }

  private void mendStore(Map<Outcome.Failure, Long> failures, List<Problem> problems)
      throws IOException {
    Set<BlockAddress> damaged = new HashSet<>();
    device
        .store()
        .verify(
            true,
            problem -> {
              BlockAddress address = problem.address();
              if (address != null) {
                damaged.add(address);
              }
            });
    for (BlockAddress address : damaged) {
      try {
        // Reading a damaged block fetches it and writes the good copy.
        var _ = device.anywhere().read(address);
      } catch (IOException e) {
        failures.merge(Outcome.Failure.of(e), 1L, Long::sum);
        if (problems.size() < Outcome.PROBLEMS_MAX) {
          problems.add(new Problem("block", address.toString(), FolderAgent.text(e)));
        }
      }
    }
  }

  /** Fetches what the store lacks, and has a damaged stub written anew; whether there was need. */
  private boolean mend(Listing.Found found, FileVersion version) throws IOException {
    boolean[] lacking = new boolean[1];
    StoredFile file = device.vault().manifests().read(version.manifest(), device.anywhere());
    device
        .vault()
        .manifests()
        .blocks(
            file,
            device.anywhere(),
            block -> {
              if (!device.store().contains(block) && !device.replicator().isSafe(block)) {
                lacking[0] = true;
                var _ = device.anywhere().read(block);
              }
            });
    boolean stubWrong =
        found.folder().problem() == null
            && (found.row().reason() == Reason.STUB_DAMAGED
                || (found.row().state() == FileState.STUB && stub(found, version) != null));
    if (stubWrong) {
      found.folder().lookSoon(found.key().path());
    }
    return lacking[0] || stubWrong;
  }
}
