package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Frames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Sends a request to the agent over its Unix socket and copies the answer's frames to a {@link
 * Screen}. HTTP/1.1 as far as that needs: one request on a connection, the answer in chunks.
 */
final class AgentClient {
  private static final int LINE_MAX = 8192;

  private final Path socket;
  private final Screen screen;
  private final boolean json;

  AgentClient(Path socket, Screen screen, boolean json) {
    this.socket = socket;
    this.screen = screen;
    this.json = json;
  }

  /** Whether an agent takes connections. */
  boolean agentRuns() {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  /** Sends the request, copies what comes to the screen, and returns the exit code. */
  int send(Request request) throws IOException {
    return send(request, screen.output());
  }

  /** As {@link #send(Request)}, with another place for standard output. */
  int send(Request request, OutputStream output) throws IOException {
    try (SocketChannel channel = connect()) {
      DataInputStream answer =
          new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
      return copy(ask(channel, request, answer), answer, output);
    }
  }

  /** Sends the request and reads the first line of the answer. */
  private String ask(SocketChannel channel, Request request, DataInputStream answer)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request.bytes(headers()));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return line(answer);
    } catch (IOException closed) {
      throw new CommandException(
          ExitCode.FAILED,
          "the agent closed the connection; if its home is another user's, ask as that user, else"
              + " see why with: dotf log");
    }
  }

  private SocketChannel connect() throws CommandException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (IOException nobody) {
      throw new CommandException(
          ExitCode.NO_AGENT, "no agent is running; start it with: dotf start");
    }
  }

  private String headers() {
    return "Accept: "
        + Frames.MEDIA_TYPE
        + "\r\n"
        + Frames.WIDTH
        + ": "
        + screen.width()
        + "\r\n"
        + Frames.OUTPUT
        + ": "
        + screen.describedOutput()
        + "\r\n"
        + (json ? Frames.JSON + ": true\r\n" : "");
  }

  private int copy(String status, DataInputStream answer, OutputStream output) throws IOException {
    try {
      boolean chunked = false;
      for (String header = line(answer); !header.isEmpty(); header = line(answer)) {
        chunked |= header.equalsIgnoreCase("Transfer-Encoding: chunked");
      }
      if (!status.startsWith("HTTP/1.1 200") || !chunked) {
        throw new CommandException(
            ExitCode.FAILED, "the agent does not understand; restart it with: dotf restart");
      }
      return frames(new DataInputStream(new Chunks(answer)), output);
    } catch (EOFException e) {
      throw new CommandException(
          ExitCode.FAILED, "the agent ended while it answered; see why with: dotf log");
    }
  }

  private int frames(DataInputStream frames, OutputStream output) throws IOException {
    byte[] payload = new byte[Frames.PAYLOAD_MAX];
    while (true) {
      int channel = frames.readUnsignedByte();
      int length = frames.readInt();
      if (length < 0 || length > payload.length) {
        throw new CommandException(
            ExitCode.FAILED, "the agent does not understand; restart it with: dotf restart");
      }
      frames.readFully(payload, 0, length);
      switch (channel) {
        case Frames.STDOUT -> {
          screen.clearProgress();
          output.write(payload, 0, length);
        }
        case Frames.STDERR -> screen.error(payload, length);
        case Frames.PROGRESS ->
            screen.progress(new String(payload, 0, length, StandardCharsets.UTF_8));
        case Frames.OPEN ->
            Desktop.open(
                new String(payload, 0, length, StandardCharsets.UTF_8), json ? null : screen);
        case Frames.EXIT -> {
          screen.clearProgress();
          return payload[0];
        }
        default -> {
          // A kind of frame that a newer agent sends: what it says is not for us.
        }
      }
    }
  }

  static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      if (line.length() == LINE_MAX) {
        throw new IOException("the agent sent a header that is too long");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}
