package dotf.chunker.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for the arguments of one call, lent from a pool: nothing is allocated per call. A
 * native call pins its carrier thread, so the pool never grows beyond the threads that run at once,
 * and its memory may live for ever.
 */
final class Scratch implements AutoCloseable {
  /** Size of the buffer that file content from the heap passes through. */
  static final int DATA_BYTES = 256 * 1024;

  private static final int NAME_BYTES = 4096;
  private static final int STRUCT_BYTES = 256;
  private static final ConcurrentLinkedDeque<Scratch> POOL = new ConcurrentLinkedDeque<>();

  /** Where the linker leaves errno. */
  final MemorySegment state;

  /** Room for one C structure. */
  final MemorySegment struct;

  private final MemorySegment firstName;
  private final MemorySegment secondName;
  private @Nullable MemorySegment data;

  private Scratch() {
    Arena forEver = Arena.global();
    state = forEver.allocate(Linker.Option.captureStateLayout());
    struct = forEver.allocate(STRUCT_BYTES, 8);
    firstName = forEver.allocate(NAME_BYTES);
    secondName = forEver.allocate(NAME_BYTES);
  }

  static Scratch take() {
    Scratch pooled = POOL.pollFirst();
    return pooled == null ? new Scratch() : pooled;
  }

  @Override
  public void close() {
    POOL.addFirst(this);
  }

  /** The errno of the last call; Linux has no other captured state. */
  int errno() {
    return state.get(ValueLayout.JAVA_INT, 0);
  }

  /** A name or path as a C string. */
  MemorySegment name(String name) throws FileSystemException {
    return put(firstName, name);
  }

  /** A second one, for calls that take two. */
  MemorySegment otherName(String name) throws FileSystemException {
    return put(secondName, name);
  }

  MemorySegment data() {
    MemorySegment segment = data;
    if (segment == null) {
      segment = Arena.global().allocate(DATA_BYTES, 8);
      data = segment;
    }
    return segment;
  }

  private static MemorySegment put(MemorySegment target, String name) throws FileSystemException {
    byte[] bytes;
    try {
      bytes = Names.encode(name);
    } catch (CharacterCodingException e) {
      throw new FileSystemException(name, null, "the name is not valid Unicode");
    }
    if (bytes.length >= NAME_BYTES || name.indexOf('\0') >= 0) {
      throw new FileSystemException(name, null, "no file can have this name");
    }
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
    target.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
    return target;
  }

  /** The text for an error number. */
  String text(int errno) {
    MemorySegment text = Libc.strerror(errno);
    return text.reinterpret(STRUCT_BYTES).getString(0, StandardCharsets.UTF_8);
  }
}
