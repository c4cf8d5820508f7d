package dotf.service.api;

import dotf.service.text.ExitCode;
import dotf.service.text.Frames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An answer as frames: {@link Frames} has the layout. */
final class FramedReply implements Reply {
  private final HttpBody body;
  private final BufferedOutputStream output;

  FramedReply(HttpBody body) {
    this.body = body;
    this.output = new BufferedOutputStream(new OutputFrames(), Frames.PAYLOAD_MAX);
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void note(String line) {
    text(Frames.STDERR, line + "\n");
  }

  @Override
  public void progress(String line) {
    text(Frames.PROGRESS, line);
  }

  @Override
  public void open(String path) {
    text(Frames.OPEN, path);
  }

  @Override
  public void end() {
    end(ExitCode.DONE);
  }

  @Override
  public void fail(ExitCode code, String sentence, boolean whole) {
    note(sentence);
    end(code);
  }

  private void end(ExitCode code) {
    flushOutput();
    frame(Frames.EXIT, new byte[] {(byte) code.number()}, 0, 1);
    body.close();
  }

  @Override
  public boolean isGone() {
    return body.isGone();
  }

  @Override
  public void abort() {
    body.abort();
  }

  private void text(byte channel, String text) {
    flushOutput();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += Frames.PAYLOAD_MAX) {
      frame(channel, bytes, at, Math.min(Frames.PAYLOAD_MAX, bytes.length - at));
    }
    body.flush();
  }

  private void flushOutput() {
    try {
      output.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void frame(byte channel, byte[] bytes, int from, int length) {
    body.write(
        ByteBuffer.allocate(Frames.HEADER).put(channel).putInt(length).array(), 0, Frames.HEADER);
    body.write(bytes, from, length);
  }

  private final class OutputFrames extends OutputStream {
    @Override
    public void write(int b) {
      frame(Frames.STDOUT, new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      int end = from + length;
      for (int at = from; at < end; at += Frames.PAYLOAD_MAX) {
        frame(Frames.STDOUT, bytes, at, Math.min(Frames.PAYLOAD_MAX, end - at));
      }
    }

    @Override
    public void flush() {
      body.flush();
    }
  }
}
