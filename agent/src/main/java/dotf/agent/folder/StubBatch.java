package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Publishes stubs of files that are not there: after a recovery, and in the place of damaged ones.
 * Nothing else is ever replaced. At every moment one of the two stubs has the name, so that no
 * crash makes a damaged stub look deleted.
 */
record StubBatch(WatchedFolder folder, Vault vault, RandomGenerator random) {
  /** The figures of each stub; null where something else has its name. */
  List<@Nullable FileStat> run(List<StubRequest> requests) throws IOException {
    List<@Nullable FileStat> stubs = new ArrayList<>();
    for (StubRequest request : requests) {
      stubs.add(write(request));
    }
    folder.root().syncFilesystem();
    return stubs;
  }

  private @Nullable FileStat write(StubRequest request) throws IOException {
    Place file = Place.of(request.path());
    String name = file.stub().name();
    NewStub maker = new NewStub(folder, vault);
    try (Directory directory = maker.makeDirectory(file.directory())) {
      if (directory.stat(file.name()) != null) {
        return null;
      }
      try (OpenFile stub = maker.write(directory, request.file())) {
        FileStat damaged = request.damaged();
        boolean published =
            damaged == null ? directory.link(stub, name) : exchange(directory, name, stub, damaged);
        return published ? directory.stat(name) : null;
      }
    }
  }

  private boolean exchange(Directory directory, String name, OpenFile stub, FileStat damaged)
      throws IOException {
    String aside = HexFormat.of().toHexDigits(random.nextLong());
    Directory quarantine = folder.quarantine();
    stub.sync();
    if (!quarantine.link(stub, aside)) {
      throw new IOException(quarantine + "/" + aside + " is taken");
    }
    directory.exchange(name, quarantine, aside);
    FileStat old = quarantine.stat(aside);
    boolean asSeen = old != null && old.sameFile(damaged) && old.size() == damaged.size();
    if (!asSeen) {
      directory.exchange(name, quarantine, aside);
    }
    quarantine.unlink(aside);
    return asSeen;
  }
}
