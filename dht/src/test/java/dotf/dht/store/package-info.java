/** Tests of the block store. */
@NullMarked
package dotf.dht.store;

import org.jspecify.annotations.NullMarked;
