package dotf.chunker.key;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A vault secret under a passphrase: Argon2id (RFC 9106) gives 64 bytes, of which 32 seal the
 * secret and 32 are a commitment, stored and compared before anything is opened, so that no sealed
 * secret opens under two passphrases. Needs {@link Cost#memoryKib} of heap while it runs. Safe for
 * use by many threads.
 */
public final class KeyWrapping {
  private static final byte[] MAGIC = "dotf-key".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int SEALED_BYTES = VaultSecret.BYTES + KeyedAead.OVERHEAD;

  private final SecureRandom random;
  private final Cost cost;

  /**
   * What guessing one passphrase costs.
   *
   * @param memoryKib memory in KiB, 8 × lanes to 1 GiB
   * @param passes 1 to 10
   * @param lanes 1 to 16
   */
  public record Cost(int memoryKib, int passes, int lanes) {
    /** 256 MiB, 3 passes, 4 lanes: about 1.5 s on one core. */
    public static final Cost DEFAULT = new Cost(256 << 10, 3, 4);

    public Cost {
      if (!allowed(memoryKib, passes, lanes)) {
        throw new IllegalArgumentException("no such cost: " + memoryKib + " KiB, t=" + passes);
      }
    }

    /** The bounds keep a hostile file from taking all memory, or hours. */
    static boolean allowed(int memoryKib, int passes, int lanes) {
      return lanes >= 1
          && lanes <= 16
          && passes >= 1
          && passes <= 10
          && memoryKib >= 8 * lanes
          && memoryKib <= 1 << 20;
    }
  }

  /** A passphrase that is not the one the secret was wrapped under. */
  public static final class WrongPassphraseException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongPassphraseException() {
      super("this is not the passphrase of this vault; try again");
    }
  }

  public KeyWrapping(SecureRandom random, Cost cost) {
    this.random = random;
    this.cost = cost;
  }

  /** Seals a secret under a passphrase; the bytes tell nothing without it. */
  public byte[] wrap(VaultSecret secret, char[] passphrase) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] derived = argon2id(passphrase, salt, cost);
    byte[] header =
        ByteBuffer.allocate(MAGIC.length + 1 + 4 + 1 + 1 + SALT_BYTES + KEY_BYTES)
            .put(MAGIC)
            .put((byte) VERSION)
            .putInt(cost.memoryKib)
            .put((byte) cost.passes)
            .put((byte) cost.lanes)
            .put(salt)
            .put(derived, KEY_BYTES, KEY_BYTES)
            .array();
    byte[] sealed = wrapKey(derived).seal(secret.bytes(), header);
    return ByteBuffer.allocate(header.length + sealed.length).put(header).put(sealed).array();
  }

  /**
   * Opens what {@link #wrap} made.
   *
   * @throws WrongPassphraseException when the passphrase is another
   * @throws IOException when the bytes are damaged, not of this kind, or of a newer version
   */
  public static VaultSecret unwrap(byte[] wrapped, char[] passphrase) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(wrapped);
    byte[] salt = new byte[SALT_BYTES];
    byte[] commitment = new byte[KEY_BYTES];
    byte[] sealed = new byte[SEALED_BYTES];
    Cost cost;
    int headerBytes;
    try {
      cost = readCost(in);
      in.get(salt).get(commitment);
      headerBytes = in.position();
      in.get(sealed);
    } catch (BufferUnderflowException e) {
      throw damaged("it is cut short");
    }
    if (in.hasRemaining()) {
      throw damaged("bytes follow its end");
    }
    byte[] derived = argon2id(passphrase, salt, cost);
    if (!MessageDigest.isEqual(commitment, Arrays.copyOfRange(derived, KEY_BYTES, 2 * KEY_BYTES))) {
      throw new WrongPassphraseException();
    }
    try {
      byte[] header = Arrays.copyOf(wrapped, headerBytes);
      return VaultSecret.of(wrapKey(derived).open(sealed, header));
    } catch (GeneralSecurityException e) {
      throw damaged("its bytes were changed");
    }
  }

  private static Cost readCost(ByteBuffer in) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged("it does not begin as one");
    }
    int version = Byte.toUnsignedInt(in.get());
    if (version != VERSION) {
      throw new IOException(
          "this wrapped key has format %d and this dotf reads %d: update dotf"
              .formatted(version, VERSION));
    }
    int memoryKib = in.getInt();
    int passes = Byte.toUnsignedInt(in.get());
    int lanes = Byte.toUnsignedInt(in.get());
    if (!Cost.allowed(memoryKib, passes, lanes)) {
      throw damaged("its cost is out of bounds");
    }
    return new Cost(memoryKib, passes, lanes);
  }

  private static KeyedAead wrapKey(byte[] derived) {
    return new KeyedAead(Arrays.copyOf(derived, KEY_BYTES));
  }

  private static byte[] argon2id(char[] passphrase, byte[] salt, Cost cost) {
    Argon2BytesGenerator argon2id = new Argon2BytesGenerator();
    argon2id.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib)
            .withIterations(cost.passes)
            .withParallelism(cost.lanes)
            .withSalt(salt)
            .build());
    ByteBuffer utf8 = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
    byte[] password = new byte[utf8.remaining()];
    utf8.get(password);
    byte[] derived = new byte[2 * KEY_BYTES];
    argon2id.generateBytes(password, derived);
    Arrays.fill(password, (byte) 0);
    utf8.clear();
    utf8.put(new byte[utf8.remaining()]);
    return derived;
  }

  private static IOException damaged(String how) {
    return new IOException(
        "the wrapped vault key is damaged (" + how + "): restore it, or use the recovery phrase");
  }
}
