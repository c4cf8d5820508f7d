/** Connections between nodes: the port, its adapter on TCP and TLS 1.3, and one in memory. */
@NullMarked
package dotf.dht.net;

import org.jspecify.annotations.NullMarked;
