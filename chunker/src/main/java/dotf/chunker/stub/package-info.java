/** The small text file that stands in for a file. */
@NullMarked
package dotf.chunker.stub;

import org.jspecify.annotations.NullMarked;
