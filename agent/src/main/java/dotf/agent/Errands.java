package dotf.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Work that waits for disk or network, counted, so that a stop can wait for it. Safe for use by
 * many threads.
 */
final class Errands implements Executor {
  private final Executor threads;
  private final Set<Thread> running = new HashSet<>();
  private int begun;
  private boolean closed;

  Errands(Executor threads) {
    this.threads = threads;
  }

  /**
   * Begins a piece of work on a thread of its own.
   *
   * @throws RejectedExecutionException when no more is begun
   */
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      if (closed) {
        throw new RejectedExecutionException("dotf is being stopped");
      }
      begun++;
    }
    try {
      threads.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      ended();
      throw e;
    }
  }

  private void run(Runnable task) {
    synchronized (this) {
      running.add(Thread.currentThread());
    }
    try {
      task.run();
    } finally {
      ended();
    }
  }

  private synchronized void ended() {
    running.remove(Thread.currentThread());
    begun--;
    notifyAll();
  }

  /**
   * Begins nothing more, and waits for what runs: first for it to end by itself, then with its
   * waiting interrupted.
   *
   * @return whether everything has ended
   */
  synchronized boolean finish(Duration patience, Duration limit) throws InterruptedException {
    closed = true;
    long start = System.nanoTime();
    awaitNone(start + patience.toNanos());
    running.forEach(Thread::interrupt);
    awaitNone(start + limit.toNanos());
    return begun == 0;
  }

  private void awaitNone(long until) throws InterruptedException {
    for (long left = until - System.nanoTime(); begun > 0 && left > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = until - System.nanoTime();
    }
  }
}
