package dotf.chunker.disk;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Names between Java's strings and the bytes that Linux keeps. */
final class Names {
  private Names() {}

  /** UTF-8, or an exception for a lone surrogate, which would be written as a question mark. */
  static byte[] encode(String name) throws CharacterCodingException {
    ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  /** The name, or null when the bytes are not UTF-8. */
  static @Nullable String decode(byte[] bytes) {
    String name = new String(bytes, StandardCharsets.UTF_8);
    if (name.indexOf('\uFFFD') < 0) {
      return name;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Refuses what is not the name of one directory entry. */
  static String component(String name) throws FileSystemException {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw new FileSystemException(name, null, "not the name of one directory entry");
    }
    return name;
  }
}
