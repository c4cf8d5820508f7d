package dotf.chunker;

import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads blocks ahead of the one that is wanted. Each is waited for on a virtual thread of its own,
 * since it may come from a slow peer, and opened by a worker once it is there; what comes of it is
 * taken in order. Belongs to one thread, which must not be a worker.
 *
 * @param <T> what opening a block gives
 */
final class ReadAhead<T> implements AutoCloseable {
  private static final int AHEAD = 8;

  private final Executor workers;
  private final Room room;
  private final Checkpoint check;
  private final InOrder.Taker<T> taker;
  private final Deque<Piece<T>> pending = new ArrayDeque<>();

  /** Gets a block; may wait long. */
  interface Reading {
    SealedBlock run() throws IOException;
  }

  /** Opens a block; never waits. */
  interface Opening<T> {
    T run(SealedBlock block) throws IOException;
  }

  private record Piece<T>(FutureTask<SealedBlock> reading, FutureTask<T> opening) {}

  /** At most {@value #AHEAD} blocks are under way, and fewer when there is no room. */
  ReadAhead(Executor workers, Room room, Checkpoint check, InOrder.Taker<T> taker) {
    this.workers = workers;
    this.room = room;
    this.check = check;
    this.taker = taker;
  }

  /**
   * Asks for a block; takes the oldest results first when too many are under way.
   *
   * @throws IOException what reading, opening, the taker or the checkpoint threw
   */
  void submit(Reading reading, Opening<T> opening) throws IOException {
    while (pending.size() >= AHEAD || !room.take(pending.isEmpty())) {
      takeOldest();
    }
    FutureTask<SealedBlock> block = new FutureTask<>(reading::run);
    Piece<T> piece = new Piece<>(block, new FutureTask<>(() -> opening.run(block.get())));
    pending.add(piece);
    Thread.ofVirtual().name("dotf-read-ahead").start(() -> readAndOpen(piece));
  }

  private void readAndOpen(Piece<T> piece) {
    piece.reading.run();
    try {
      if (!piece.opening.isDone()) {
        workers.execute(piece.opening);
      }
    } catch (RejectedExecutionException e) {
      // Workers that stop; who takes the result opens the block itself.
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
    Piece<T> oldest = pending.element();
    var _ = InOrder.await(oldest.reading, check);
    oldest.opening.run();
    taker.take(InOrder.await(oldest.opening, check));
    pending.remove();
    room.giveBack();
  }

  /** Gives up what is still under way. */
  @Override
  public void close() {
    for (Piece<T> piece : pending) {
      piece.opening.cancel(false);
      piece.reading.cancel(true);
      room.giveBack();
    }
    pending.clear();
  }
}
