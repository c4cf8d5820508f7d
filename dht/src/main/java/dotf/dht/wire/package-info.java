/** Frames on a connection; the messages inside are the generated {@code wire.proto}. */
@NullMarked
package dotf.dht.wire;

import org.jspecify.annotations.NullMarked;
