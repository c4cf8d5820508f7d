/**
 * Copies on other machines: which holders signed for which blocks, and the pushing of blocks that
 * lack a signature. Entry: {@link dotf.agent.replica.Replicator}.
 */
@NullMarked
package dotf.agent.replica;

import org.jspecify.annotations.NullMarked;
