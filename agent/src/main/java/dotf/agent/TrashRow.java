package dotf.agent;

import dotf.chunker.block.BlockAddress;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A deleted file.
 *
 * @param path where it was
 * @param size its true size in bytes
 * @param hash its manifest's address
 * @param deleted when it was seen to be gone
 * @param until when it can no longer be brought back
 */
public record TrashRow(Path path, long size, BlockAddress hash, Instant deleted, Instant until) {}
