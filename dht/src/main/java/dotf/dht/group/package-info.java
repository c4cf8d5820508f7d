/**
 * Groups: their secret, members, tickets, where blocks go, and the records that members sign for
 * one another.
 */
@NullMarked
package dotf.dht.group;

import org.jspecify.annotations.NullMarked;
