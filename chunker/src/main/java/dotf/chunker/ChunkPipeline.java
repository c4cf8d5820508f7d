package dotf.chunker;

import dotf.chunker.codec.CutPoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * Reads content, cuts it, and has each chunk worked on: by the workers while there are spare
 * buffers, else by the reading thread. Results are taken in file order.
 *
 * @param <T> what the work on a chunk gives
 */
final class ChunkPipeline<T> {
  /** Results under way or waiting to be taken, for each file: at most as many sealed blocks. */
  private static final int AHEAD = 8;

  private final CutPoints cuts;
  private final Buffers buffers;
  private final Checkpoint check;
  private final Step<T> step;
  private final InOrder<T> results;
  private volatile boolean abandoned;

  /** What is done with each chunk, and with what comes of it. */
  interface Step<T> {
    /** Any thread's, at the same time as others. The chunk's memory is used again afterwards. */
    T work(ByteBuffer chunk) throws IOException;

    /** A worker's; may wait for a disk. */
    void after(T result) throws IOException;

    /** The reading thread's, in file order. */
    void take(T result) throws IOException;
  }

  ChunkPipeline(CutPoints cuts, Buffers buffers, Executor workers, Checkpoint check, Step<T> step) {
    this.cuts = cuts;
    this.buffers = buffers;
    this.check = check;
    this.step = step;
    results = new InOrder<>(workers, AHEAD, check, step::take);
  }

  /** Reads from {@code reader}'s beginning to its end; returns when every result is taken. */
  void run(ContentReader reader) throws IOException {
    byte[] buffer = buffers.take();
    boolean completed = false;
    try {
      long position = 0;
      int filled = fill(reader, buffer, 0, 0);
      while (filled > 0) {
        boolean ends = filled < buffer.length;
        int length = cuts.next(buffer, 0, filled);
        int rest = filled - length;
        ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, length);
        byte[] spare = position == 0 && ends && rest == 0 ? null : buffers.spare();
        if (spare != null) {
          byte[] handedOver = buffer;
          System.arraycopy(buffer, length, spare, 0, rest);
          buffer = spare;
          results.submit(() -> workAndGiveBack(chunk, handedOver), step::after);
        } else {
          workHere(chunk, position == 0 && ends && rest == 0);
          System.arraycopy(buffer, length, buffer, 0, rest);
        }
        position += length;
        filled = ends ? rest : fill(reader, buffer, rest, position + rest);
      }
      results.finish();
      completed = true;
    } finally {
      abandoned = !completed;
      buffers.giveBack(buffer);
    }
  }

  private T workAndGiveBack(ByteBuffer chunk, byte[] buffer) throws IOException {
    try {
      if (abandoned) {
        throw new IOException("abandoned");
      }
      return step.work(chunk);
    } finally {
      buffers.giveBack(buffer);
    }
  }

  /** The only chunk of a small file is not worth another thread. */
  private void workHere(ByteBuffer chunk, boolean only) throws IOException {
    if (only) {
      T result = step.work(chunk);
      step.after(result);
      step.take(result);
    } else {
      results.help(() -> step.work(chunk), step::after);
    }
  }

  /** Reads behind the first {@code filled} bytes until the buffer is full or the file ends. */
  private int fill(ContentReader reader, byte[] buffer, int filled, long position)
      throws IOException {
    int end = filled;
    int read = 1;
    while (end < buffer.length && read > 0) {
      check.check();
      read =
          reader.read(ByteBuffer.wrap(buffer, end, buffer.length - end), position + end - filled);
      end += Math.max(0, read);
    }
    return end;
  }
}
