package dotf.service.cli;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body in HTTP/1.1's chunked transfer coding (RFC 9112, section 7.1), read as a plain stream. */
final class Chunks extends InputStream {
  private final DataInputStream in;
  private int left;
  private boolean begun;
  private boolean ended;

  Chunks(DataInputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    if (!advance()) {
      return -1;
    }
    left--;
    return in.readUnsignedByte();
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = in.read(bytes, from, Math.min(length, left));
    if (count < 0) {
      throw new EOFException();
    }
    left -= count;
    return count;
  }

  /** Steps to the next chunk when this one is used up; false after the last. */
  private boolean advance() throws IOException {
    if (left > 0 || ended) {
      return !ended;
    }
    if (begun) {
      AgentClient.line(in);
    }
    begun = true;
    String size = AgentClient.line(in).split(";", 2)[0].strip();
    try {
      left = Integer.parseUnsignedInt(size, 16);
    } catch (NumberFormatException e) {
      throw new IOException("the agent's answer is garbled: no length of a chunk", e);
    }
    ended = left == 0;
    return !ended;
  }
}
