/**
 * From content to chunks and from a chunk to a sealed block, and back: cut points, compression,
 * padding, encryption.
 */
@NullMarked
package dotf.chunker.codec;

import org.jspecify.annotations.NullMarked;
