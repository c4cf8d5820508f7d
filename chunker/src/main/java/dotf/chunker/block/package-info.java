/**
 * Addresses, sealed blocks and the ports that read and write them; all that {@code dht} may see.
 */
@NullMarked
package dotf.chunker.block;

import org.jspecify.annotations.NullMarked;
