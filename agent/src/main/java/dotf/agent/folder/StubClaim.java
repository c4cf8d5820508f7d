package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a stub says that cannot be believed: enough to tell that it is of no use any more. */
public final class StubClaim {
  // UNIX_LINES (d): else a 0x85 inside a UTF-8 name would end a line.
  private static final Pattern MANIFEST = Pattern.compile("(?md)^manifest ([0-9a-f]{64}) ");

  private StubClaim() {}

  /** The manifest that it says it stands for; null when it says none. */
  public static @Nullable BlockAddress manifest(ByteBuffer stub) {
    Matcher line = MANIFEST.matcher(StandardCharsets.ISO_8859_1.decode(stub.duplicate()));
    return line.find() ? BlockAddress.of(HexFormat.of().parseHex(line.group(1))) : null;
  }
}
