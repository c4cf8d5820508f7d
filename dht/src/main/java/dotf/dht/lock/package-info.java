/**
 * When a copy of a block may go: locks that nodes give one another, so that two which let their
 * copies go at the same moment cannot count on each other. The rule is {@link
 * dotf.dht.lock.Standing}, a pure function of one block; {@link dotf.dht.lock.BlockLocks} applies
 * it.
 */
@NullMarked
package dotf.dht.lock;

import org.jspecify.annotations.NullMarked;
