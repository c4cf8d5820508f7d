/** Chunks, blocks, manifests, stubs, vault keys, and the disk port. */
@NullMarked
package dotf.chunker;

import org.jspecify.annotations.NullMarked;
