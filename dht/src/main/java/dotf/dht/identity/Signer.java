package dotf.dht.identity;

import java.util.function.UnaryOperator;

/**
 * A public Ed25519 key, and what signs with its private half.
 *
 * @param sign from a message to its signature of 64 bytes
 */
public record Signer(PublicKey key, UnaryOperator<byte[]> sign) {}
