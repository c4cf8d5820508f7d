package dotf.chunker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work that others do and whose results are taken in the order of submission. When the oldest has
 * not been begun by the time its result is wanted, the submitting thread does it itself: so it
 * helps when the workers are behind. Belongs to the submitting thread, which must not be one of the
 * workers.
 *
 * @param <T> what each piece of work gives
 */
final class InOrder<T> {
  private static final int CHECK_EVERY_MS = 50;

  private final Executor workers;
  private final int ahead;
  private final Checkpoint check;
  private final Taker<T> taker;
  private final Deque<Piece<T>> pending = new ArrayDeque<>();

  /** A piece of work. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Where results go, in order, on the submitting thread. */
  interface Taker<T> {
    void take(T result) throws IOException;
  }

  /** {@code work} is any thread's; {@code after}, which may wait for a disk, only a worker's. */
  private record Piece<T>(FutureTask<T> work, FutureTask<T> after) implements Runnable {
    @Override
    public void run() {
      work.run();
      after.run();
    }
  }

  /** At most {@code ahead} results are under way or waiting to be taken. */
  InOrder(Executor workers, int ahead, Checkpoint check, Taker<T> taker) {
    this.workers = workers;
    this.ahead = ahead;
    this.check = check;
    this.taker = taker;
  }

  /**
   * Hands over a piece of work; takes the oldest result first when too many are under way.
   *
   * @param after what a worker does with the result before it counts as done; it may wait long
   * @throws IOException what the oldest work, the taker, or the checkpoint threw
   */
  void submit(Work<T> work, Taker<T> after) throws IOException {
    add(piece(work, after));
  }

  /** As {@link #submit}, but the work is done at once and here. */
  void help(Work<T> work, Taker<T> after) throws IOException {
    Piece<T> piece = piece(work, after);
    piece.work.run();
    add(piece);
  }

  private Piece<T> piece(Work<T> work, Taker<T> after) {
    FutureTask<T> working = new FutureTask<>(work::run);
    return new Piece<>(
        working,
        new FutureTask<>(
            () -> {
              T result = working.get();
              after.take(result);
              return result;
            }));
  }

  private void add(Piece<T> piece) throws IOException {
    pending.add(piece);
    workers.execute(piece);
    while (pending.size() > ahead) {
      takeOldest();
    }
  }

  /** Takes every result that is still owed. */
  void finish() throws IOException {
    while (!pending.isEmpty()) {
      takeOldest();
    }
  }

  private void takeOldest() throws IOException {
    check.check();
    Piece<T> oldest = pending.remove();
    oldest.work.run();
    taker.take(await(oldest.after, check));
  }

  /** Waits for a result, asking the checkpoint all along. */
  static <R> R await(FutureTask<R> task, Checkpoint check) throws IOException {
    try {
      while (!ended(task)) {
        check.check();
      }
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the work was stopped");
    } catch (ExecutionException e) {
      throw rethrow(e);
    }
  }

  /** Waits until the next check is due, or less. */
  private static boolean ended(FutureTask<?> task) throws InterruptedException, ExecutionException {
    try {
      task.get(CHECK_EVERY_MS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static IOException rethrow(ExecutionException failure) {
    Throwable cause = failure;
    while (cause instanceof ExecutionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof IOException e) {
      return e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return new IOException(cause);
  }
}
