package dotf.chunker.codec;

import dotf.chunker.block.SealedBlock;
import dotf.chunker.key.VaultKeys;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;

/** What one thread needs to seal and open: ciphers and memory, made once and used again. */
final class Workspace implements AutoCloseable {
  final Compression compression = new Compression();
  final ContentCipher cipher;
  final Mac chunkIds;

  /** Content as it is encrypted: two lengths, a body at its largest, padding. */
  final byte[] content = new byte[8 + Compression.bound(BlockCodec.PLAIN_MAX)];

  final byte[] sealed = new byte[SealedBlock.BYTES_MAX];

  Workspace(VaultKeys keys) {
    cipher = new ContentCipher(keys);
    try {
      chunkIds = Mac.getInstance("HmacSHA256");
      chunkIds.init(keys.chunkIdKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  @Override
  public void close() {
    compression.close();
  }
}
