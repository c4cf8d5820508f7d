/**
 * The device's journal: the append-only truth about what each folder holds, sealed in batches as
 * blocks and replicated like any block, so that a recovery phrase and one peer bring it back.
 */
@NullMarked
package dotf.agent.journal;

import org.jspecify.annotations.NullMarked;
