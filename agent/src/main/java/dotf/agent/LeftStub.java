package dotf.agent;

import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import dotf.chunker.stub.StubReading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A stub where nobody watches: left when its folder was removed, or copied out of one.
 *
 * @param bytes how long the stub itself is
 */
record LeftStub(Path path, long bytes, Stub stub) {
  /**
   * Null when it is not there, or claims to be no stub.
   *
   * @throws RefusedException when only another vault's machine can tell what it stands for
   * @throws IOException when it is damaged, or cannot be read
   */
  static @Nullable LeftStub read(Path path, StubCodec codec) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.size(path) > Stub.BYTES_MAX) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(path);
    return switch (codec.read(ByteBuffer.wrap(bytes))) {
      case StubReading.Authentic(Stub stub) -> new LeftStub(path, bytes.length, stub);
      case StubReading.Damaged(String reason) ->
          throw new IOException("the stub " + path + " is damaged: " + reason);
      case StubReading.Foreign foreign ->
          throw new RefusedException(
              path + " is another vault's stub; only a machine of that vault can read it");
      case StubReading.NotAStub() -> null;
    };
  }
}
