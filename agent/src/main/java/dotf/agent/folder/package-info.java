/**
 * What happens to users' files: the protocols of freeing and restoring, the quarantine, and the
 * recovery from a crash in the middle of any of them.
 */
@NullMarked
package dotf.agent.folder;

import org.jspecify.annotations.NullMarked;
