package dotf.dht.identity;

import java.util.function.UnaryOperator;

/**
 * A public Ed25519 key, and what signs with its private half.
 *
 * @param publicKey 32 bytes
 * @param sign from a message to its signature of 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // a key's bytes; signers are never compared
public record Signer(byte[] publicKey, UnaryOperator<byte[]> sign) {}
