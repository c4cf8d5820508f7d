/**
 * This node's blocks on disk: append-only segments are the truth, everything else is derived from
 * them.
 */
@NullMarked
package dotf.dht.store;

import org.jspecify.annotations.NullMarked;
