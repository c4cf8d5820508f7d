/** What a version of a file consists of: its metadata and the ordered list of its chunks. */
@NullMarked
package dotf.chunker.manifest;

import org.jspecify.annotations.NullMarked;
