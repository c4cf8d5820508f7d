/** What changed in a folder, and what was opened. */
@NullMarked
package dotf.watcher;

import org.jspecify.annotations.NullMarked;
