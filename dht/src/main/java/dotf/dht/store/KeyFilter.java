package dotf.dht.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Says of most keys that are not in the sealed segments, without touching a disk, that they are not
 * there. A Bloom filter of 16 bits and 6 probes a key (false yes: 0.1 %); the keys are hashes, so
 * their words are the probes. It grows by layers, each twice as large as the last (Almeida et al.,
 * "Scalable Bloom Filters", 2007). Many threads may ask while one adds.
 */
final class KeyFilter {
  private static final int FIRST_WORDS = 1 << 14;
  private static final int LAYERS_MAX = 8;
  private static final int BITS_PER_KEY = 16;
  private static final int PROBES = 6;

  private volatile List<Layer> layers = List.of(new Layer(FIRST_WORDS));

  /** One Bloom filter. */
  private static final class Layer {
    final AtomicLongArray words;
    long keys;

    Layer(int length) {
      words = new AtomicLongArray(length);
    }

    boolean full() {
      return keys * BITS_PER_KEY >= (long) words.length() * Long.SIZE;
    }

    void add(ByteBuffer key) {
      for (int probe = 0; probe < PROBES; probe++) {
        long bit = bit(key, probe);
        words.accumulateAndGet((int) (bit >>> 6), 1L << (bit & 63), (old, mask) -> old | mask);
      }
      keys++;
    }

    boolean maybe(ByteBuffer key) {
      for (int probe = 0; probe < PROBES; probe++) {
        long bit = bit(key, probe);
        if ((words.get((int) (bit >>> 6)) & 1L << (bit & 63)) == 0) {
          return false;
        }
      }
      return true;
    }

    /** Overlapping words of the key, four bytes apart. */
    private long bit(ByteBuffer key, int probe) {
      return key.getInt(probe * 5) & 0xffffffffL & (long) words.length() * Long.SIZE - 1;
    }
  }

  void add(byte[] key) {
    Layer last = layers.getLast();
    if (last.full() && layers.size() < LAYERS_MAX) {
      List<Layer> more = new ArrayList<>(layers);
      last = new Layer(last.words.length() * 2);
      more.add(last);
      layers = List.copyOf(more);
    }
    last.add(ByteBuffer.wrap(key));
  }

  /** False only for keys that were never added. */
  boolean maybe(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    for (Layer layer : layers) {
      if (layer.maybe(bytes)) {
        return true;
      }
    }
    return false;
  }

  int encodedBytes() {
    return 4 + layers.stream().mapToInt(layer -> 8 + layer.words.length() * Long.BYTES).sum();
  }

  /** Writes {@code layers 4}, then each layer's {@code keys 8 | words}. */
  void encode(ByteBuffer to) {
    to.putInt(layers.size());
    for (Layer layer : layers) {
      to.putLong(layer.keys);
      for (int i = 0; i < layer.words.length(); i++) {
        to.putLong(layer.words.get(i));
      }
    }
  }

  /** The inverse of {@link #encode}; the bytes were checked against a CRC. */
  static KeyFilter decode(ByteBuffer from) {
    List<Layer> layers = new ArrayList<>();
    int count = from.getInt();
    for (int i = 0; i < count; i++) {
      Layer layer = new Layer(FIRST_WORDS << i);
      layer.keys = from.getLong();
      for (int word = 0; word < layer.words.length(); word++) {
        layer.words.set(word, from.getLong());
      }
      layers.add(layer);
    }
    KeyFilter filter = new KeyFilter();
    filter.layers = List.copyOf(layers);
    return filter;
  }
}
