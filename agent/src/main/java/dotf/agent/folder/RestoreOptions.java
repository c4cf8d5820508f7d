package dotf.agent.folder;

import dotf.chunker.Checkpoint;
import java.util.function.LongConsumer;

/**
 * How a file is restored.
 *
 * @param reserve bytes of the filesystem that stay free
 * @param progress told the bytes that each written piece adds
 * @param check may throw to abandon; then nothing has changed
 */
public record RestoreOptions(long reserve, LongConsumer progress, Checkpoint check) {
  /** Without reserve, word or limit. */
  public static final RestoreOptions PLAIN = new RestoreOptions(0, bytes -> {}, Checkpoint.NONE);
}
