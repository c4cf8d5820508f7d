/** Nodes, wire, groups, placement, and the block store. */
@NullMarked
package dotf.dht;

import org.jspecify.annotations.NullMarked;
