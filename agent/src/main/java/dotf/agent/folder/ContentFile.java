package dotf.agent.folder;

import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the unnamed file that a stub stands for: complete, verified and durable, or not at all. */
record ContentFile(Vault vault, BlockSource source, RestoreOptions options) {
  private static final Logger LOG = LoggerFactory.getLogger(ContentFile.class);
  private static final int PRIVATE = 0600;

  /** The caller closes it; without a name it then is gone. */
  OpenFile write(Directory directory, Stub stub) throws IOException {
    Manifest manifest = manifest(stub);
    OpenFile file = directory.createUnnamed(PRIVATE);
    try {
      file.allocate(manifest.size());
      vault
          .assembler()
          .assemble(
              manifest,
              source,
              (bytes, position) -> {
                int length = bytes.remaining();
                Holes.write(file, bytes, position);
                options.progress().accept(length);
              },
              options.check());
      setMetadata(file, manifest.metadata());
      file.sync();
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** From the stub itself where that has everything; else from its block. */
  Manifest manifest(Stub stub) throws IOException {
    Manifest own = stub.toManifest();
    if (own != null && stub.complete()) {
      return own;
    }
    try {
      return vault.manifests().read(stub.address(), source).manifest();
    } catch (BlockMissingException e) {
      if (own == null) {
        throw e;
      }
      LOG.warn("{} comes back without its attributes: {}", own.metadata().name(), e.getMessage());
      return own;
    }
  }

  /** Attributes first: a mode without write permission would forbid them. */
  private static void setMetadata(OpenFile file, FileMetadata metadata) throws IOException {
    List<String> refused = file.setAttributes(metadata.attributes());
    if (!refused.isEmpty()) {
      LOG.warn("{} comes back without {}: refused here", metadata.name(), refused);
    }
    file.setMode(metadata.mode());
    file.setModified(metadata.modified());
  }
}
