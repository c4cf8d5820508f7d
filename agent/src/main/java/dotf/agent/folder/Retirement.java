package dotf.agent.folder;

import dotf.agent.folder.Intent.Kind;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.manifest.Digest;
import java.io.IOException;
import java.time.InstantSource;

/** Takes a stub away whose file is there: step H7 of safety's protocol. */
record Retirement(WatchedFolder folder, Intents intents, InstantSource clock) {

  /** Whether the stub is gone; false when something else had taken its name, which was kept. */
  boolean run(
      Directory directory, Place place, StubEntry entry, Digest digest, BlockAddress manifest)
      throws IOException {
    Intent intent =
        intents.begin(
            Kind.RETIRE, folder, place, entry.stat(), digest, manifest, Sha256.of(entry.bytes()));
    intents.commit();
    boolean gone =
        Aside.removeStub(
            folder,
            directory,
            place.name(),
            intent.aside(),
            entry.stat(),
            entry.bytes(),
            clock.instant());
    directory.sync();
    folder.quarantine().sync();
    intents.end(intent);
    return gone;
  }
}
