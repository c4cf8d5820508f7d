/**
 * Directories on other disks as holders of sealed blocks. Entry: {@link
 * dotf.agent.holder.DirectoryHolders}.
 */
@NullMarked
package dotf.agent.holder;

import org.jspecify.annotations.NullMarked;
