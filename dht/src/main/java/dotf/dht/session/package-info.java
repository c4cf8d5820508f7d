/** One connection after its link is up: requests over streams, credit, and the handshake. */
@NullMarked
package dotf.dht.session;

import org.jspecify.annotations.NullMarked;
