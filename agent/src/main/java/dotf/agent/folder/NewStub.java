package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;

/** Writes stubs of files that are not on the disk, each where its file belongs. */
record NewStub(WatchedFolder folder, Vault vault) {
  private static final int DIRECTORY_MODE = 0755;
  private static final int MODE_MASK = 0666;
  private static final int OWNER_READS = 0400;

  /** A file's stub without a name yet; it is not synced. */
  OpenFile write(Directory directory, StoredFile file) throws IOException {
    var metadata = file.manifest().metadata();
    int mode = (metadata.mode() & MODE_MASK) | OWNER_READS;
    OpenFile stub = directory.createUnnamed(mode);
    try {
      stub.write(ByteBuffer.wrap(vault.stubs().encode(Stub.of(file))), 0);
      stub.setMode(mode);
      stub.setModified(metadata.modified());
      return stub;
    } catch (IOException | RuntimeException e) {
      stub.close();
      throw e;
    }
  }

  /** Opens a directory of the folder, making what is missing on the way. */
  Directory makeDirectory(String path) throws IOException {
    try {
      return folder.directory(path);
    } catch (NoSuchFileException e) {
      Place place = Place.of(path);
      try (Directory parent = makeDirectory(place.directory())) {
        boolean _ = parent.makeDirectory(place.name(), DIRECTORY_MODE);
      }
      return folder.directory(path);
    }
  }
}
