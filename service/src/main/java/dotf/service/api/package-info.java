/**
 * The local API: HTTP on a Unix socket that only its owner can reach. Doorway of Netty and Jackson
 * in this module.
 */
@NullMarked
package dotf.service.api;

import org.jspecify.annotations.NullMarked;
