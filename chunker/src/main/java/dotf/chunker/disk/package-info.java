/** The file port: every call that must be crash-safe, and its adapter for Linux. */
@NullMarked
package dotf.chunker.disk;

import org.jspecify.annotations.NullMarked;
