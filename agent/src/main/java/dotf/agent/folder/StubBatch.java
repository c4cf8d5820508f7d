package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
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
  private static final int DIRECTORY_MODE = 0755;
  private static final int STUB_MODE_MASK = 0666;
  private static final int OWNER_READS = 0400;

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
    try (Directory directory = make(file.directory())) {
      if (directory.stat(file.name()) != null) {
        return null;
      }
      try (OpenFile stub = content(directory, request)) {
        FileStat damaged = request.damaged();
        boolean published =
            damaged == null ? directory.link(stub, name) : exchange(directory, name, stub, damaged);
        return published ? directory.stat(name) : null;
      }
    }
  }

  private OpenFile content(Directory directory, StubRequest request) throws IOException {
    var metadata = request.file().manifest().metadata();
    int mode = (metadata.mode() & STUB_MODE_MASK) | OWNER_READS;
    OpenFile stub = directory.createUnnamed(mode);
    try {
      stub.write(ByteBuffer.wrap(vault.stubs().encode(Stub.of(request.file()))), 0);
      stub.setMode(mode);
      stub.setModified(metadata.modified());
      return stub;
    } catch (IOException | RuntimeException e) {
      stub.close();
      throw e;
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

  /** Opens a directory of the folder, making what is missing on the way. */
  private Directory make(String path) throws IOException {
    try {
      return folder.directory(path);
    } catch (NoSuchFileException e) {
      Place place = Place.of(path);
      try (Directory parent = make(place.directory())) {
        boolean _ = parent.makeDirectory(place.name(), DIRECTORY_MODE);
      }
      return folder.directory(path);
    }
  }
}
