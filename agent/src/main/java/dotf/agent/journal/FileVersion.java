package dotf.agent.journal;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileId;
import java.time.Instant;

/**
 * One stored version of a file, as the journal names it.
 *
 * @param manifest address of the top manifest: the file's hash
 * @param number counts this file's versions from 1
 * @param size bytes
 */
public record FileVersion(
    BlockAddress manifest,
    FileId fileId,
    long number,
    long size,
    Instant modified,
    Digest digest) {}
