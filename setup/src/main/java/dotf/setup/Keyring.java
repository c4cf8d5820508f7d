package dotf.setup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The secrets in {@code keys/}: one small file each, readable by the owner only from its first
 * instant, on the disk when a call returns, and never half there.
 *
 * <p>What the bytes mean is the caller's matter; a secret has 1 to {@value #MAX_BYTES} of them.
 */
public final class Keyring {
  /** Upper bound of a secret's size, in bytes; a wrapped one is a few hundred. */
  public static final int MAX_BYTES = 4096;

  /** What the ring holds. */
  public enum Secret {
    /** The vault's secret: all of the user's content hangs on it. */
    VAULT,
    /** This device's identity in the network. */
    NODE,
    /** What proves membership of the group. */
    GROUP;

    String fileName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path directory;

  /**
   * @param directory {@link Home#keys()}
   */
  public Keyring(Path directory) {
    this.directory = directory;
  }

  /** Whether the secret is there. */
  public boolean has(Secret secret) {
    return Files.exists(file(secret), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Reads a secret.
   *
   * @return its bytes; the caller may wipe them
   * @throws NoSuchFileException when it is not there
   * @throws IOException when others may read the file, or it is no file, empty, or too large
   */
  public byte[] read(Secret secret) throws IOException {
    Path file = file(secret);
    if (!has(secret)) {
      throw new NoSuchFileException(
          file.toString(), null, "this key is missing; bring it back with: dotf init --recover");
    }
    check(file);
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length == 0 || bytes.length > MAX_BYTES) {
        throw new IOException(file + " is damaged: a key has 1 to " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /**
   * Keeps a new secret.
   *
   * @throws FileAlreadyExistsException when there is one already; it stays
   */
  public void create(Secret secret, byte[] bytes) throws IOException {
    OwnerOnly.create(file(secret), checked(bytes));
  }

  /** Keeps a secret in the place of the one that is there, if any, in one step. */
  public void replace(Secret secret, byte[] bytes) throws IOException {
    OwnerOnly.replace(file(secret), checked(bytes));
  }

  /** Where {@link #keepPhrase} writes. */
  public Path phraseFile() {
    return directory.resolve("recovery-phrase.txt");
  }

  /** Writes the recovery phrase to {@link #phraseFile}, for a user who has no terminal now. */
  public void keepPhrase(CharSequence phrase) throws IOException {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(phrase + "\n"));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    OwnerOnly.replace(phraseFile(), bytes);
  }

  /** Whether the user has proved to have the recovery phrase elsewhere. */
  public boolean phraseConfirmed() {
    return Files.exists(directory.resolve("confirmed"));
  }

  /** Remembers that the user has the phrase; the file with it, if any, stays. */
  public void confirmPhrase() throws IOException {
    OwnerOnly.replace(
        directory.resolve("confirmed"),
        "the recovery phrase was confirmed\n".getBytes(StandardCharsets.US_ASCII));
  }

  private Path file(Secret secret) {
    return directory.resolve(secret.fileName());
  }

  private static void check(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a plain file; a key must be one");
    }
    if (!OwnerOnly.othersMay(file).isEmpty()) {
      throw new IOException(
          file + " is open to other users of this machine; close it with: chmod 600 " + file);
    }
  }

  private static byte[] checked(byte[] bytes) {
    if (bytes.length < 1 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a key has 1 to " + MAX_BYTES + " bytes");
    }
    return bytes;
  }
}
