/**
 * Who a node is: its Ed25519 key, its id, and the certificate that carries both through TLS. The
 * only user of Bouncy Castle here.
 */
@NullMarked
package dotf.dht.identity;

import org.jspecify.annotations.NullMarked;
