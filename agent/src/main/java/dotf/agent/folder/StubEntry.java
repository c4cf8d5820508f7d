package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import dotf.chunker.stub.StubReading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A directory entry that might be a stub, as it was read.
 *
 * @param bytes its content when it claims to be a stub, else empty
 */
record StubEntry(FileStat stat, ByteBuffer bytes, StubReading reading) {
  private static final int MAGIC_BYTES = 16;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** A fresh view of the bytes. */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  /** Reads an entry; null when there is none. What is no regular file is no stub. */
  static @Nullable StubEntry read(Directory directory, String name, StubCodec codec)
      throws IOException {
    FileStat stat = directory.stat(name);
    if (stat == null) {
      return null;
    }
    if (stat.type() != FileStat.Type.FILE) {
      return new StubEntry(stat, EMPTY, new StubReading.NotAStub());
    }
    try (OpenFile file = directory.openRead(name)) {
      return read(file, codec);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Reads an open file; of content that makes no claim only the first bytes. */
  static StubEntry read(OpenFile file, StubCodec codec) throws IOException {
    FileStat stat = file.stat();
    ByteBuffer beginning = ByteBuffer.allocate(MAGIC_BYTES);
    file.read(beginning, 0);
    if (!StubCodec.claimsToBeStub(beginning.flip())) {
      return new StubEntry(stat, EMPTY, new StubReading.NotAStub());
    }
    ByteBuffer bytes = content(file);
    return new StubEntry(stat, bytes, codec.read(bytes.duplicate()));
  }

  /** All of a stub, and one byte more of what is too long to be one. */
  static ByteBuffer content(OpenFile file) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Stub.BYTES_MAX + 1);
    file.read(all, 0);
    return all.flip().asReadOnlyBuffer();
  }

  /** What it stands for, when it can be believed. */
  @Nullable Stub authentic() {
    return reading instanceof StubReading.Authentic(Stub stub) ? stub : null;
  }

  /** Whether it is a stub of this vault, be it damaged. */
  boolean isOurs() {
    return reading instanceof StubReading.Authentic || reading instanceof StubReading.Damaged;
  }
}
