package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.chunker.block.BlockAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code ls}.
 *
 * @param path what is on the disk now: the file, or its stub
 * @param size the file's true size in bytes, also while a stub stands for it
 * @param stubSize the stub's size in bytes, 0 when there is none
 * @param hash the manifest's address, null until the file is stored
 * @param copies other holders that have all of it
 * @param reason why it is not (yet) a stub, in words; null for a stub that nothing holds back
 */
public record FileRow(
    Path path,
    FileState state,
    long size,
    long stubSize,
    @Nullable BlockAddress hash,
    int copies,
    @Nullable String reason) {}
