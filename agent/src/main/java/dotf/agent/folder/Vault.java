package dotf.agent.folder;

import dotf.chunker.FileAssembler;
import dotf.chunker.FileSplitter;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.stub.StubCodec;

/** Everything that turns a vault's files into blocks and stubs, and back. */
public record Vault(
    FileSplitter splitter, FileAssembler assembler, ManifestReader manifests, StubCodec stubs) {}
