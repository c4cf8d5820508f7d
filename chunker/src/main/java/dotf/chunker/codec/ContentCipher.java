package dotf.chunker.codec;

import dotf.chunker.block.BlockKind;
import dotf.chunker.key.Hkdf;
import dotf.chunker.key.VaultId;
import dotf.chunker.key.VaultKeys;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM under a key and nonce that each block has for itself: both are expanded from
 * HKDF-Extract(salt, {@code k_block}), and the salt is random per sealing. The associated data are
 * the block's header and the vault's id. Belongs to one thread at a time.
 */
final class ContentCipher {
  static final int TAG_BYTES = 16;

  /** The JIT compiles the cipher after many calls, not after many bytes: so it is fed in slices. */
  private static final int SLICE = 32 << 10;

  private static final int NONCE_BYTES = 12;

  private static final int WARM_UP_CALLS = 60_000;
  private static final int WARM_UP_BYTES = 1 << 10;

  private final SecretKey blockKey;
  private final byte[] vaultId;
  private final Cipher cipher;

  ContentCipher(VaultKeys keys) {
    this(keys.blockKey(), keys.vaultId());
  }

  private ContentCipher(SecretKey blockKey, VaultId vaultId) {
    this.blockKey = blockKey;
    this.vaultId = vaultId.bytes();
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /**
   * Encrypts {@code plain[0, length)} into {@code block} behind its header, and the tag behind it.
   */
  void encrypt(BlockHeader header, byte[] plain, int length, byte[] block)
      throws GeneralSecurityException {
    init(Cipher.ENCRYPT_MODE, header);
    int out = BlockHeader.BYTES;
    int in = 0;
    for (; length - in > SLICE; in += SLICE) {
      out += cipher.update(plain, in, SLICE, block, out);
    }
    cipher.doFinal(plain, in, length - in, block, out);
  }

  /**
   * Decrypts everything behind the header of {@code block[0, length)} into {@code plain}.
   *
   * @throws GeneralSecurityException when the tag is wrong; {@code plain} then holds nothing of use
   */
  void decrypt(BlockHeader header, byte[] block, int length, byte[] plain)
      throws GeneralSecurityException {
    init(Cipher.DECRYPT_MODE, header);
    cipher.doFinal(block, BlockHeader.BYTES, length - BlockHeader.BYTES, plain, 0);
  }

  /** Calls the cipher often enough to be compiled; {@code salt} is used for nothing else. */
  void warmUp(byte[] salt, byte[] in, byte[] out) {
    BlockHeader header = BlockHeader.of(BlockHeader.STORED, BlockKind.CHUNK, salt);
    try {
      init(Cipher.ENCRYPT_MODE, header);
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        cipher.update(in, 0, WARM_UP_BYTES, out, 0);
      }
      cipher.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encrypting with a good key cannot fail", e);
    }
  }

  private void init(int mode, BlockHeader header) throws GeneralSecurityException {
    SecretKey secret = Hkdf.extract(header.salt(), blockKey);
    byte[] key = Hkdf.expand(secret, "dotf-block-key/1", 32);
    byte[] nonce = Hkdf.expand(secret, "dotf-block-nonce/1", NONCE_BYTES);
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(header.bytes());
    cipher.updateAAD(vaultId);
  }
}
