package dotf.agent.holder;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls to a disk that may hang for ever, such as a network mount whose server has gone: each on a
 * platform thread of its own, since it would take a carrier from the virtual ones, and waited for
 * with a limit. While a call is overdue no other is made. Safe for use by many threads.
 */
final class Patience {
  /** Threads that a disk can take from us, at most. */
  static final int THREADS_MAX = 4;

  private final String name;
  private final Duration limit;
  private final Semaphore threads = new Semaphore(THREADS_MAX);
  private final AtomicInteger overdue = new AtomicInteger();

  /** Work on a disk that says when it has come a step further. */
  @FunctionalInterface
  interface Work<T> {
    /**
     * Does it.
     *
     * @param step to be called between any two calls that may hang; ends the work by an {@link
     *     AbandonedException} once nobody waits for it
     */
    T run(Runnable step) throws IOException;
  }

  /** Nobody waits for this work any more. */
  static final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private enum Stage {
    RUNNING,
    OVERDUE,
    LEFT,
    ENDED
  }

  /**
   * Waits at most {@code limit} for each step of a call.
   *
   * @param name what may hang, for messages
   */
  Patience(String name, Duration limit) {
    this.name = name;
    this.limit = limit;
  }

  /** Whether a call has not come back in time, and still has not. */
  boolean isStuck() {
    return overdue.get() > 0;
  }

  /** What is said while it is. */
  String problem() {
    return name + " does not answer; its disk or network hangs";
  }

  /**
   * Does the work on another thread.
   *
   * @throws IOException the work's own, or that it takes too long
   */
  <T> T call(Work<T> work) throws IOException {
    try {
      if (isStuck() || !threads.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException(problem());
      }
      Call<T> call = new Call<>();
      Thread.ofPlatform().daemon().name("holder " + name).start(() -> call.run(work));
      return call.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name);
    }
  }

  private final class Call<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.RUNNING);
    private volatile long lastStep = System.nanoTime();

    void run(Work<T> work) {
      try {
        result.complete(work.run(this::step));
      } catch (IOException | RuntimeException | Error e) {
        result.completeExceptionally(e);
      } finally {
        if (stage.getAndSet(Stage.ENDED) == Stage.OVERDUE) {
          overdue.decrementAndGet();
        }
        threads.release();
      }
    }

    private void step() {
      if (stage.get() != Stage.RUNNING) {
        throw new AbandonedException();
      }
      lastStep = System.nanoTime();
    }

    T await() throws IOException, InterruptedException {
      while (true) {
        try {
          long left = lastStep + limit.toNanos() - System.nanoTime();
          return result.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          giveUpIfOverdue();
        } catch (InterruptedException e) {
          stage.compareAndSet(Stage.RUNNING, Stage.LEFT);
          throw e;
        } catch (ExecutionException e) {
          throw thrown(e.getCause());
        }
      }
    }

    private void giveUpIfOverdue() throws IOException {
      if (System.nanoTime() - lastStep < limit.toNanos()) {
        return;
      }
      overdue.incrementAndGet();
      if (stage.compareAndSet(Stage.RUNNING, Stage.OVERDUE)) {
        throw new IOException(problem());
      }
      overdue.decrementAndGet();
    }

    private static IOException thrown(@Nullable Throwable cause) {
      return switch (cause) {
        case IOException e -> e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> new IOException(cause);
      };
    }
  }
}
