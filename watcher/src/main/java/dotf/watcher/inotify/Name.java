package dotf.watcher.inotify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One path component as the kernel gave it.
 *
 * @param text the name; when {@code mangled}, its printable ASCII with every other byte as {@code
 *     \xNN}, only for showing
 * @param mangled the bytes on disk are not UTF-8, so that no String names this entry
 */
public record Name(String text, boolean mangled) {
  private static final HexFormat HEX = HexFormat.of();
  private static final char REPLACEMENT = '\uFFFD';

  /** The name of {@code length} bytes. */
  static Name of(MemorySegment memory, long offset, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    return of(bytes);
  }

  /** The name that ends before the first zero byte, of at most {@code limit} bytes. */
  static Name terminated(MemorySegment memory, long offset, int limit) {
    int length = 0;
    while (length < limit && memory.get(ValueLayout.JAVA_BYTE, offset + length) != 0) {
      length++;
    }
    return of(memory, offset, length);
  }

  static Name of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    // The decoder puts U+FFFD for what is no UTF-8; a name may also really contain that character.
    if (text.indexOf(REPLACEMENT) >= 0
        && !Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
      return new Name(shown(bytes), true);
    }
    return new Name(text, false);
  }

  private static String shown(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length * 2);
    for (byte b : bytes) {
      if (b >= ' ' && b < 0x7f) {
        text.append((char) b);
      } else {
        text.append("\\x").append(HEX.toHexDigits(b));
      }
    }
    return text.toString();
  }
}
